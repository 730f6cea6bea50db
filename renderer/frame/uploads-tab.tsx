/** The queue of deliveries in its tab, on the page's store; and the way to it in the window's foot. */
import type { JSX } from 'preact';
import type { Store } from '../store.ts';
import { StatusDot } from '../ui/status-dot.tsx';
import { describeOwedCount } from '../uploads/upload-words.ts';
import { UploadsView } from '../uploads/uploads-view.tsx';
import { goToRecorders } from './commands.ts';

export function UploadsTab({ store }: { readonly store: Store }): JSX.Element {
  const { view } = store;
  return (
    <UploadsView
      uploads={store.uploads}
      recordings={store.sessions.recordings.value}
      nowMs={store.nowMs.value}
      colourOf={store.contexts.colourOf}
      shownId={view.shownUpload.value}
      onShow={(recordingId) => {
        view.shownUpload.value = recordingId;
      }}
      onRetry={store.retryUploads}
      onDrop={store.dropUpload}
      onReplay={(recordingId) => store.openReplay(recordingId)}
      onRecorders={() => goToRecorders(store)}
    />
  );
}

/** Only where something is owed, or nobody knows. */
export function NotDelivered({ store }: { readonly store: Store }): JSX.Element | null {
  const count = store.uploads.queue.value.length;
  const isUnknown = store.uploads.problem.value !== undefined;
  if (count === 0 && !isUnknown) return null;
  return (
    <button type="button" class="status-requests tone-owed numbers" onClick={() => store.openUploads()}>
      <StatusDot shape="half" tone="owed" />
      {isUnknown ? 'deliveries unknown' : describeOwedCount(count)}
    </button>
  );
}
