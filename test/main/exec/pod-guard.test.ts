import { afterEach, describe, expect, test } from 'vitest';
import { guardPod } from '../../../main/exec/pod-guard.ts';
import { createStatus, type FakeApiServer, sendJson, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import { createContainerStatus, createPod, type PodChanges } from '../../fakes/kube-pods.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createPodList, type OpenWatch, type PodsApi, startPodsApi } from '../../fakes/pods-api.ts';
import { createScriptedShell } from '../../fakes/scripted-shell.ts';
import { eventually, until } from '../../fakes/until.ts';

const PLACE = { namespace: 'shop', pod: 'web', container: 'app', podUid: 'uid-web' };
/** Which a guard takes from the beginning of its watch to its word. */
const GRACE_MS = 2_000;

let api: Pick<PodsApi, 'close'> | FakeApiServer | undefined;
afterEach(() => api?.close());

function guard(address: string, place: Partial<typeof PLACE> = PLACE) {
  const clock = createManualClock();
  const shell = createScriptedShell();
  const transport = openTransport(address);
  const podGuard = guardPod({ transport, clock }, { ...PLACE, ...place }, shell.stream);
  return { clock, shell, transport, podGuard };
}

async function follow(changes?: PodChanges) {
  const pods = await startPodsApi();
  api = pods;
  pods.list({ body: createPodList([createPod('web', changes)]) });
  const guarded = guard(pods.address);
  await guarded.clock.advance(2_000);
  await until(() => pods.watches.length === 1);
  return { ...guarded, pods, watch: pods.watches[0] as OpenWatch };
}

type Guarded = Awaited<ReturnType<typeof follow>>;

/** What was told has been heard when the watch has ended and the guard sleeps for its grace. */
async function hear({ clock, watch }: Guarded): Promise<void> {
  await until(() => watch.isGone && clock.sleepers === 1);
}

async function passGrace(guarded: Guarded): Promise<void> {
  await hear(guarded);
  await guarded.clock.advance(GRACE_MS);
}

describe('followed by a watch', () => {
  test('only the one pod is asked for, as RBAC lets who may see it alone', async () => {
    const { pods, watch, shell } = await follow();
    expect(pods.lists[0]?.get('fieldSelector')).toBe('metadata.name=web');
    expect(watch.query.get('fieldSelector')).toBe('metadata.name=web');
    expect(watch.query.get('resourceVersion')).toBe('100');
    shell.end({ kind: 'closed' });
    await until(() => watch.isGone);
  });

  test('a deleted pod ends a silent shell', async () => {
    const guarded = await follow();
    guarded.watch.send('DELETED', createPod('web'));
    await passGrace(guarded);
    expect(await guarded.shell.stream.ended).toMatchObject({
      kind: 'failed',
      error: { code: 'pod-gone', message: 'pod shop/web was deleted' },
    });
  });

  test('an exit status that comes meanwhile is told instead', async () => {
    const guarded = await follow();
    guarded.watch.send('DELETED', createPod('web'));
    await hear(guarded);
    guarded.shell.end({ kind: 'exited', exitCode: 137 });
    await guarded.clock.advance(GRACE_MS);
    expect(await guarded.shell.stream.ended).toEqual({ kind: 'exited', exitCode: 137 });
  });

  test('a shell that is killed in a pod that was asked to go is told to have gone with it', async () => {
    const guarded = await follow();
    const { watch, podGuard } = guarded;
    const killed = { kind: 'exited', exitCode: 137 } as const;
    expect(podGuard.explain(killed)).toBe(killed);
    watch.send('MODIFIED', createPod('web', { metadata: { deletionTimestamp: '2026-01-02T03:05:05Z' } }));
    await eventually(() =>
      expect(podGuard.explain(killed)).toEqual({ ...killed, note: 'pod shop/web was deleted' }),
    );
    const left = { kind: 'exited', exitCode: 0 } as const;
    expect(podGuard.explain(left)).toBe(left);
    guarded.shell.end({ kind: 'closed' });
    await until(() => watch.isGone);
  });

  test('a pod that is only asked to go lets its shell live', async () => {
    const guarded = await follow();
    const { watch, shell } = guarded;
    watch.send('MODIFIED', createPod('web', { metadata: { deletionTimestamp: '2026-01-02T03:05:05Z' } }));
    watch.send('BOOKMARK', { metadata: { resourceVersion: '200' } });
    // The next change proves that those before it were heard.
    watch.send('MODIFIED', createPod('web', { status: { phase: 'Failed' } }));
    await passGrace(guarded);
    expect(await shell.stream.ended).toMatchObject({ error: { code: 'container-ended' } });
  });

  test.each([
    ['ended', { terminated: { exitCode: 137, reason: 'OOMKilled' } }],
    ['waits for its next start', { waiting: { reason: 'CrashLoopBackOff' } }],
  ])('a container that %s ends it', async (_case, state) => {
    const guarded = await follow();
    const containerStatuses = [createContainerStatus('app', state)];
    guarded.watch.send('MODIFIED', createPod('web', { status: { containerStatuses } }));
    await passGrace(guarded);
    expect(await guarded.shell.stream.ended).toMatchObject({
      kind: 'failed',
      error: { code: 'container-ended', message: 'container app of shop/web has ended' },
    });
  });

  test('what happens to another container does not', async () => {
    const guarded = await follow();
    const { watch, clock, shell } = guarded;
    const containerStatuses = [
      createContainerStatus('app', { running: {} }),
      createContainerStatus('log', { terminated: { exitCode: 1 } }),
    ];
    watch.send('MODIFIED', createPod('web', { status: { containerStatuses } }));
    watch.send('DELETED', createPod('web', { metadata: { uid: 'uid-other' } }));
    watch.send('DELETED', createPod('web'));
    await passGrace(guarded);
    expect(await shell.stream.ended).toMatchObject({ error: { code: 'pod-gone' } });
    expect(clock.sleepers).toBe(0);
  });
});

test.each([
  ['is gone', createPodList([])],
  ['was replaced', createPodList([createPod('web', { metadata: { uid: 'uid-next' } })])],
])('a pod that %s before it can be watched ends the shell', async (_case, body) => {
  const pods = await startPodsApi();
  api = pods;
  pods.list({ body });
  const { clock, shell } = guard(pods.address);
  await clock.advance(2_000);
  await until(() => clock.sleepers === 1);
  await clock.advance(GRACE_MS);
  expect(await shell.stream.ended).toMatchObject({ error: { code: 'pod-gone' } });
});

describe('where a role has get and no more', () => {
  async function poll(answers: readonly [number, unknown][]) {
    const asked: string[] = [];
    let next = 0;
    const server = await startApiServer({
      answer(request, response) {
        const path = new URL(request.url ?? '', 'http://h').pathname;
        asked.push(path);
        const isOne = path.endsWith('/pods/web');
        const [status, body] = isOne
          ? (answers[Math.min(next++, answers.length - 1)] as [number, unknown])
          : [403, createStatus(403, 'Forbidden', 'cannot list')];
        sendJson(response, status, body);
      },
    });
    api = server;
    const guarded = guard(server.address);
    await guarded.clock.advance(2_000);
    await until(() => asked.length === 2);
    return { ...guarded, asked };
  }
  const THERE = [200, createPod('web')] as [number, unknown];
  const GONE = [404, createStatus(404, 'NotFound', 'pods "web" not found')] as [number, unknown];

  test('the pod is asked for again and again, and its end is known in ten seconds', async () => {
    const { clock, shell } = await poll([THERE, GONE]);
    await until(() => clock.sleepers === 1);
    await clock.advance(6_000);
    await until(() => clock.sleepers === 1);
    await clock.advance(GRACE_MS);
    expect(await shell.stream.ended).toMatchObject({ error: { code: 'pod-gone' } });
  });

  test('a cluster that does not answer is no deleted pod', async () => {
    const { clock, shell, asked } = await poll([[503, createStatus(503, 'Unavailable', 'busy')], GONE]);
    await until(() => clock.sleepers === 1);
    await clock.advance(59_000);
    expect(asked).toHaveLength(2);
    shell.end({ kind: 'closed' });
    await until(() => clock.sleepers === 0);
  });

  test('without the right to see the pod there is no guard, and the shell lives', async () => {
    const { clock, asked } = await poll([[403, createStatus(403, 'Forbidden', 'cannot get')]]);
    await until(() => clock.sleepers === 0);
    await clock.advance(600_000);
    expect(asked).toHaveLength(2);
  });
});

test('a command that is over before its guard begins costs no request', async () => {
  const pods = await startPodsApi();
  api = pods;
  const { clock, shell } = guard(pods.address);
  shell.end({ kind: 'exited', exitCode: 0 });
  await until(() => clock.sleepers === 0);
  await clock.advance(10_000);
  expect(pods.lists).toEqual([]);
});
