import { spawn } from 'node:child_process';
/** What the real kubectls show and send is what the taps read of it, over both transports. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn as spawnPty } from '@lydell/node-pty';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Tap } from '../../main/proxy/tap/tap.ts';
import type { FakeApiServer } from '../fakes/api-server.ts';
import { startCommandCluster } from '../fakes/command-cluster.ts';
import {
  type KubectlResult,
  kubectlEnvironment,
  kubectlVersions,
  repeatDiscarded,
  runKubectl,
} from '../fakes/demo-kubectl.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';
import { outputOf } from '../fakes/tap-summary.ts';
import { type Passage, type Passing, startTappedLink, type TappedLink } from '../fakes/tapped-link.ts';
import { until } from '../fakes/until.ts';

const SIZE = { cols: 132, rows: 43 };
const INPUT = Buffer.alloc(200_000, 'żółć and all the rest of it\n');

/** kubectl asks for WebSockets by itself from 1.30. */
const ways = [...kubectlVersions].flatMap(([version, program]) => [
  { version, program, transport: 'spdy' as const },
  ...(Number(version.split('.')[1]) >= 30 ? [{ version, program, transport: 'websocket' as const }] : []),
]);
type Way = Pick<(typeof ways)[number], 'program' | 'transport'>;

const environmentFor = ({ transport }: Pick<Way, 'transport'>) =>
  transport === 'spdy'
    ? { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }
    : {};

describe.skipIf(ways.length === 0)('a tap between kubectl and a cluster', () => {
  let cluster: FakeApiServer;
  let link: TappedLink;
  let folder: string;
  let kubeconfigPath: string;
  /** What the link passes on; a test may put words of its own into it. */
  let passing: Passing | undefined;

  beforeAll(async () => {
    cluster = await startCommandCluster();
    link = await startTappedLink(cluster.port, {
      passing: (tap, bytes) => (passing ? passing(tap, bytes) : bytes),
    });
    folder = await mkdtemp(join(tmpdir(), 'kubereel-tap-'));
    kubeconfigPath = join(folder, 'config');
    await writeFile(
      kubeconfigPath,
      JSON.stringify(kubeconfigFor({ server: `http://127.0.0.1:${link.port}` }, {})),
    );
  });
  beforeEach(() => {
    passing = undefined;
    link.forget();
  });
  afterAll(async () => {
    await link?.close();
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  });

  interface Tapped {
    readonly result: KubectlResult;
    readonly passage: Passage;
  }

  /** One kubectl to its end, with the one passage that it took. */
  async function run(way: Way, args: readonly string[], input?: Uint8Array): Promise<Tapped> {
    const result = await repeatDiscarded(() => {
      link.forget();
      return runKubectl(kubeconfigPath, args, {
        ...(input ? { input } : {}),
        program: way.program,
        environment: { ...environmentFor(way), HOME: folder },
      });
    });
    const [passage] = link.passages;
    if (passage === undefined) throw new Error(`no command passed: ${result.stderr}`);
    await until(() => passage.hasEnded);
    return { result, passage };
  }

  /** kubectl in a terminal: types once it was told its size, and resolves with all that it showed. */
  async function runInTerminal(
    way: Way,
    args: readonly string[],
    keys = 'yq',
  ): Promise<{ screen: () => string; code: number; passage: Passage }> {
    const terminal = spawnPty(way.program, [...args], {
      ...SIZE,
      env: { ...kubectlEnvironment(kubeconfigPath), ...environmentFor(way), HOME: folder, TERM: 'xterm' },
    });
    let screen = '';
    terminal.onData((text) => {
      screen += text;
    });
    let isEnded = false;
    const ended = new Promise<number>((resolve) =>
      terminal.onExit(({ exitCode }) => {
        isEnded = true;
        resolve(exitCode);
      }),
    );
    onTestFinished(() => {
      if (!isEnded) terminal.kill('SIGKILL');
    });
    await until(() => screen.includes('{"Width":132,"Height":43}'));
    if (keys !== '') terminal.write(keys);
    const code = await ended;
    const [passage] = link.passages;
    if (passage === undefined) throw new Error(`no command passed: ${screen}`);
    await until(() => passage.hasEnded);
    return { screen: () => screen, code, passage };
  }

  const inputOf = ({ events }: Passage): Buffer =>
    Buffer.concat(events.flatMap((event) => (event.kind === 'input' ? [event.bytes] : [])));
  const statusOf = ({ events }: Passage): unknown =>
    events.flatMap((event) => (event.kind === 'status' ? [JSON.parse(event.text)] : []));
  /** What both transports have in common of a passage. */
  const shapeOf = ({ transport, protocol, tap }: Passage) => ({ transport, protocol, problem: tap.problem });
  const shapeFor = ({ transport }: Way) => ({
    transport,
    protocol: transport === 'spdy' ? 'v4.channel.k8s.io' : 'v5.channel.k8s.io',
    problem: undefined,
  });

  describe.each(ways)('$version over $transport', (way) => {
    test('exec: output, errors and the exit code are what kubectl has of them', async () => {
      const { result, passage } = await run(way, ['exec', 'web', '--', 'say', 'out ☃\n', 'err\n', '3']);
      expect(shapeOf(passage)).toEqual(shapeFor(way));
      expect(result).toMatchObject({ code: 3, stdout: Buffer.from('out ☃\n') });
      expect(result.stderr).toContain('err\n');
      expect(outputOf(passage.events, { isStderr: false }).toString()).toBe('out ☃\n');
      expect(outputOf(passage.events, { isStderr: true }).toString()).toBe('err\n');
      expect(statusOf(passage)).toMatchObject([
        { details: { causes: [{ reason: 'ExitCode', message: '3' }] } },
      ]);
    });

    test('exec -i: all that goes in, its end, and all that comes back', async () => {
      const { result, passage } = await run(way, ['exec', '-i', 'web', '--', 'cat'], INPUT);
      expect(shapeOf(passage)).toEqual(shapeFor(way));
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout.equals(INPUT)).toBe(true);
      expect(inputOf(passage).equals(INPUT)).toBe(true);
      expect(outputOf(passage.events, { isStderr: false }).equals(INPUT)).toBe(true);
      expect(passage.events.filter(({ kind }) => kind === 'input-ended')).toHaveLength(1);
      expect(statusOf(passage)).toMatchObject([{ status: 'Success' }]);
    });

    test('exec -it: sizes, keys and the screen of a terminal', async () => {
      const { screen, code, passage } = await runInTerminal(way, ['exec', '-it', 'web', '--', 'screen']);
      expect(shapeOf(passage)).toEqual(shapeFor(way));
      expect(code).toBe(7);
      expect(passage.events).toContainEqual({ kind: 'resize', size: SIZE });
      expect(inputOf(passage).toString()).toBe('yq');
      const shown = outputOf(passage.events, { isStderr: false }).toString();
      expect(shown).toContain('told {"Width":132,"Height":43}\r\n');
      await until(() => screen().includes(shown));
    });

    test('attach -i: without a terminal', async () => {
      const { result, passage } = await run(way, ['attach', '-i', 'web'], Buffer.from('yq'));
      expect(shapeOf(passage)).toEqual(shapeFor(way));
      expect(result.stdout.toString()).toContain('yq');
      expect(inputOf(passage).toString()).toBe('yq');
      expect(outputOf(passage.events, { isStderr: false }).toString()).toBe('yq');
    });

    test('attach -it: the two sizes with which kubectl has the screen drawn anew', async () => {
      const { passage } = await runInTerminal(way, ['attach', '-it', 'term']);
      expect(shapeOf(passage)).toEqual(shapeFor(way));
      const sizes = passage.events.flatMap((event) => (event.kind === 'resize' ? [event.size] : []));
      expect(sizes.slice(0, 2)).toEqual([{ cols: 133, rows: 44 }, SIZE]);
      expect(inputOf(passage).toString()).toBe('yq');
    });
  });

  /** From 1.31 kubectl sends SPDY in a WebSocket's messages where it may. */
  const forwards = [...kubectlVersions].flatMap(([version, program]) => [
    { version, program, transport: 'spdy' as const },
    ...(Number(version.split('.')[1]) >= 31 ? [{ version, program, transport: 'websocket' as const }] : []),
  ]);
  test.each(forwards)('port-forward of $version over $transport reaches the same server', async (way) => {
    const kubectl = spawn(way.program, ['port-forward', 'web', ':8080'], {
      env: { ...kubectlEnvironment(kubeconfigPath), ...environmentFor(way), HOME: folder },
    });
    onTestFinished(() => void kubectl.kill('SIGKILL'));
    let words = '';
    kubectl.stdout.on('data', (bytes: Buffer) => {
      words += bytes;
    });
    const [, port] = await until(() => /Forwarding from 127\.0\.0\.1:(\d+) -> 8080/.exec(words));
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(INPUT);
    const parts: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => parts.push(bytes));
    await once(socket, 'end');
    expect(Buffer.concat(parts).equals(INPUT)).toBe(true);
    expect(link.passages.map(({ transport }) => transport)).toEqual([way.transport]);
  });

  const latest = ways.filter(({ version }) => version === ways.at(-1)?.version);
  describe.each(latest)('words of ours to kubectl $version over $transport', (way) => {
    test('stand between what the server says', async () => {
      const said = new Set<Tap>();
      passing = (tap, bytes) => {
        if (said.has(tap) || tap.gap === undefined) return bytes;
        said.add(tap);
        const words = tap.say('recorded from here\n');
        return Buffer.concat([bytes.subarray(0, tap.gap), words, bytes.subarray(tap.gap)]);
      };
      const { result } = await run(way, ['exec', '-i', 'web', '--', 'cat'], INPUT);
      expect(result).toMatchObject({ code: 0, stderr: 'recorded from here\n' });
      expect(result.stdout.equals(INPUT)).toBe(true);
    });

    test.each([true, false])(
      'end a command in the middle of its output, the last piece passed: %s',
      async (isLastPassed) => {
        const farewell = {
          text: 'the recorder is gone\n',
          status: JSON.stringify({ status: 'Failure', message: 'this command must be recorded', code: 500 }),
          isLastPassed,
        };
        const passed = new Map<Tap, number>();
        passing = (tap, bytes) => {
          const before = passed.get(tap) ?? 0;
          passed.set(tap, before + bytes.byteLength);
          if (before + bytes.byteLength < 500_000) return bytes;
          if (before >= 500_000) return Buffer.alloc(0);
          const end = tap.farewell(farewell);
          return isLastPassed ? Buffer.concat([bytes, end]) : end;
        };
        const { result } = await run(way, ['exec', 'web', '--', 'flood', '2000000']);
        expect(result.code).toBe(1);
        expect(result.stderr).toContain('the recorder is gone\n');
        expect(result.stderr).toContain('error: this command must be recorded');
        expect(result.stdout.byteLength).toBeGreaterThan(400_000);
      },
    );

    test('end a terminal, in which they are shown', async () => {
      const ended = new Set<Tap>();
      passing = (tap, bytes) => {
        if (ended.has(tap)) return Buffer.alloc(0);
        if (!Buffer.from(bytes).includes('"Width":132')) return bytes;
        ended.add(tap);
        const status = JSON.stringify({
          status: 'Failure',
          message: 'this shell must be recorded',
          code: 500,
        });
        const end = tap.farewell({ text: '\r\nthe recorder is gone\r\n', status, isLastPassed: true });
        return Buffer.concat([bytes, end]);
      };
      const { screen, code } = await runInTerminal(way, ['exec', '-it', 'web', '--', 'screen'], '');
      expect(code).toBe(1);
      await until(() => screen().includes('error: this shell must be recorded'));
      expect(screen()).toContain('\r\nthe recorder is gone\r\n');
    });
  });
});
