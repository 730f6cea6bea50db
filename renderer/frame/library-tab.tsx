/** The library in its tab, on the page's store. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { PageClient } from '../core-client.ts';
import { createFileTransfer, type FileTransfer } from '../library/file-transfer.ts';
import { DropZone } from '../library/import-files.tsx';
import { LibraryView } from '../library/library-view.tsx';
import { StorageFoot } from '../library/storage-meter.tsx';
import { storageLimitsOf } from '../library/storage-words.ts';
import { createThumbnailStore } from '../library/thumbnail-store.ts';
import { problemOf } from '../problem.ts';
import type { Store } from '../store.ts';
import { goToEncryption, goToPods, goToRetention } from './commands.ts';

export function LibraryTab({
  store,
  client,
}: {
  readonly store: Store;
  readonly client: PageClient;
}): JSX.Element {
  const files = useMemo(() => createFileTransfer(client), [client]);
  const thumbnails = useMemo(() => createThumbnailStore(client), [client]);
  const { view } = store;
  const onFiles = (chosen: readonly File[]): void => void importAll(store, files, chosen);
  return (
    <DropZone onFiles={onFiles}>
      <LibraryView
        recordings={store.sessions.recordings.value}
        nowMs={store.nowMs.value}
        colourOf={store.contexts.colourOf}
        wish={view.listWish.value}
        onWish={(wish) => {
          view.listWish.value = wish;
        }}
        thumbnails={thumbnails}
        uploads={{ owed: store.uploads.owed, get: store.uploads.get, show: store.openUploads }}
        onReplay={store.openReplay}
        search={(question, options) => client.call('library.search', question, options)}
        sought={view.sought.value}
        onSought={(text) => {
          view.sought.value = text;
        }}
        verify={(recordingId) => client.call('library.verify', { recordingId })}
        onRemove={(recordingIds) => void store.removeRecordings(recordingIds)}
        annotate={store.keeping.annotate}
        onPin={(recordingIds, isPinned) => void store.pinRecordings(recordingIds, isPinned)}
        files={files}
        onImport={onFiles}
        onFindPod={() => goToPods(store)}
        onAddKey={() => goToEncryption(store)}
      />
      <StorageFoot
        measure={store.keeping.storage}
        recordings={store.sessions.recordings.value}
        limits={storageLimitsOf(store.settings.state.value.settings)}
        onRules={() => goToRetention(store)}
      />
    </DropZone>
  );
}

/** One after the other; one that is no recording keeps no other out. */
async function importAll({ view }: Store, transfer: FileTransfer, files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      await transfer.upload(file);
      view.say('quiet', `Imported ${file.name}`);
    } catch (error) {
      view.say('lost', `${file.name} was not imported`, problemOf(error));
    }
  }
}
