/** For a stage of the library: nothing is owed to a recorder. In the browser. */
import { signal } from '@preact/signals';
import type { LibraryUploads } from '../../renderer/library/delivery.tsx';

export function createStageUploads(deeds: string[]): LibraryUploads {
  return {
    owed: signal(new Map()),
    get: async () => ({ kind: 'none' }),
    show: (recordingId) => deeds.push(`show ${recordingId} in the queue`),
  };
}
