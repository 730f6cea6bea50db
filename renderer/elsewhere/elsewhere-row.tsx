/** One shell whose terminal is in another program: where it is, whose it is, whether it is on record. */
import type { JSX } from 'preact';
import type { ProblemInfo } from '../../preload/contract.ts';
import type { ElsewhereSession } from '../../preload/contract-elsewhere.ts';
import { RecordingBadge } from '../terminal/recording-badge.tsx';
import { Button } from '../ui/button.tsx';
import { formatDuration } from '../ui/format.ts';
import { ContextDot } from '../ui/status-dot.tsx';
import { describeClient, describeCommand, nameOfElsewhere } from './elsewhere-words.ts';

export interface ElsewhereRowProps {
  readonly session: ElsewhereSession;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** 1 to 8. */
  readonly colour: number;
  readonly onOpen: (recordingId: string) => void;
  readonly onEnd: () => void;
  readonly onProblem: (problem: ProblemInfo) => void;
}

export function ElsewhereRow({ session, nowMs, colour, ...on }: ElsewhereRowProps): JSX.Element {
  const { context, namespace, recording, startedAtMs } = session;
  const name = nameOfElsewhere(session);
  const command = describeCommand(session);
  const recordingId = 'recordingId' in recording ? recording.recordingId : undefined;
  return (
    <li class="elsewhere-row">
      <div class="elsewhere-words">
        <p class="elsewhere-name">
          <strong class="ellipsis" title={name}>
            {name}
          </strong>
          <span class="mono ellipsis elsewhere-command" title={command}>
            {command}
          </span>
        </p>
        <p class="elsewhere-place secondary">
          <ContextDot colour={colour} />
          <span class="ellipsis" title={`${context}, namespace ${namespace}`}>
            {context} · {namespace}
          </span>
          <span class="ellipsis elsewhere-client" title={session.client}>
            {describeClient(session)}
          </span>
        </p>
        <div class="elsewhere-record">
          <RecordingBadge
            session={{ recording, state: { kind: 'live', startedAtMs } }}
            nowMs={nowMs}
            onProblem={on.onProblem}
          />
          {recording.kind !== 'recording' && (
            <span class="secondary numbers">open for {formatDuration(nowMs - startedAtMs)}</span>
          )}
        </div>
      </div>
      <div class="elsewhere-deeds">
        {recordingId !== undefined && (
          <Button
            kind="quiet"
            icon="play"
            title={`The recording of ${name}`}
            onPress={() => on.onOpen(recordingId)}
          >
            Watch
          </Button>
        )}
        <Button icon="close" title={`End the shell in ${name}`} onPress={on.onEnd}>
          End…
        </Button>
      </div>
    </li>
  );
}
