/** What servers do badly or seldom ends the same for kubectl with the recording proxy between as without. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type KubectlResult, repeatDiscarded, runKubectl } from '../fakes/demo-kubectl.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';
import { type ExecCluster, startExecCluster } from '../fakes/exec-cluster.ts';
import { openTransport } from '../fakes/kube-access.ts';
import { newestWays, type RecordedKubectl, startRecordedKubectl } from '../fakes/recorded-kubectl.ts';

const [way] = newestWays.filter(({ transport }) => transport === 'websocket');
const INTERNAL = { status: 'Failure', message: 'Internal error occurred: boom', reason: 'InternalError' };
const MALFORMED = { status: 'Failure', reason: 'NonZeroExitCode' };

describe.skipIf(!way)('kubectl with the proxy and without', () => {
  let cluster: ExecCluster;
  let stage: RecordedKubectl;
  let folder: string;
  let direct: string;

  beforeAll(async () => {
    cluster = await startExecCluster({ pods: { web: {}, forbidden: {} } });
    stage = await startRecordedKubectl(openTransport(cluster.address));
    folder = await mkdtemp(join(tmpdir(), 'kubereel-ends-'));
    direct = join(folder, 'config');
    await writeFile(direct, JSON.stringify(kubeconfigFor({ server: cluster.address }, {})));
  });
  beforeEach(() => stage.forget());
  afterAll(async () => {
    await stage?.close();
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Without what kubectl's libraries log, which has times in it. */
  const outcomeOf = ({ code, stdout, stderr }: KubectlResult): unknown => ({
    code,
    stdout: stdout.toString(),
    words: stderr.split('\n').filter((line) => !/^[EWI]\d{4} /.test(line)),
  });

  async function both(args: readonly string[], input?: Uint8Array): Promise<readonly [unknown, unknown]> {
    if (!way) throw new Error('there is no kubectl');
    const options = { program: way.program, environment: { HOME: folder }, ...(input && { input }) };
    const alone = await repeatDiscarded(() => runKubectl(direct, args, options));
    const proxied = await stage.run(way, args, input ? { input } : {});
    return [outcomeOf(alone), outcomeOf(proxied)];
  }

  test.each<[string, readonly string[], object]>([
    ['rc-unknown-frames: channels 9 and 255, an empty frame', ['noise'], { kind: 'exited', exitCode: 0 }],
    ['rc-close-kinds: 1000', ['close', '1000'], { kind: 'failed' }],
    ['rc-close-kinds: 1001', ['close', '1001'], { kind: 'failed' }],
    ['rc-close-kinds: 1009', ['close', '1009'], { kind: 'failed' }],
    ['rc-close-kinds: 1011', ['close', '1011'], { kind: 'failed' }],
    [
      'rc-exit-codes: InternalError',
      ['status', JSON.stringify(INTERNAL)],
      { kind: 'failed', note: INTERNAL.message },
    ],
    ['rc-exit-codes: a malformed status', ['status', JSON.stringify(MALFORMED)], { kind: 'failed' }],
    ['rc-exit-codes: plain text', ['status', 'plain text'], { kind: 'failed', note: 'plain text' }],
  ])('%s', async (_case, command, end) => {
    const [alone, proxied] = await both(['exec', 'web', '--', ...command]);
    expect(proxied).toEqual(alone);
    const [recording] = await stage.recorded();
    expect(recording?.sidecar.state).toMatchObject({ kind: 'closed', end });
  });

  test.each([
    ['a pod that is not there', ['exec', 'absent', '--', 'noise']],
    ['a role that is missing', ['exec', 'forbidden', '--', 'noise']],
  ])('a refusal of the server’s own: %s', async (_case, args) => {
    const [alone, proxied] = await both(args);
    expect(proxied).toEqual(alone);
    expect(await stage.recorded()).toEqual([]);
  });

  test('rc-query: arguments arrive as they are', async () => {
    const args = ['noise', 'a b', 'x=1&tty=false', 'größe ☃', 'two\nlines', '', '-t', '%41'];
    const [alone, proxied] = await both(['exec', 'web', '--', ...args]);
    expect(proxied).toEqual(alone);
    const asked = cluster.execs.slice(-2).map(({ url }) => url.searchParams.getAll('command'));
    expect(asked).toEqual([args, args]);
    const [recording] = await stage.recorded();
    expect(recording?.sidecar.details.command).toEqual(args);
  });

  test('rc-stdin-eof-v5: 3 MB arrive, and their end once', async () => {
    const [alone, proxied] = await both(['exec', '-i', 'web', '--', 'cat'], Buffer.alloc(3_000_000, 'abc\n'));
    expect(proxied).toEqual(alone);
    const messages = cluster.execs.at(-1)?.messages ?? [];
    expect(messages.filter(({ channel }) => channel === 255)).toEqual([{ channel: 255, bytes: 2 }]);
    expect(Math.max(...messages.map(({ bytes }) => bytes))).toBeLessThanOrEqual(32 * 1024 + 1);
  });
});
