import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { gatherPodChanges } from '../../../main/kube/pod-changes.ts';
import type { PodInfo } from '../../../main/kube/pod-info.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pod = (uid: string, status = 'Running'): PodInfo => ({ uid, status }) as PodInfo;

function gather() {
  const told: string[] = [];
  const changes = gatherPodChanges(({ upserted, removed }) =>
    told.push(`${upserted.map(({ uid, status }) => `${uid}:${status}`)} -${removed}`),
  );
  return { changes, told };
}

test('a burst is told once, each pod as it is last', () => {
  const { changes, told } = gather();
  changes.put(pod('a', 'Pending'));
  changes.put(pod('b'));
  vi.advanceTimersByTime(99);
  changes.put(pod('a', 'Running'));
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['a:Running,b:Running -']);
  vi.advanceTimersByTime(1_000);
  expect(told).toHaveLength(1);
});

test('a pod that came and went is only removed, and one that came back is there', () => {
  const { changes, told } = gather();
  changes.put(pod('a'));
  changes.remove('a');
  changes.remove('b');
  changes.put(pod('b'));
  changes.flush();
  expect(told).toEqual(['b:Running -a']);
});

test('nothing new is not told, and what is dropped is forgotten', () => {
  const { changes, told } = gather();
  changes.flush();
  changes.put(pod('a'));
  changes.drop();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([]);
});
