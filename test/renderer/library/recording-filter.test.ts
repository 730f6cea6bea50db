import { expect, test } from 'vitest';
import { listRecordings } from '../../../renderer/library/recording-filter.ts';
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
  expect(ids('bash -l')).toEqual(['b']);
});

test('who it was, where it ran and what ran there are found too', () => {
  for (const word of ['ada@', 'node-7', 'nginx:1.27', '0c12', '10.0.0.1', '7c1f'])
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
