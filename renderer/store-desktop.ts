/** Files that were opened with the app, waiting for the user's word whether they become recordings. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { OpenedFile } from '../preload/contract-desktop.ts';
import { visibleText } from '../preload/visible-text.ts';
import type { CoreClient } from './core-client.ts';
import { problemOf } from './problem.ts';
import type { ViewStore } from './store-view.ts';

export interface DesktopStore {
  /** Asked about one after the other, the first one now. */
  readonly opened: ReadonlySignal<readonly OpenedFile[]>;
  ask(file: OpenedFile): void;
  /** Takes it into the library and tells with which recording; what fails is said. */
  importFile(file: OpenedFile): Promise<string | undefined>;
  leaveFile(file: OpenedFile): Promise<void>;
}

export function createDesktopStore({
  client,
  view,
}: {
  readonly client: CoreClient;
  readonly view: Pick<ViewStore, 'say'>;
}): DesktopStore {
  const opened = signal<readonly OpenedFile[]>([]);

  function answer({ fileId }: OpenedFile): void {
    opened.value = opened.value.filter((one) => one.fileId !== fileId);
  }

  return {
    opened,
    ask(file) {
      opened.value = [...opened.value, file];
    },
    async importFile(file) {
      answer(file);
      const name = visibleText(file.name);
      try {
        const { recordingId } = await client.call('desktop.import', { fileId: file.fileId });
        view.say('quiet', `Imported ${name}`);
        return recordingId;
      } catch (error) {
        view.say('lost', `${name} was not imported`, problemOf(error));
        return undefined;
      }
    },
    async leaveFile(file) {
      answer(file);
      // Where the core is gone, so is what it knew of the file.
      await client.call('desktop.leave', { fileId: file.fileId }).catch(() => {});
    },
  };
}
