import { expect, test } from 'vitest';
import { POD_PLANS } from '../../../main/demo/demo-pods.ts';
import {
  parseEphemeralPatch,
  planEphemeral,
  withEphemeralContainers,
  withEphemeralState,
} from '../../../main/demo/ephemeral-containers.ts';
import type { Pod } from '../../../main/demo/kube-objects.ts';
import { buildPod } from '../../../main/demo/pod-builder.ts';
import { StatusError } from '../../../main/demo/status.ts';

const TYPE = 'application/strategic-merge-patch+json';
const pod = buildPod(POD_PLANS[1] as (typeof POD_PLANS)[number], 0);
const ENTRY = { name: 'debugger-x2k4z', image: 'busybox', stdin: true, tty: true };

function patch(containers: unknown, type = TYPE, target: Pod = pod): ReturnType<typeof parseEphemeralPatch> {
  const body = new TextEncoder().encode(JSON.stringify({ spec: { ephemeralContainers: containers } }));
  return parseEphemeralPatch(target, body, type);
}

function refusalOf(work: () => unknown): object {
  try {
    work();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
  }
  throw new Error('nothing was refused');
}

test('a debug container is taken with what a shell can have', () => {
  const [added] = patch([
    { ...ENTRY, resources: {}, terminationMessagePolicy: 'File', targetContainerName: 'checkout' },
  ]);
  expect(added).toEqual({ ...ENTRY, imagePullPolicy: 'IfNotPresent', targetContainerName: 'checkout' });
  expect(planEphemeral(added as NonNullable<typeof added>)).toMatchObject({
    isInteractive: true,
    command: ['sh'],
  });
  expect(
    planEphemeral({ ...ENTRY, imagePullPolicy: 'IfNotPresent', command: ['ls'], args: ['-l'] }).command,
  ).toEqual(['ls', '-l']);
});

test.each([
  [[ENTRY], 'application/json', 415, 'accepted media types include: application/strategic-merge-patch+json'],
  [
    [{ ...ENTRY, name: 'checkout' }],
    TYPE,
    422,
    'spec.ephemeralContainers[0].name: Duplicate value: "checkout"',
  ],
  [[{ ...ENTRY, targetContainerName: 'nosuch' }], TYPE, 422, 'targetContainerName: Not found: "nosuch"'],
  [[{ ...ENTRY, name: '../../etc' }], TYPE, 400, 'not understood'],
  ['none', TYPE, 400, 'not understood'],
])('refuses %j sent as %s with %i', (containers, type, code, words) => {
  const refusal = refusalOf(() => patch(containers, type));
  expect(refusal).toMatchObject({ code, message: expect.stringContaining(words) });
});

test('a name is taken once', () => {
  const once = withEphemeralContainers(pod, patch([ENTRY]));
  expect(refusalOf(() => patch([ENTRY], TYPE, once))).toMatchObject({ code: 422 });
  expect(patch([{ ...ENTRY, name: 'debugger-second' }], TYPE, once)).toHaveLength(1);
});

test('it waits at first, and one changes without the other', () => {
  const two = withEphemeralContainers(
    withEphemeralContainers(pod, patch([ENTRY])),
    patch([{ ...ENTRY, name: 'b' }]),
  );
  const changed = withEphemeralState(two, 'b', { running: { startedAt: 'now' } });
  expect(changed.status.ephemeralContainerStatuses?.map(({ state }) => state)).toEqual([
    { waiting: { reason: 'ContainerCreating' } },
    { running: { startedAt: 'now' } },
  ]);
});
