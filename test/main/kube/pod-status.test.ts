import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { podSchema } from '../../../main/kube/pod-schema.ts';
import { describePod } from '../../../main/kube/pod-status.ts';
import { createContainerStatus, createPod, type PodChanges } from '../../fakes/kube-pods.ts';

/** Expected values are what kubectl's printer gives for the same pod (printers_test.go has these cases). */
function columnsOf(changes: PodChanges): string {
  const pod = v.parse(podSchema, createPod('p', changes));
  const { readyContainers, totalContainers, status, restarts } = describePod(pod);
  return `${readyContainers}/${totalContainers} ${status} ${restarts}`;
}

const running = createContainerStatus('app', { running: {} });
const initializing = [{ type: 'Initialized', status: 'False' }];

function withContainer(state: Record<string, unknown>, changes: Record<string, unknown> = {}): PodChanges {
  return { status: { containerStatuses: [createContainerStatus('app', state, changes)] } };
}

test('a running pod', () => {
  expect(columnsOf({})).toBe('1/1 Running 0');
});

test('a pod that nothing is known of yet', () => {
  expect(columnsOf({ status: { phase: 'Pending', containerStatuses: null, conditions: null } })).toBe(
    '0/1 Pending 0',
  );
});

describe('the word of a container', () => {
  test.each([
    ['waiting', { waiting: { reason: 'CrashLoopBackOff' } }, '0/1 CrashLoopBackOff 7'],
    ['waiting without a reason', { waiting: {} }, '0/1 Running 7'],
    ['ended with a reason', { terminated: { reason: 'OOMKilled', exitCode: 137 } }, '0/1 OOMKilled 7'],
    ['ended by a signal', { terminated: { exitCode: 137, signal: 9 } }, '0/1 Signal:9 7'],
    ['ended with a code', { terminated: { exitCode: 3 } }, '0/1 ExitCode:3 7'],
  ])('%s', (_case, state, columns) => {
    expect(columnsOf(withContainer(state, { restartCount: 7 }))).toBe(columns);
  });

  test('the first with something to say decides', () => {
    const containerStatuses = [
      running,
      createContainerStatus('b', { waiting: { reason: 'ImagePullBackOff' } }, { restartCount: 1 }),
      createContainerStatus('c', { terminated: { reason: 'Error', exitCode: 1 } }, { restartCount: 2 }),
    ];
    const containers = ['app', 'b', 'c'].map((name) => ({ name, image: 'i' }));
    expect(columnsOf({ spec: { containers }, status: { containerStatuses } })).toBe('1/3 ImagePullBackOff 3');
  });

  test('running but not ready counts as not ready', () => {
    expect(columnsOf(withContainer({ running: {} }, { ready: false }))).toBe('0/1 Running 0');
  });
});

describe('a completed container', () => {
  const done = createContainerStatus('job', { terminated: { reason: 'Completed', exitCode: 0 } });
  const containers = [
    { name: 'job', image: 'i' },
    { name: 'app', image: 'i' },
  ];

  test('alone is a completed pod', () => {
    expect(columnsOf({ status: { phase: 'Succeeded', containerStatuses: [done] } })).toBe('0/1 Completed 0');
  });

  test('beside a running one leaves the pod running while it is ready', () => {
    const status = { containerStatuses: [done, running] };
    expect(columnsOf({ spec: { containers }, status })).toBe('1/2 Running 0');
    const conditions = [{ type: 'Ready', status: 'False' }];
    expect(columnsOf({ spec: { containers }, status: { ...status, conditions } })).toBe('1/2 NotReady 0');
  });
});

describe('init containers', () => {
  const spec = { initContainers: ['one', 'two'].map((name) => ({ name, image: 'i' })) };
  const oneDone = createContainerStatus('one', { terminated: { reason: 'Completed', exitCode: 0 } });
  const waiting = createContainerStatus('app', { waiting: { reason: 'PodInitializing' } });

  function withInit(...initContainerStatuses: unknown[]): PodChanges {
    return {
      spec,
      status: {
        phase: 'Pending',
        conditions: initializing,
        containerStatuses: [waiting],
        initContainerStatuses,
      },
    };
  }

  test.each([
    ['the first runs', [createContainerStatus('one', { running: {} })], 'Init:0/2 0'],
    [
      'the second waits its turn',
      [oneDone, createContainerStatus('two', { waiting: { reason: 'PodInitializing' } })],
      'Init:1/2 0',
    ],
    [
      'one cannot start',
      [oneDone, createContainerStatus('two', { waiting: { reason: 'ErrImagePull' } })],
      'Init:ErrImagePull 0',
    ],
    [
      'one failed with a reason',
      [createContainerStatus('one', { terminated: { reason: 'Error', exitCode: 1 } }, { restartCount: 4 })],
      'Init:Error 4',
    ],
    [
      'one failed with a code',
      [createContainerStatus('one', { terminated: { exitCode: 2 } })],
      'Init:ExitCode:2 0',
    ],
    [
      'one was killed',
      [createContainerStatus('one', { terminated: { exitCode: 137, signal: 9 } })],
      'Init:Signal:9 0',
    ],
  ])('%s', (_case, statuses, words) => {
    expect(columnsOf(withInit(...statuses))).toBe(`0/1 ${words}`);
  });

  test('that are done leave the word, and the count, to the others', () => {
    const two = createContainerStatus(
      'two',
      { terminated: { reason: 'Completed', exitCode: 0 } },
      { restartCount: 5 },
    );
    expect(columnsOf({ spec, status: { initContainerStatuses: [oneDone, two] } })).toBe('1/1 Running 0');
  });

  test('that run again in a pod that was initialized before are told only where nothing else is', () => {
    const again = createContainerStatus('one', { running: {} }, { restartCount: 1 });
    expect(columnsOf({ spec, status: { initContainerStatuses: [again] } })).toBe('1/1 Init:0/2 0');
  });
});

describe('a sidecar', () => {
  const spec = { initContainers: [{ name: 'mesh', image: 'i', restartPolicy: 'Always' }] };

  test('counts as a container once it has started', () => {
    const mesh = createContainerStatus('mesh', { running: {} }, { started: true, restartCount: 2 });
    expect(columnsOf({ spec, status: { initContainerStatuses: [mesh] } })).toBe('2/2 Running 2');
  });

  test('that has not started holds up the others', () => {
    const mesh = createContainerStatus('mesh', { running: {} }, { started: false });
    const status = {
      phase: 'Pending',
      conditions: initializing,
      containerStatuses: [],
      initContainerStatuses: [mesh],
    };
    expect(columnsOf({ spec, status })).toBe('0/2 Init:0/1 0');
  });
});

describe('the pod itself', () => {
  test('is terminating once it is deleted, unless it has ended or its node is lost', () => {
    const metadata = { deletionTimestamp: '2026-01-02T03:04:05Z' };
    expect(columnsOf({ metadata })).toBe('1/1 Terminating 0');
    expect(columnsOf({ metadata, status: { reason: 'NodeLost' } })).toBe('1/1 Unknown 0');
    const done = createContainerStatus('app', { terminated: { reason: 'Completed', exitCode: 0 } });
    expect(columnsOf({ metadata, status: { phase: 'Succeeded', containerStatuses: [done] } })).toBe(
      '0/1 Completed 0',
    );
  });

  test('may have a reason of its own', () => {
    expect(columnsOf({ status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] } })).toBe(
      '0/1 Evicted 0',
    );
  });

  test('may be held back by a scheduling gate', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];
    expect(columnsOf({ status: { phase: 'Pending', conditions, containerStatuses: [] } })).toBe(
      '0/1 SchedulingGated 0',
    );
  });
});
