/** Compares a recording with its seal when asked to, and says what that came to. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ProblemInfo, RecordingVerification } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import { sentence } from '../ui/messages.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { describeVerification } from './verification-words.ts';

export type VerificationState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly result: RecordingVerification }
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

/** Begins anew with each recording: a verdict is about one of them, at one time. */
export function useVerification(
  recordingId: string,
  verify: (recordingId: string) => Promise<RecordingVerification>,
): { readonly state: VerificationState; readonly start: () => void } {
  const [shown, setShown] = useState<{ readonly id: string; readonly state: VerificationState }>();
  useEffect(() => setShown(undefined), [recordingId]);
  const state: VerificationState = shown?.id === recordingId ? shown.state : { kind: 'none' };

  async function run(): Promise<void> {
    // An answer for a recording that is no longer shown is dropped by its id.
    const tell = (next: VerificationState): void => setShown({ id: recordingId, state: next });
    tell({ kind: 'running' });
    try {
      tell({ kind: 'done', result: await verify(recordingId) });
    } catch (error) {
      tell({ kind: 'failed', problem: problemOf(error) });
    }
  }

  return { state, start: () => void run() };
}

export function VerificationLine({ state }: { readonly state: VerificationState }): JSX.Element | null {
  switch (state.kind) {
    case 'none':
      return null;
    case 'running':
      return <>Comparing it with its seal…</>;
    case 'failed':
      return <>{sentence(state.problem.message)}</>;
    case 'done': {
      const { shape, tone, line } = describeVerification(state.result);
      return (
        <span class={`verification tone-${tone}`} title={line}>
          <StatusDot shape={shape} tone={tone} />
          <span class="ellipsis">{line}</span>
        </span>
      );
    }
  }
}
