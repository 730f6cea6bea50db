import type { SessionInfo } from '../../../preload/contract.ts';
import type { ElsewhereSession } from '../../../preload/contract-elsewhere.ts';

/** A shell of a tab, or of another program. */
export type OpenSession = SessionInfo | ElsewhereSession;

/** The shells that live, as the desktop around the windows tells of them. */
export interface LiveSummary {
  readonly shells: readonly LiveShell[];
  readonly recorded: number;
  /** Nothing of them is on record, or nothing is now. */
  readonly notRecorded: number;
  /** Recorded here, and confirmed by no recorder although the policy names some. */
  readonly owed: number;
}

export interface LiveShell {
  readonly sessionId: string;
  readonly name: string;
  /** Its terminal is in another program. */
  readonly isElsewhere: boolean;
  readonly standing: 'opening' | 'reconnecting' | 'recorded' | 'paused' | 'not recorded' | 'owed';
}

export function summarise(sessions: readonly OpenSession[]): LiveSummary {
  const shells = sessions
    .filter((session) => 'door' in session || session.state.kind !== 'ended')
    .map((session) => ('door' in session ? describeElsewhere(session) : describeShell(session)));
  const count = (...standings: readonly LiveShell['standing'][]): number =>
    shells.filter(({ standing }) => standings.includes(standing)).length;
  return {
    shells,
    recorded: count('recorded', 'owed'),
    notRecorded: count('not recorded', 'paused'),
    owed: count('owed'),
  };
}

/** `2 shells live, 1 recorded, 1 not recorded`; no shell is no words. */
export function summaryWords({ shells, recorded, notRecorded, owed }: LiveSummary): string {
  if (shells.length === 0) return '';
  return [
    `${shells.length} ${shells.length === 1 ? 'shell' : 'shells'} live`,
    ...(recorded > 0 ? [`${recorded} recorded`] : []),
    ...(owed > 0 ? [`${owed} not on record at a recorder`] : []),
    ...(notRecorded > 0 ? [`${notRecorded} not recorded`] : []),
  ].join(', ');
}

function describeShell(session: SessionInfo): LiveShell {
  const { target } = session;
  const place = target.node ? `node ${target.node.name}` : `${target.pod}/${target.container}`;
  return {
    sessionId: session.sessionId,
    name: `${place} in ${target.context}`,
    isElsewhere: false,
    standing: standingOf(session),
  };
}

function describeElsewhere({
  sessionId,
  pod,
  container,
  context,
  door,
  recording,
}: ElsewhereSession): LiveShell {
  const place = container === '' ? pod : `${pod}/${container}`;
  const client = door === 'kubectl' ? 'kubectl' : 'a browser';
  const name = `${place} in ${context}, by ${client}`;
  return { sessionId, name, isElsewhere: true, standing: recordStanding(recording) };
}

function standingOf({ state, recording }: SessionInfo): LiveShell['standing'] {
  if (state.kind === 'opening' || state.kind === 'reconnecting') return state.kind;
  return recordStanding(recording);
}

function recordStanding(recording: OpenSession['recording']): LiveShell['standing'] {
  if (recording.kind !== 'recording' || recording.trouble) return 'not recorded';
  if (recording.pausedAtMs !== undefined) return 'paused';
  return recording.delivery?.kind === 'owed' ? 'owed' : 'recorded';
}
