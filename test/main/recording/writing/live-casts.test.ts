import { expect, test } from 'vitest';
import { createLiveCasts } from '../../../../main/recording/writing/live-casts.ts';

function createCast(name: string, synced: string[]): { sync(): Promise<void> } {
  return {
    async sync() {
      synced.push(name);
    },
  };
}

test('all that are live are brought onto the disk, and none that has ended', async () => {
  const synced: string[] = [];
  const casts = createLiveCasts();
  casts.add(createCast('first', synced));
  const remove = casts.add(createCast('second', synced));
  await casts.syncAll();
  remove();
  await casts.syncAll();
  expect(synced).toEqual(['first', 'second', 'first']);
});
