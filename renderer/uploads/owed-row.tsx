/** One recording that no recorder has, in the queue. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import { nameOf, placeOf } from '../library/recording-words.ts';
import type { OwedRecording } from '../store-uploads.ts';
import { formatTime } from '../ui/format.ts';
import { ContextDot, StatusDot } from '../ui/status-dot.tsx';
import type { RowProps } from '../ui/virtual-list.tsx';
import { describeLastAnswer, describeOwed, describeRecorders } from './upload-words.ts';

export interface OwedRowProps {
  readonly one: OwedRecording;
  readonly row: RowProps;
  /** Undefined where it is not in the library (any more). */
  readonly recording: RecordingInfo | undefined;
  readonly nowMs: number;
  readonly colourOf: (context: string) => number;
  readonly onPress: () => void;
}

export function OwedRow({ one, row, recording, nowMs, colourOf, onPress }: OwedRowProps): JSX.Element {
  const words = describeOwed(one, nowMs);
  const answer = describeLastAnswer(one);
  const recorders = describeRecorders(one);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
    <div {...row} role="option" tabIndex={-1} class={`${row.class} owed-row`} onClick={onPress}>
      <span class="numbers ellipsis owed-quiet">
        {one.kind === 'job' && formatTime(one.job.owedSinceMs, nowMs)}
      </span>
      <span class="ellipsis">{recording ? nameOf(recording) : one.recordingId}</span>
      <span class="owed-place owed-quiet">
        {recording && recording.context !== '' && <ContextDot colour={colourOf(recording.context)} />}
        <span class="ellipsis">{recording && placeOf(recording)}</span>
      </span>
      <span class="ellipsis owed-recorder owed-quiet" title={recorders}>
        {recorders}
      </span>
      <span class="owed-next">
        <StatusDot shape={words.shape} tone={words.tone} />
        <span class={`ellipsis numbers tone-${words.tone}`}>{words.word}</span>
      </span>
      <span class="ellipsis owed-answer owed-quiet" title={answer}>
        {answer}
      </span>
    </div>
  );
}
