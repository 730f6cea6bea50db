import { expect, test } from 'vitest';
import type { ProblemInfo } from '../../preload/contract.ts';
import { createLibraryDeeds } from '../../renderer/store-library.ts';
import { createViewStore } from '../../renderer/store-view.ts';
import { CoreFailure } from '../fakes/page-answers.ts';

const busy: ProblemInfo = { code: 'in-use', message: 'it is being written' };

function start(failing: readonly string[]) {
  const view = createViewStore();
  const removed: string[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const call = async (_name: string, { recordingId }: { recordingId: string }): Promise<object> => {
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    await Promise.resolve();
    underWay -= 1;
    if (failing.includes(recordingId)) throw new CoreFailure(busy);
    removed.push(recordingId);
    return {};
  };
  const annotate = async (ids: readonly string[]): Promise<void> => {
    if (ids.some((id) => failing.includes(id))) throw new CoreFailure(busy);
  };
  const deeds = createLibraryDeeds({ client: { call: call as never }, keeping: { annotate }, view });
  return { deeds, view, removed, mostUnderWay: () => mostUnderWay };
}

test('many are deleted one after the other, and their number is said', async () => {
  const { deeds, view, removed, mostUnderWay } = start([]);
  await deeds.removeRecordings(['a', 'b', 'c']);
  expect(removed).toEqual(['a', 'b', 'c']);
  expect(mostUnderWay()).toBe(1);
  expect(view.said.value).toMatchObject([{ tone: 'quiet', text: 'Deleted 3 recordings' }]);
});

test('one that cannot be deleted keeps no other, and is said', async () => {
  const { deeds, view, removed } = start(['b']);
  await deeds.removeRecordings(['a', 'b', 'c']);
  expect(removed).toEqual(['a', 'c']);
  expect(view.said.value).toMatchObject([{ text: '1 of 3 recordings was not removed', problem: busy }]);
});

test('one alone goes without a word', async () => {
  const { deeds, view } = start([]);
  await deeds.removeRecordings(['a']);
  expect(view.said.value).toEqual([]);
});

test('a pin that is refused is said', async () => {
  const { deeds, view } = start(['a']);
  await deeds.pinRecordings(['a'], true);
  await deeds.pinRecordings(['a', 'b'], false);
  expect(view.said.value.map(({ text }) => text)).toEqual([
    'The recording was not pinned',
    'Not all recordings were unpinned',
  ]);
});
