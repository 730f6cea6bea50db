import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordingInfo } from '../../../preload/contract.ts';
import { compareRecordings } from '../../../preload/recording-query.ts';
import {
  createRecordingOrder,
  listRecordings,
  toSearchFilter,
} from '../../../renderer/library/recording-filter.ts';
import { ALL_FACTS } from '../../fakes/recording-facts.ts';
import { recording } from '../../fakes/recording-info.ts';

const all = [
  recording({ recordingId: 'a', startedAtMs: 1, pod: 'web-7f9c', namespace: 'shop' }),
  recording({ recordingId: 'b', startedAtMs: 3, pod: 'api-0', namespace: 'shop', command: ['bash', '-l'] }),
  recording({ recordingId: 'c', startedAtMs: 2, pod: 'web-1a2b', context: 'staging', exitCode: 137 }),
  recording({ recordingId: 'd', startedAtMs: 0, pod: 'db-0', ...ALL_FACTS }),
];
const ids = (filter: string): string[] => listRecordings(all, filter).map(({ recordingId }) => recordingId);

test('the newest stands first', () => {
  expect(ids('')).toEqual(['b', 'c', 'a', 'd']);
});

test('a part of any name is enough, in any case', () => {
  expect(ids('WEB')).toEqual(['c', 'a']);
  expect(ids('stag')).toEqual(['c']);
  expect(ids('bash "-l"')).toEqual(['b']);
  // A dash excludes.
  expect(ids('bash -bash')).toEqual([]);
});

test('who it was, where it ran and what ran there are found too', () => {
  for (const word of ['ada@', 'node-7', '"nginx:1.27"', '0c12', '10.0.0.1', '7c1f'])
    expect(ids(word)).toEqual(['d']);
});

test('every word must be found, in any order', () => {
  expect(ids('shop web-7')).toEqual(['a']);
  expect(ids('web 137')).toEqual(['c']);
  expect(ids('web nothing')).toEqual([]);
});

test('words are not found across the border of two facts', () => {
  expect(ids('shopweb')).toEqual([]);
});

test('what was in order stays so as recordings come, go and grow', () => {
  const inOrder = createRecordingOrder({ pods: ['*'] }, { by: 'bytes', isAscending: false });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(5)), { maxLength: 30 }), (steps) => {
      const known = new Map<string, RecordingInfo>();
      for (const [id, bytes] of steps) {
        if (bytes === 0) known.delete(`${id}`);
        else known.set(`${id}`, recording({ recordingId: `${id}`, bytes }));
        const wanted = [...known.values()].sort(compareRecordings({ by: 'bytes', isAscending: false }));
        expect(inOrder(known.values())).toEqual(wanted);
      }
    }),
  );
});

test('a recording is looked at once, until it is another one', () => {
  let looks = 0;
  const watched = (id: string): RecordingInfo =>
    Object.defineProperty({ ...recording({ recordingId: id }) }, 'pod', {
      get: () => {
        looks += 1;
        return 'web';
      },
    });
  const known = new Map([...'abc'].map((id) => [id, watched(id)]));
  const inOrder = createRecordingOrder({ pods: ['web'] }, { by: 'started', isAscending: false });
  expect(inOrder(known.values())).toHaveLength(3);
  const first = looks;
  inOrder(known.values());
  expect(looks).toBe(first);
  inOrder(known.set('b', watched('b')).values());
  expect(looks).toBe(first + first / 3);
});

test('the search on screens takes free words by themselves, and what is wrong not at all', () => {
  expect(toSearchFilter('Web pod:"a b" -tag:x exit:maybe "Two Words" since:7d -old ""')).toEqual({
    words: ['web', 'two words'],
    filter: 'pod:"a b" -tag:x since:7d -old',
  });
  expect(toSearchFilter('')).toEqual({ words: [], filter: '' });
});
