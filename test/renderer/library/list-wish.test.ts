import { expect, test } from 'vitest';
import {
  describeSort,
  FIRST_WISH,
  groupedBy,
  sortedBy,
  toggledGroup,
} from '../../../renderer/library/list-wish.ts';

test('a column begins with its most useful end, and turns on the next press', () => {
  const bytes = sortedBy(FIRST_WISH.sort, 'bytes');
  expect([bytes, sortedBy(bytes, 'bytes')].map(describeSort)).toEqual(['Largest first', 'Smallest first']);
  const pod = sortedBy(bytes, 'pod');
  expect([pod, sortedBy(pod, 'pod')].map(describeSort)).toEqual(['Pods from A', 'Pods from Z']);
  expect(describeSort(FIRST_WISH.sort)).toBe('Newest first');
});

test('a group is collapsed and shown again; other groups begin shown', () => {
  const collapsed = toggledGroup(FIRST_WISH, '2026-11-20');
  expect([...collapsed.collapsed]).toEqual(['2026-11-20']);
  expect(toggledGroup(collapsed, '2026-11-20').collapsed.size).toBe(0);
  expect(groupedBy(collapsed, 'pod')).toEqual({ ...FIRST_WISH, grouping: 'pod' });
});
