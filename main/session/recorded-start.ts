import type { PolicyAnswer } from '../policy/policy.ts';
import type { DeliveryStart } from './delivery-duty.ts';
import type { SessionNeeds } from './session.ts';
import { openSessionRecording, type SessionRecording } from './session-recording.ts';
import { type SessionSnapshot, type ShellTarget, toDetails } from './session-state.ts';
import { type StartedShell, startShell } from './shell-start.ts';
import type { ShellTerms } from './shell-terms.ts';

/** A shell that gave a sign of life, and the recording that it has from its first byte on. */
export interface RecordedShell {
  readonly shell: StartedShell;
  readonly recording: SessionRecording;
}

export interface RecordedStart {
  readonly sessionId: string;
  readonly target: ShellTarget;
  /** As it is then. */
  size(): SessionSnapshot['size'];
  readonly terms: ShellTerms;
  /** Absent: it waits for nothing that takes long. */
  onProgress(note?: string): void;
  /** It is open, there. */
  onOpened(target: SessionSnapshot['target']): void;
}

/** Asks recorders first, the cluster next and the disk last. Rejects with what failed; then nothing of it is left. */
export async function startRecordedShell(
  needs: SessionNeeds,
  { sessionId, target, size, terms, onProgress, onOpened }: RecordedStart,
  answer: PolicyAnswer,
  { signal }: { readonly signal: AbortSignal },
): Promise<RecordedShell> {
  let start: DeliveryStart | undefined;
  let shell: StartedShell | undefined;
  try {
    if (answer.recorders.length > 0) {
      onProgress('asking the recorders');
      start = await terms.connect(size(), { signal });
      signal.throwIfAborted();
      onProgress();
    }
    shell = await startShell(needs, needs.openShell(target, size(), { onProgress, signal }), { signal });
    const shown = { ...target, container: shell.container, ...shell.shown };
    onOpened(shown);
    const details = toDetails(sessionId, shown, shell);
    const recording = await openSessionRecording(needs, details, size(), answer, start);
    return { shell, recording };
  } catch (error) {
    await shell?.stream.close();
    await start?.cancel();
    throw error;
  }
}
