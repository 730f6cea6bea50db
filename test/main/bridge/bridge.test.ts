// covers: main/bridge/contexts.ts
// covers: main/bridge/library.ts
// covers: main/bridge/pods.ts
// covers: main/bridge/redaction.ts
// covers: main/bridge/rooms.ts
// covers: main/bridge/sessions.ts
// covers: main/bridge/settings.ts
// covers: main/bridge/streams.ts
// covers: main/compose.ts
// covers: main/compose-kube.ts
// covers: main/compose-pages.ts
// covers: main/version.ts
// covers: main/exec/command.ts
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ByteStream } from '../../../preload/byte-stream.ts';
import type { ContractClient } from '../../../preload/client.ts';
import {
  CONTRACT_VERSION,
  type ContextList,
  type PodInfo,
  type PodsChange,
  type SessionInfo,
} from '../../../preload/contract.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../../preload/frame-codec.ts';
import { createRecordDecoder, type TerminalRecord } from '../../../preload/terminal-records.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { loadInAsciinemaPlayer } from '../../fakes/foreign-player.ts';
import { isRunning } from '../../fakes/processes.ts';
import { until } from '../../fakes/until.ts';

const SIZE = { cols: 100, rows: 30 };
const encoder = new TextEncoder();

function collect(stream: ByteStream) {
  const records: TerminalRecord[] = [];
  const decoder = createRecordDecoder();
  const done = (async () => {
    for await (const bytes of stream.input) records.push(...decoder.push(bytes));
    decoder.finish();
  })();
  const text = (): string =>
    Buffer.concat(records.flatMap((record) => (record.kind === 'output' ? [record.bytes] : []))).toString(
      'utf8',
    );
  return { records, done, text };
}

describe('without a kubeconfig', () => {
  test('the page is told where was looked, and that the demo is off', async () => {
    const app = await startTestCore();
    const list = await app.connect().call('contexts.list', {});
    expect(list).toMatchObject({ contexts: [], current: null, demo: 'off', sources: [{ state: 'missing' }] });
    await app.end();
  });
});

describe('with the demo cluster', () => {
  let app: TestCore;
  let client: ContractClient;
  let pods: readonly PodInfo[];

  beforeAll(async () => {
    app = await startTestCore();
    client = app.connect();
    const lists: ContextList[] = [];
    client.on('contexts.changed', (list) => lists.push(list));
    const { context } = await client.call('demo.start', {});
    expect(lists.map((list) => list.demo)).toContain('starting');
    await until(() => lists.at(-1)?.demo === 'running');
    const kubeconfigPath = app.core.demo.snapshot().kubeconfigPath;
    expect(lists.at(-1)?.contexts).toMatchObject([{ name: context, isDemo: true, kubeconfigPath }]);
    pods = (await follow(client, null)).pods();
  });
  afterAll(() => app.end());

  async function follow(page: ContractClient, namespace: string | null) {
    const changes: PodsChange[] = [];
    page.on('pods.changed', (change) => changes.push(change));
    const { watchId } = await page.call('pods.watch', { context: 'kubereel-demo', namespace });
    const own = (): PodsChange[] => changes.filter((change) => change.watchId === watchId);
    await until(() => own().some((change) => change.reset || change.state.kind === 'failed'));
    return { watchId, changes: own, pods: () => own().find((change) => change.reset)?.upserted ?? [] };
  }

  function podLike(start: string): PodInfo {
    const pod = pods.find(({ name }) => name.startsWith(start));
    if (!pod) throw new Error(`the demo has no pod ${start}`);
    return pod;
  }

  async function openShell(start: string, command?: readonly string[]) {
    const { name: pod, namespace } = podLike(start);
    const told: SessionInfo[] = [];
    client.on('sessions.changed', (session) => told.push(session));
    const target = { context: 'kubereel-demo', namespace, pod, ...(command ? { command } : {}) };
    const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
    const stream = client.open('sessions.view', { sessionId });
    const window = collect(stream);
    const latest = (): SessionInfo | undefined =>
      told.filter((session) => session.sessionId === sessionId).at(-1);
    const type = (text: string): Promise<void> => stream.write(encoder.encode(text));
    const ended = async (): Promise<SessionInfo> => {
      await until(() => latest()?.state.kind === 'ended');
      return latest() as SessionInfo;
    };
    return { sessionId, stream, ...window, latest, type, ended };
  }

  test('namespaces and pods are listed, and a change is told', async () => {
    const { namespaces } = await client.call('namespaces.list', { context: 'kubereel-demo' });
    expect(namespaces).toContain('shop');
    expect(pods.length).toBeGreaterThanOrEqual(6);
    const shop = await follow(client, 'shop');
    expect(shop.pods().every(({ namespace }) => namespace === 'shop')).toBe(true);
    expect(podLike('checkout').defaultContainer).not.toBe(podLike('checkout').containers[0]?.name);
    await client.call('pods.unwatch', { watchId: shop.watchId });
  });

  test('a shell opens, is recorded, ends with its exit code, and replays', async () => {
    const shell = await openShell('web');
    await until(() => shell.text().includes('web-'));
    expect(shell.latest()?.recording.kind).toBe('recording');
    await shell.type('stty size; echo "grün 世界"; exit 3\r');
    const session = await shell.ended();
    await shell.done;
    expect(shell.text()).toContain('30 100');
    expect(session.state).toMatchObject({ end: { kind: 'exited', exitCode: 3 } });
    expect(session.recording.kind).toBe('stored');
    const recordingId = session.recording.kind === 'stored' ? session.recording.recordingId : '';
    const recording = await client.call('library.get', { recordingId });
    expect(recording).toMatchObject({ pod: session.target.pod, exitCode: 3, state: 'closed', size: SIZE });
    const replay = collect(client.open('library.play', { recordingId }));
    await replay.done;
    expect(replay.text()).toBe(shell.text());
    expect(replay.records.at(-1)).toMatchObject({ kind: 'exit', exitCode: 3 });
    const foreign = await loadInAsciinemaPlayer(recording.path);
    expect(foreign).toMatchObject({ cols: 100, rows: 30 });
    expect(foreign.output).toContain('grün 世界');
  });

  test('a resize reaches the program and every window', async () => {
    const shell = await openShell('web');
    await until(() => shell.text().includes('web-'));
    await client.call('sessions.resize', { sessionId: shell.sessionId, size: { cols: 77, rows: 21 } });
    await shell.type('stty size; echo pid=$$\r');
    const pid = await until(() => /21 77\s+pid=(\d+)\r/.exec(shell.text())?.[1]);
    expect(shell.records.some((record) => record.kind === 'resize' && record.size.cols === 77)).toBe(true);
    await client.call('sessions.close', { sessionId: shell.sessionId });
    // Its input ended first, so that no shell is left in the pod; most have the time to say how they ended.
    const { state } = await shell.ended();
    if (state.kind === 'ended' && state.end.kind !== 'closed') {
      expect(state.end).toEqual({ kind: 'exited', exitCode: 0 });
    }
    await until(() => !isRunning(Number(pid)));
  });

  test('two windows show the same bytes', async () => {
    const shell = await openShell('web');
    await until(() => shell.text().includes('web-'));
    await shell.type('seq 1 2000\r');
    await until(() => shell.text().includes('2000'));
    const other = app.connect();
    const second = collect(other.open('sessions.view', { sessionId: shell.sessionId }));
    await until(() => second.records.some((record) => record.kind === 'caught-up'));
    await shell.type('echo both\r');
    await shell.type('exit\r');
    await shell.ended();
    await Promise.all([shell.done, second.done]);
    expect(second.text()).toBe(shell.text());
    other.close();
  });

  test('a pod without a shell, a completed pod and an unknown pod say what they are', async () => {
    const distroless = await openShell('payments');
    expect((await distroless.ended()).state).toMatchObject({
      end: { kind: 'failed', problem: { code: 'no-shell' } },
    });
    const completed = await openShell('catalog-import');
    expect((await completed.ended()).state).toMatchObject({ end: { problem: { code: 'pod-completed' } } });
    const target = { context: 'kubereel-demo', namespace: 'shop', pod: 'gone-1' };
    const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
    await until(async () => {
      const session = (await client.call('sessions.list', {})).find((each) => each.sessionId === sessionId);
      return (
        session?.state.kind === 'ended' &&
        session.state.end.kind === 'failed' &&
        session.state.end.problem.code === 'pod-not-found'
      );
    });
    await client.call('sessions.forget', { sessionId });
    expect((await client.call('sessions.list', {})).some((each) => each.sessionId === sessionId)).toBe(false);
  });

  test('what does not exist is an error with a code', async () => {
    await expect(client.call('library.get', { recordingId: 'none' })).rejects.toMatchObject({
      code: 'recording-not-found',
    });
    await expect(client.call('sessions.close', { sessionId: 'none' })).rejects.toMatchObject({
      code: 'session-not-found',
    });
    await expect(client.call('pods.watch', { context: 'none', namespace: null })).rejects.toMatchObject({
      code: 'context-unknown',
    });
    await expect(collect(client.open('sessions.view', { sessionId: 'none' })).done).rejects.toMatchObject({
      code: 'session-not-found',
    });
  });

  test('a removed recording leaves the list of every window', async () => {
    const shell = await openShell('web', ['sh', '-c', 'echo once']);
    const session = await shell.ended();
    const recordingId = session.recording.kind === 'stored' ? session.recording.recordingId : '';
    const other = app.connect();
    const removed: string[] = [];
    other.on('library.changed', (change) => change.kind === 'removed' && removed.push(change.recordingId));
    await client.call('library.remove', { recordingId });
    await until(() => removed.includes(recordingId));
    expect((await client.call('library.list', {})).some((each) => each.recordingId === recordingId)).toBe(
      false,
    );
    other.close();
  });

  test('settings change in one window and are told to the other', async () => {
    const other = app.connect();
    const heard: string[] = [];
    other.on('settings.changed', ({ settings }) => heard.push(settings.theme));
    await client.call('settings.set', { changes: { theme: 'dark' } });
    await until(() => heard.includes('dark'));
    expect((await other.call('settings.get', {})).settings.theme).toBe('dark');
    other.close();
  });

  test('redaction is tried on a text, and a pattern that cannot be used is told at its place', async () => {
    expect(await client.call('redaction.builtIn', {})).toContain('GitHub tokens');
    const patterns = [
      { name: '', pattern: 'ACME-\\d+' },
      { name: 'broken', pattern: 'a[b' },
    ];
    expect(await client.call('redaction.try', { text: 'ACME-12 password=hünter2\nok', patterns })).toEqual({
      masked: '••••••• password=•••••••\nok',
      spans: 2,
      problems: [{ index: 1, message: 'missing closing ]', position: 1 }],
    });
    const refused = client.call('settings.set', { changes: { redaction: { enabled: true, patterns } } });
    await expect(refused).rejects.toMatchObject({
      code: 'settings-invalid',
      message: 'the pattern broken cannot be used: missing closing ] at character 2',
    });
    const redaction = { enabled: true, patterns: patterns.slice(0, 1) };
    await client.call('settings.set', { changes: { redaction } });
    expect((await client.call('settings.get', {})).settings.redaction).toEqual(redaction);
    await client.call('settings.set', { changes: { redaction: { enabled: false, patterns: [] } } });
  });

  test('a page that misbehaves loses its own connection, and a shell in another window goes on', async () => {
    const shell = await openShell('web');
    await until(() => shell.text().includes('web-'));
    const page = app.connectRaw();
    const heard: Frame[] = [];
    page.onMessage((message) => heard.push(decodeFrame(message)));
    const closed = new Promise<void>((resolve) => page.onClosed(resolve));
    const say = (frame: Frame): void => page.send(encodeFrame(frame));
    const problems = (kind: 'fail' | 'end'): (string | undefined)[] =>
      heard.flatMap((frame) => (frame.kind === kind ? [frame.problem?.code] : []));

    say({ kind: 'hello', contractVersion: CONTRACT_VERSION });
    let id = 0;
    for (let count = 0; count < 100; count += 1) {
      const input = { context: 'kubereel-demo', namespace: null };
      say({ kind: 'call', id: ++id, name: 'pods.watch', input });
    }
    for (let count = 0; count < 1_000; count += 1) {
      say({ kind: 'open', id: ++id, name: 'sessions.view', params: { sessionId: 'none' } });
    }
    await until(() => problems('end').length === 1_000);
    // Those beyond what a page may have at once were not looked for.
    expect(new Set(problems('end'))).toEqual(new Set(['session-not-found', 'bad-input']));
    await until(() => heard.filter(({ kind }) => kind === 'reply').length === 32);
    expect(problems('fail')).toEqual(Array.from({ length: 68 }, () => 'bad-input'));

    say({ kind: 'open', id: ++id, name: 'sessions.view', params: { sessionId: shell.sessionId } });
    say({ kind: 'credit', id, bytes: 0xffff_ffff });
    await closed;
    await shell.type('echo still $((20 + 22))\r');
    await until(() => shell.text().includes('still 42'));
    await client.call('sessions.close', { sessionId: shell.sessionId });
    await shell.ended();
  });

  test('a window that goes takes its watches with it', async () => {
    const other = app.connect();
    await follow(other, 'shop');
    other.close();
    const info = await client.call('app.info', {});
    expect(info).toMatchObject({ host: 'browser', home: app.home });
    expect(await client.call('app.newWindow', {})).toEqual({ url: 'http://127.0.0.1/#x' });
  });
});
