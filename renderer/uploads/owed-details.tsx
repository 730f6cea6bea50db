/** Under the queue: what each recorder answered for the active recording, and what can be done. Its height is fixed. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import type { UploadAnswer } from '../../preload/contract-uploads.ts';
import { nameOf } from '../library/recording-words.ts';
import type { OwedRecording } from '../store-uploads.ts';
import { Button } from '../ui/button.tsx';
import { formatTime } from '../ui/format.ts';
import { StatusDot } from '../ui/status-dot.tsx';
import { describeAnswer, describeArrived, describeLastAnswer, describeOwed } from './upload-words.ts';

export interface OwedDetailsProps {
  readonly one: OwedRecording;
  readonly recording: RecordingInfo | undefined;
  readonly nowMs: number;
  /** A retry is being asked for. */
  readonly isBusy: boolean;
  readonly onRetry: () => void;
  readonly onDrop: () => void;
  readonly onReplay: () => void;
}

export function OwedDetails({ one, recording, nowMs, isBusy, ...on }: OwedDetailsProps): JSX.Element {
  const words = describeOwed(one, nowMs);
  const arrived = describeArrived(one);
  const isOnItsWay = one.kind === 'job' && one.job.state.kind === 'delivering';
  return (
    <section class="owed-details" aria-label="Delivery">
      <div class="owed-facts">
        <p class="ellipsis">
          <strong>{recording ? nameOf(recording) : one.recordingId}</strong>
          {one.kind === 'job' && (
            <span class="numbers">, not delivered since {formatTime(one.job.owedSinceMs, nowMs)}</span>
          )}
        </p>
        <p class="owed-state">
          <StatusDot shape={words.shape} tone={words.tone} />
          <span class="numbers">{words.line}</span>
        </p>
        {one.kind === 'job' ? (
          <Answers answers={one.job.answers} nowMs={nowMs} />
        ) : (
          <p class="secondary">{describeLastAnswer(one)}</p>
        )}
        {arrived !== '' && <p class="secondary">{arrived}</p>}
      </div>
      <div class="owed-actions">
        <Button kind="primary" icon="retry" isDisabled={isBusy || isOnItsWay} onPress={on.onRetry}>
          Retry
        </Button>
        {recording && recording.state !== 'unreadable' && (
          <Button icon="play" onPress={on.onReplay}>
            Replay
          </Button>
        )}
        <Button icon="trash" title="Try it no longer; the recording stays here" onPress={on.onDrop}>
          Drop…
        </Button>
      </div>
    </section>
  );
}

/** What every recorder said that was tried, in the order of the tries. Each names itself. */
function Answers({
  answers,
  nowMs,
}: {
  readonly answers: readonly UploadAnswer[];
  readonly nowMs: number;
}): JSX.Element | null {
  if (answers.length === 0) return null;
  return (
    <ul class="owed-answers" aria-label="What the recorders answered">
      {answers.map((answer) => (
        <li key={`${answer.recorder?.url} ${answer.atMs}`}>
          <span class="numbers owed-quiet">{formatTime(answer.atMs, nowMs)}</span>
          <span class="owed-words" title={answer.detail}>
            {describeAnswer(answer)}
          </span>
        </li>
      ))}
    </ul>
  );
}
