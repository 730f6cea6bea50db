// covers: main/commands/verify.ts
// covers: main/cli.ts
// covers: main/headless.ts
// covers: main/commands/contexts.ts
// covers: main/commands/demo.ts
// covers: main/commands/exec.ts
// covers: main/commands/io.ts
// covers: main/commands/play.ts
// covers: main/commands/pods.ts
// covers: main/commands/recordings.ts
// covers: main/commands/recover.ts
// covers: main/commands/keys.ts
// covers: main/commands/run.ts
// covers: main/commands/serve.ts
// covers: main/commands/sessions.ts
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawn as spawnPty } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';
import { DEMO_PODS, startTestDemo } from '../fakes/demo-start.ts';
import { loadInAsciinemaPlayer } from '../fakes/foreign-player.ts';
import { CLI } from '../fakes/kubereel-cli.ts';
import { runHere } from '../fakes/kubereel-here.ts';
import { recordCutSession } from '../fakes/recordings.ts';
import { until } from '../fakes/until.ts';

let demo: DemoCluster;
let home: string;

beforeAll(async () => {
  demo = await startTestDemo();
  home = await mkdtemp(join(tmpdir(), 'kubereel-cli-'));
});
afterAll(async () => {
  await demo.stop();
  await rm(home, { recursive: true, force: true });
});

function environment(overrides: NodeJS.ProcessEnv = {}): Record<string, string> {
  return { ...process.env, KUBECONFIG: demo.kubeconfigPath, KUBEREEL_HOME: home, ...overrides } as Record<
    string,
    string
  >;
}

interface Run {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

async function run(
  args: readonly string[],
  options: { input?: Buffer; environment?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
  const child = spawn(process.execPath, [CLI, ...args], { env: environment(options.environment) });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout: Buffer.concat(stdout), stderr };
}

interface Listed {
  readonly recordingId: string;
  readonly pod: string;
  readonly exitCode?: number;
  readonly path: string;
  readonly state: string;
}

/** Newest first. */
async function recordings(): Promise<Listed[]> {
  return JSON.parse((await runHere(home, ['sessions', '--json'])).stdout.toString()) as Listed[];
}

describe('listing', () => {
  test('contexts, the current one marked', async () => {
    const { stdout, exitCode } = await run(['contexts']);
    expect(stdout.toString()).toMatch(/^CURRENT {3}NAME .*\n\* {9}kubereel-demo /);
    expect(exitCode).toBe(0);
    expect(JSON.parse((await run(['contexts', '--json'])).stdout.toString())).toMatchObject([
      { name: 'kubereel-demo', isCurrent: true, server: demo.server, kubeconfigPath: demo.kubeconfigPath },
    ]);
  });

  test('without a kubeconfig it says where it looked', async () => {
    const missing = join(home, 'missing');
    const { stderr, exitCode } = await run(['contexts'], { environment: { KUBECONFIG: missing } });
    expect(stderr).toContain(`warning: Config not found: ${missing}\n`);
    expect(exitCode).toBe(0);
  });

  test('kc-explicit-missing: --kubeconfig is the one file that is read, and must be there', async () => {
    const missing = join(home, 'missing');
    const refused = await run(['contexts', '--kubeconfig', missing]);
    expect(refused.stderr).toContain(`error: stat ${missing}: no such file or directory`);
    expect(refused.exitCode).toBe(1);
    const named = await run(['--kubeconfig', demo.kubeconfigPath, 'pods'], {
      environment: { KUBECONFIG: missing },
    });
    expect(named.stdout.toString()).toContain('web-');
  });

  test('a broken kubeconfig is told with file and line, and fails', async () => {
    const broken = join(home, 'broken');
    await writeFile(broken, 'users:\n- name: [\n');
    const { stderr, exitCode } = await run(['pods'], { environment: { KUBECONFIG: broken } });
    expect(stderr).toMatch(new RegExp(`error loading config file "${broken}": line \\d+`));
    expect(exitCode).toBe(1);
  });

  test('pods of the context’s namespace, of another and of all', async () => {
    const own = (await run(['pods'])).stdout.toString();
    expect(own).toMatch(/^NAME .*READY .*STATUS .*RESTARTS .*AGE\n/);
    expect(own).toContain('web-');
    expect(own).not.toContain('postgres');
    expect((await run(['pods', '-n', 'data'])).stdout.toString()).toContain('postgres-0');
    expect((await run(['pods', '-A'])).stdout.toString()).toMatch(/^NAMESPACE .*\n(?:.*\n)*kube-system /);
    expect((await run(['pods', '-n', 'default'])).stderr).toBe('No resources found in default namespace.\n');
  });

  test('a context that is not there is an error', async () => {
    const { stderr, exitCode } = await run(['pods', '--context', 'nope']);
    expect(stderr).toContain('context was not found for specified context: nope');
    expect(exitCode).toBe(1);
  });
});

describe('exec', () => {
  test('passes output, errors and the exit code, and records both', async () => {
    const pod = DEMO_PODS.web;
    const { stdout, stderr, exitCode } = await run([
      'exec',
      pod,
      '--',
      'sh',
      '-c',
      'echo out; echo oops >&2; exit 7',
    ]);
    expect(stdout.toString()).toBe('out\n');
    expect(stderr).toBe('oops\ncommand terminated with exit code 7\n');
    expect(exitCode).toBe(7);
    const [latest] = await recordings();
    expect(latest).toMatchObject({ pod, exitCode: 7, state: 'closed' });
    const cast = await loadInAsciinemaPlayer(latest?.path ?? '');
    expect(cast.output).toContain('out');
    expect(cast.output).toContain('oops');
  });

  test('pipes three megabytes through the pod unchanged', async () => {
    const input = randomBytes(3_000_000);
    const { stdout, exitCode } = await run(['exec', '-i', `pod/${DEMO_PODS.web}`, '--', 'cat'], {
      input,
    });
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect([stdout.length, digest(stdout)]).toEqual([input.length, digest(input)]);
    expect(exitCode).toBe(0);
  });

  test('with -it in a terminal it is a terminal, at its size, and follows it', async () => {
    const pty = spawnPty(process.execPath, [CLI, 'exec', '-it', DEMO_PODS.web, '--', 'sh'], {
      cols: 91,
      rows: 33,
      env: environment(),
    });
    let screen = '';
    pty.onData((text) => {
      screen += text;
    });
    const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
    const seen = (text: string): Promise<unknown> => until(() => screen.includes(text));
    await until(() => screen.length > 0);
    pty.write('stty size\r');
    await seen('33 91');
    pty.resize(70, 20);
    await vi.waitFor(
      () => {
        pty.write('stty size\r');
        expect(screen).toContain('20 70');
      },
      { timeout: 30_000, interval: 300 },
    );
    pty.write('exit 9\r');
    expect(await ended).toBe(9);
    const [latest] = await recordings();
    const cast = await loadInAsciinemaPlayer(latest?.path ?? '');
    expect(cast).toMatchObject({ cols: 91, rows: 33 });
  });

  test('-t without a terminal says so and goes on, as kubectl does', async () => {
    const { stdout, stderr, exitCode } = await run(['exec', '-it', DEMO_PODS.web, '--', 'echo', 'plain']);
    expect(stderr).toContain('Unable to use a TTY - input is not a terminal');
    expect(stdout.toString()).toBe('plain\n');
    expect(exitCode).toBe(0);
  });

  test('the default container is kubectl’s choice, and -c another', async () => {
    const pod = DEMO_PODS.checkout;
    // The pod’s annotation names the second container; kubectl says nothing about that.
    const chosen = await run(['exec', pod, '--', 'ls', 'config']);
    expect([chosen.stderr, chosen.stdout.toString()]).toEqual(['', 'checkout.yaml\n']);
    const named = await run(['exec', pod, '-c', 'istio-proxy', '--', 'true']);
    expect([named.stderr, named.exitCode]).toEqual(['', 0]);
    const wrong = await run(['exec', pod, '-c', 'nope', '--', 'true']);
    expect(wrong.stderr).toContain('container nope is not valid for pod');
    expect(wrong.exitCode).toBe(1);
  });

  test('a missing pod, a completed pod, a missing program and no program are errors that say so', async () => {
    expect((await run(['exec', 'gone', '--', 'ls'])).stderr).toContain('pods "gone" not found');
    const completed = await run(['exec', DEMO_PODS.catalogImport, '--', 'ls']);
    expect(completed.stderr).toContain(
      'cannot exec into a container in a completed pod; current phase is Succeeded',
    );
    const missing = await run(['exec', DEMO_PODS.web, '--', 'no-such-program']);
    expect(missing.stderr).toContain('has no no-such-program');
    expect(missing.exitCode).toBe(1);
    expect((await run(['exec', DEMO_PODS.web])).stderr).toContain('you must specify at least one command');
  });

  test('a refused connection says what was tried', async () => {
    const kubeconfig = join(home, 'refused');
    await writeFile(
      kubeconfig,
      JSON.stringify({
        'current-context': 'x',
        contexts: [{ name: 'x', context: { cluster: 'c' } }],
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      }),
    );
    const { stderr, exitCode } = await run(['pods'], { environment: { KUBECONFIG: kubeconfig } });
    expect(stderr).toContain('could not reach https://127.0.0.1:1: nothing listens there');
    expect(exitCode).toBe(1);
  });

  test('Ctrl-C ends the remote command and closes the record', async () => {
    const pod = DEMO_PODS.web;
    const child = spawn(process.execPath, [CLI, 'exec', pod, '--', 'sh', '-c', 'echo begun; sleep 600'], {
      env: environment(),
    });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const [exitCode] = (await once(child, 'close')) as [number];
    expect(exitCode).toBe(130);
    expect((await recordings())[0]).toMatchObject({ pod, state: 'closed' });
  });

  test('a reader that leaves ends the command', async () => {
    const pod = DEMO_PODS.web;
    const child = spawn(process.execPath, [CLI, 'exec', pod, '--', 'yes'], { env: environment() });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await once(child, 'close');
    expect((await recordings())[0]).toMatchObject({ pod, state: 'closed' });
  });
});

test('a recording stops at its limit and says where, and the command goes on', async () => {
  const place = await mkdtemp(join(tmpdir(), 'kubereel-cli-limit-'));
  await writeFile(join(place, 'settings.json'), '{"recordingSessionMiB": 1}');
  const there = { environment: { KUBEREEL_HOME: place } };
  const shell = ['sh', '-c', 'yes "a line of output" | head -c 4194304'];
  const { stdout, stderr, exitCode } = await run(['exec', DEMO_PODS.web, '--', ...shell], there);
  expect({ exitCode, bytes: stdout.length }).toEqual({ exitCode: 0, bytes: 4_194_304 });
  expect(stderr).toMatch(/warning: \d{7} bytes of output are missing in the record/);
  const names = await readdir(join(place, 'recordings'));
  const cast = await readFile(
    join(place, 'recordings', names.find((name) => name.endsWith('.cast')) ?? ''),
    'utf8',
  );
  expect(cast.length).toBeLessThan(3 * 1024 * 1024);
  expect(cast).toContain('not recorded from here on: this recording has reached its limit of 1 MiB');
  await rm(place, { recursive: true });
});

test('recover mends what a dead program left, tells it, and sessions can be asked for it', async () => {
  const place = await mkdtemp(join(tmpdir(), 'kubereel-cli-recover-'));
  const there = { environment: { KUBEREEL_HOME: place } };
  await mkdir(join(place, 'recordings'));
  const { recordingId } = await recordCutSession(join(place, 'recordings'), hostname());
  expect((await run(['recover'], there)).stdout.toString()).toBe(
    `${recordingId}  recovered: the last 12 bytes were torn, and are kept beside it\n`,
  );
  expect((await runHere(place, ['recover'])).stderr).toBe('Nothing to recover.\n');
  const listed = await run(['sessions', '--state', 'recovered', '--json'], there);
  expect(JSON.parse(listed.stdout.toString())).toMatchObject([{ recordingId, state: 'recovered' }]);
  expect((await runHere(place, ['sessions', '--state', 'damaged'])).stderr).toContain(
    'No recordings that are damaged',
  );
  await rm(place, { recursive: true });
});

test('verify says what is intact, names the bytes that were changed, and knows old keys', async () => {
  const place = await mkdtemp(join(tmpdir(), 'kubereel-cli-verify-'));
  const there = { environment: { KUBEREEL_HOME: place } };
  await run(['exec', DEMO_PODS.web, '--', 'sh', '-c', 'seq 1 20000'], there);
  await runHere(place, ['keys', 'rotate']);
  const intact = await run(['verify', '--all'], there);
  expect(intact).toMatchObject({ exitCode: 0 });
  expect(intact.stdout.toString()).toMatch(/^\S+ {2}intact: it is what was recorded\n$/);
  const [name = ''] = (await readdir(join(place, 'recordings'))).filter((file) => file.endsWith('.cast'));
  const cast = join(place, 'recordings', name);
  const bytes = await readFile(cast);
  bytes[70_000] = 0x21;
  await writeFile(cast, bytes);
  const altered = await run(['verify', cast], there);
  expect(altered.exitCode).toBe(1);
  expect(altered.stdout.toString()).toContain(
    'altered: its bytes are not those that were sealed; first bad block: 1',
  );
  expect((await runHere(place, ['verify'])).stderr).toContain('nothing to verify was named');
  expect((await run(['keys', 'list'], there)).stdout.toString()).toMatch(/^([* ] [0-9a-f]{32}\n){2}$/);
  await rm(place, { recursive: true });
});

test('play writes what was recorded, faster where asked, and takes the start of an id', async () => {
  await mkdir(join(home, 'recordings'), { recursive: true, mode: 0o700 });
  await writeFile(
    join(home, 'recordings', 'one-hour.cast'),
    '{"version":2,"width":80,"height":24,"timestamp":1700000000}\n[0,"o","one\\n"]\n[3600,"o","two\\n"]\n',
  );
  const { stdout, exitCode } = await run(['play', 'one-ho', '--speed', '36000']);
  expect(stdout.toString()).toBe('one\ntwo\n');
  expect(exitCode).toBe(0);
  expect((await run(['play', 'none'])).stderr).toContain('error: ');
  expect((await runHere(home, ['play', 'x', '--speed', '0'])).stderr).toContain('Expected a number above 0');
});

test('play keeps standard output and standard error apart, and plays one of them where asked', async () => {
  await run(['exec', DEMO_PODS.web, '--', 'sh', '-c', 'echo one; echo wrong >&2; sleep 0.1; echo two']);
  const [latest] = await recordings();
  const id = latest?.recordingId ?? '';
  const both = await run(['play', id, '--speed', '20']);
  expect({ out: both.stdout.toString(), err: both.stderr }).toEqual({ out: 'one\ntwo\n', err: 'wrong\n' });
  const one = await run(['play', id, '--speed', '20', '--stream', 'stderr']);
  expect({ out: one.stdout.toString(), err: one.stderr }).toEqual({ out: '', err: 'wrong\n' });
  expect((await runHere(home, ['verify', id])).code).toBe(0);
});

test('demo prints its kubeconfig, serves until Ctrl-C, and leaves nothing behind', async () => {
  const child = spawn(process.execPath, [CLI, 'demo'], { env: environment() });
  const [kubeconfig] = (await once(createInterface(child.stdout), 'line')) as [string];
  const pods = await run(['pods'], { environment: { KUBECONFIG: kubeconfig } });
  expect(pods.stdout.toString()).toContain('web-');
  child.kill('SIGINT');
  await once(child, 'close');
  expect(await readdir(join(home, 'demo'))).toEqual([]);
});

test('serve says where the page is built when it is not', async () => {
  const { stderr, exitCode } = await run(['serve', '--no-open']);
  expect(stderr).toContain('the page is not built');
  expect(exitCode).toBe(1);
});
