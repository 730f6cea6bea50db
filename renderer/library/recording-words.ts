/** A recording in words, as rows, titles and details show it. */
import type { RecordingInfo } from '../../preload/contract.ts';
import { formatBytes, formatCount } from '../ui/format.ts';
import { sentence } from '../ui/messages.tsx';
import type { DotShape, Tone } from '../ui/status-dot.tsx';

export interface OutcomeWords {
  readonly shape: DotShape;
  readonly tone: Tone;
  /** For a narrow column: `exit 0`, `lost`, `being recorded`, `recovered`, `unreadable`. */
  readonly word: string;
  /** All that is known, where that is more than the word. */
  readonly line?: string;
}

/** How it ended, or why it is not whole. */
export function describeOutcome(recording: RecordingInfo): OutcomeWords {
  const { state, exitCode, note } = recording;
  const line = note === undefined || note === '' ? {} : { line: sentence(note) };
  if (state === 'unreadable') return { shape: 'cross', tone: 'lost', word: 'unreadable', ...line };
  if (state === 'live') return { shape: 'full', tone: 'live', word: 'being recorded' };
  if (state === 'cut') {
    const why = 'Kubereel stopped before the shell ended. Everything up to then is here.';
    return { shape: 'half', tone: 'quiet', word: 'cut', line: line.line ?? why };
  }
  if (state === 'recovered') return { shape: 'half', tone: 'quiet', word: 'recovered', ...line };
  if (state === 'damaged') return { shape: 'half', tone: 'owed', word: 'damaged', ...line };
  if (exitCode !== undefined) return { shape: 'ring', tone: 'quiet', word: `exit ${exitCode}`, ...line };
  return { shape: 'ring', tone: 'quiet', word: note ? 'lost' : 'closed', ...line };
}

/** Whether it is encrypted, and can be read here; undefined: it is in the clear. */
export function describeLock({
  encryptedTo,
  isLocked,
}: RecordingInfo): Required<Pick<OutcomeWords, 'word' | 'line' | 'tone'>> | undefined {
  if (!encryptedTo) return undefined;
  if (!isLocked) return { tone: 'quiet', word: 'encrypted', line: 'Encrypted; its key is here.' };
  return { tone: 'owed', word: 'encrypted, key missing', line: 'Encrypted, and none of its keys is here.' };
}

/** What ran, where it is known in the clear; empty: the image's own shell. */
export function commandOf({ command, encryptedTo }: RecordingInfo): string | undefined {
  return encryptedTo ? undefined : command.join(' ');
}

export function nameOf(recording: RecordingInfo): string {
  if (recording.origin?.kind === 'node') return `node ${recording.node}`;
  const { imported } = recording;
  if (imported && recording.pod === '') return imported.title || imported.fileName;
  // Of a file that cannot be read its name is all that is known.
  if (recording.pod === '') return recording.path.split(/[/\\]/).at(-1) ?? recording.path;
  return recording.container === '' ? recording.pod : `${recording.pod} / ${recording.container}`;
}

/** Where it was recorded, for a narrow column. What comes from a file never looks like a place of ours. */
export function placeOf({ context, namespace, imported }: RecordingInfo): string {
  if (!imported) return [context, namespace].filter(Boolean).join(' ▸ ');
  return namespace === '' ? 'imported' : `imported ▸ ${namespace}`;
}

/** What it ran in, where that was made for it; undefined: a container of the pod. */
export function originOf({ image, origin, imported }: RecordingInfo): string | undefined {
  if (imported) return 'Not recorded here: taken in from a file';
  if (!origin) return undefined;
  if (origin.kind === 'node') return `A shell of the node, by a pod of ${image}`;
  return `A debug container of ${image}, beside ${origin.target}`;
}

/** What is known of it, for one line: who, which image, where; empty where nothing is. */
export function factsOf(recording: RecordingInfo): string {
  const {
    user,
    image,
    node,
    origin,
    hasTty,
    invalidBytes = 0,
    pausedBytes,
    reason,
    imported,
    door,
  } = recording;
  return [
    imported ? `imported from ${imported.fileName}, ${imported.format}` : '',
    reason ?? '',
    describeRecipients(recording),
    user === undefined ? '' : `as ${user}`,
    door === undefined ? '' : `by ${door.client}`,
    image === undefined || origin ? '' : image,
    node === undefined || origin?.kind === 'node' ? '' : `on ${node}`,
    hasTty === false ? 'no terminal' : '',
    pausedBytes === undefined ? '' : `${formatBytes(pausedBytes)} while paused not recorded`,
    invalidBytes === 0 ? '' : `${formatCount(invalidBytes, 'byte')} not UTF-8`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Whose keys are needed is of use where they are missing. */
function describeRecipients({ encryptedTo, isLocked }: RecordingInfo): string {
  if (!encryptedTo) return '';
  if (!isLocked) return 'encrypted';
  return `for ${encryptedTo.map((recipient) => `${recipient.slice(0, 14)}…`).join(' or ')}`;
}

/** All that is known of it, a line each. */
export function allFactsOf(recording: RecordingInfo): string {
  const {
    cluster,
    podUid,
    image,
    imageId,
    node,
    user,
    appVersion,
    sessionId,
    path,
    reason,
    encryptedTo = [],
    imported,
    door,
  } = recording;
  return [
    imported && `imported from ${imported.fileName}, ${imported.format}`,
    imported?.sha256 !== undefined && `SHA-256 of that file ${imported.sha256}`,
    reason !== undefined && `reason: ${reason}`,
    door && `opened by ${door.client}`,
    cluster && `cluster ${cluster.name}, ${cluster.server}`,
    user !== undefined && `user ${user}`,
    node !== undefined && `node ${node}`,
    podUid !== undefined && `pod uid ${podUid}`,
    image !== undefined && `image ${image}`,
    imageId !== undefined && `image id ${imageId}`,
    ...encryptedTo.map((recipient) => `encrypted to ${recipient}`),
    sessionId !== undefined && `session ${sessionId}`,
    appVersion !== undefined && `recorded by Kubereel ${appVersion}`,
    path,
  ]
    .filter(Boolean)
    .join('\n');
}

/** `Fri 20 Nov 2026, 14:03:27`, in local time. */
export function formatMoment(timeMs: number): string {
  const [weekday, month, day, year] = new Date(timeMs).toDateString().split(' ');
  return `${weekday} ${Number(day)} ${month} ${year}, ${formatTimeOfDay(timeMs)}`;
}

/** `14:03:27`, in local time. */
export function formatTimeOfDay(timeMs: number): string {
  return new Date(timeMs).toTimeString().slice(0, 8);
}
