import { expect, test } from 'vitest';
import type { RecordingInfo } from '../../../preload/contract.ts';
import { describeSum, headOf, toListRows } from '../../../renderer/library/list-rows.ts';
import { recording } from '../../fakes/recording-info.ts';

const NOW_MS = new Date(2026, 10, 20, 14, 0).getTime();
const at = (day: number, changes: Partial<RecordingInfo> = {}): RecordingInfo =>
  recording({
    recordingId: `d${day}${changes.pod ?? ''}`,
    startedAtMs: new Date(2026, 10, day, 9).getTime(),
    bytes: 1_000,
    ...changes,
  });
const all = [at(20), at(19), at(19, { pod: 'api-0' }), at(3)];
const none = new Set<string>();

test('without groups each recording is a row, and no row has a head', () => {
  const list = toListRows(all, { grouping: 'none', collapsed: none }, NOW_MS);
  expect(list.rows.map(({ key }) => key)).toEqual(['d20', 'd19', 'd19api-0', 'd3']);
  expect(list.heads).toEqual([]);
  expect(headOf(list, 2)).toBeUndefined();
});

test('days have names near to now, count and sum up', () => {
  const { rows, heads } = toListRows(all, { grouping: 'day', collapsed: none }, NOW_MS);
  const titles = rows.flatMap((row) => (row.kind === 'group' ? [`${row.title}: ${row.line}`] : []));
  expect(titles).toEqual([
    'Today: 1 recording, 1.0 kB',
    'Yesterday: 2 recordings, 2.0 kB',
    'Tue 3 Nov 2026: 1 recording, 1.0 kB',
  ]);
  expect(heads).toEqual([0, 2, 5]);
});

test('a collapsed group is its head alone', () => {
  const list = toListRows(all, { grouping: 'day', collapsed: new Set(['2026-11-19']) }, NOW_MS);
  expect(list.rows.map(({ key }) => key)).toEqual([
    'group:2026-11-20',
    'd20',
    'group:2026-11-19',
    'group:2026-11-03',
    'd3',
  ]);
});

test('each row has the head of its group, a head its own', () => {
  const list = toListRows(all, { grouping: 'day', collapsed: none }, NOW_MS);
  expect([0, 1, 2, 4, 6].map((index) => headOf(list, index)?.title)).toEqual([
    'Today',
    'Today',
    'Yesterday',
    'Yesterday',
    'Tue 3 Nov 2026',
  ]);
});

test('pods are named with where they are, and what has none says so', () => {
  const unknown = recording({ recordingId: 'x', context: '', namespace: '', pod: '' });
  const { rows } = toListRows([...all, unknown], { grouping: 'pod', collapsed: none }, NOW_MS);
  expect(rows.flatMap((row) => (row.kind === 'group' ? [row.title] : []))).toEqual([
    'prod-eu ▸ shop ▸ web-7f9c',
    'prod-eu ▸ shop ▸ api-0',
    'No pod is known',
  ]);
});

test('a group is told with how long all of it is', () => {
  expect(describeSum(all)).toBe('4 recordings, 4.0 kB, 8 m 52 s');
});
