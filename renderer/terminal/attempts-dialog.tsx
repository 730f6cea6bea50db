/** Which recorders were tried for a session that none of them has, and what each answered. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { recorderName } from '../policy/recorder-words.ts';
import type { Store } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { sentence } from '../ui/messages.tsx';
import { describeNext, owedDeliveryOf } from './delivery-words.ts';
import { describeRecording } from './session-words.ts';

export function AttemptsDialog({
  store,
  sessionId,
}: {
  readonly store: Store;
  readonly sessionId: string;
}): JSX.Element | null {
  const { closeOverlay } = store.view;
  const nowMs = store.nowMs.value;
  const session = store.sessions.sessions.value.get(sessionId);
  const delivery = session && owedDeliveryOf(session.recording);
  const recordingId =
    session && 'recordingId' in session.recording ? session.recording.recordingId : undefined;
  const isGone = delivery === undefined;
  // A recorder has it by now: there is nothing to tell any more.
  useEffect(() => {
    if (isGone) closeOverlay();
  }, [isGone]);
  if (!session || !delivery) return null;
  const isLive = session.recording.kind === 'recording';
  return (
    <Dialog
      title={describeRecording(session, nowMs)?.word ?? 'Not delivered'}
      onClose={closeOverlay}
      actions={
        <>
          {!isLive && (
            <Button
              onPress={() => {
                closeOverlay();
                store.openUploads(recordingId);
              }}
            >
              Show in the queue
            </Button>
          )}
          <Button isFocusedFirst onPress={closeOverlay}>
            Close
          </Button>
        </>
      }
    >
      <p class="dialog-text numbers">{describeNext(delivery, isLive, nowMs)}</p>
      {delivery.attempts.length > 0 && (
        <ol class="attempts" aria-label="Recorders that were tried">
          {delivery.attempts.map(({ recorder, problem }, index) => (
            <li key={`${index} ${recorder.url}`}>
              <strong>{recorderName(recorder)}</strong>
              <p class="secondary mono">{recorder.url}</p>
              <p title={problem.detail}>{sentence(problem.message)}</p>
              {problem.hint !== undefined && <p>{sentence(problem.hint)}</p>}
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}
