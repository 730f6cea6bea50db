/** Says whether a session is on record: a dot, time and size, and words where it is not. */
import type { JSX } from 'preact';
import type { ProblemInfo, RecordingState } from '../../preload/contract.ts';
import { StatusDot } from '../ui/status-dot.tsx';
import { owedDeliveryOf } from './delivery-words.ts';
import { describeRecording, type RecordedSession } from './session-words.ts';

export interface RecordingBadgeProps {
  readonly session: RecordedSession;
  /** Unix milliseconds, moving once a second. */
  readonly nowMs: number;
  /** `sign` for narrow places: the dot alone, and words only where something is wrong. */
  readonly form?: 'full' | 'sign';
  /** Tells more than fits in a badge. */
  readonly onProblem?: (problem: ProblemInfo) => void;
  /** Tells which recorders were tried, where none has it. */
  readonly onAttempts?: () => void;
}

export function RecordingBadge(props: RecordingBadgeProps): JSX.Element | null {
  const { session, nowMs, form = 'full', onProblem, onAttempts } = props;
  const words = describeRecording(session, nowMs);
  if (!words) return null;
  const hasWords = form === 'full' || words.tone === 'lost';
  const looks = { class: `recording-badge tone-${words.tone}`, title: words.sentence };
  const content = (
    <>
      <StatusDot shape={words.shape} tone={words.tone} {...(hasWords ? {} : { label: words.sentence })} />
      {hasWords && <span class="recording-word">{words.word}</span>}
      {form === 'full' && words.place !== undefined && (
        <span class="recording-place ellipsis">{words.place}</span>
      )}
      {form === 'full' && words.figures && <span class="recording-figures numbers">{words.figures}</span>}
    </>
  );
  const problem = problemOf(session.recording);
  const onPress = problem
    ? onProblem && (() => onProblem(problem))
    : owedDeliveryOf(session.recording) && onAttempts;
  if (!onPress) return <span {...looks}>{content}</span>;
  return (
    <button type="button" {...looks} onClick={onPress}>
      {content}
    </button>
  );
}

function problemOf(recording: RecordingState): ProblemInfo | undefined {
  if (recording.kind === 'recording') return recording.trouble;
  return recording.kind === 'failed' ? recording.problem : undefined;
}
