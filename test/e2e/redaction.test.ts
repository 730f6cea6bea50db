import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContractClient } from '../../preload/client.ts';
import { connectToApp, watchSession } from '../fakes/app-client.ts';
import { type AppProcess, startApp } from '../fakes/app-process.ts';
import { findInHome } from '../fakes/home-search.ts';
import { runKubereel } from '../fakes/kubereel-cli.ts';
import { PEM_LINES } from '../fakes/planted-secrets.ts';

const CONTEXT = 'kubereel-demo';
const SIZE = { cols: 100, rows: 30 };
const BODY = 'Zq7'.repeat(12);
const TOKEN = `ghp_${BODY}`;
const PEM_LINE = PEM_LINES[0] ?? '';

let app: AppProcess;
let client: ContractClient;
let pod: string;

beforeAll(async () => {
  app = await startApp({
    args: ['--demo'],
    settings: { redaction: { enabled: true, patterns: [{ name: 'customer', pattern: 'ACME-[0-9]{6}' }] } },
  });
  ({ client } = await connectToApp(app.link));
  const pods = new Promise<readonly { name: string }[]>((resolve) =>
    client.on('pods.changed', ({ reset, upserted }) => reset && resolve(upserted)),
  );
  await client.call('pods.watch', { context: CONTEXT, namespace: 'shop' });
  pod = (await pods).find(({ name }) => name.startsWith('web-'))?.name ?? '';
});
afterAll(() => app?.stop());

test('what a shell prints is shown, and is nowhere in cast, sidecar or index', async () => {
  const target = { context: CONTEXT, namespace: 'shop', pod };
  const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
  const shell = watchSession(client, sessionId);
  await shell.seen('web-');
  await shell.type(`echo token is ${TOKEN}\r`);
  await shell.seen(`token is ${TOKEN}\r\n`);
  await shell.type(`T=ghp_; B_TOKEN=${BODY}\r`);
  await shell.type(
    `printf '%s\\033[1m%s\\033[0m \\033]0;ghp_%s\\007ACME-%s\\n' $T $B_TOKEN $B_TOKEN 123456\r`,
  );
  await shell.seen('ACME-123456');
  const key = ['-----BEGIN RSA PRIVATE KEY-----', PEM_LINE, '-----END RSA PRIVATE KEY-----'].join('\\n');
  await shell.type(`printf '${key}\\n'; echo do''ne\r`);
  await shell.seen('done\r\n');
  // A window that is opened now is shown the cast, and misses nothing.
  const second = watchSession(client, sessionId);
  await second.seen('done\r\n');
  await shell.type('echo la""ter\r');
  await second.seen('later\r\n');
  await client.call('sessions.close', { sessionId });
  await Promise.all([shell.done, second.done]);

  expect(shell.text()).toContain(TOKEN);
  expect(second.text()).not.toContain(TOKEN);
  const recordings = await client.call('library.list', {});
  expect(recordings).toHaveLength(1);
  expect(await findInHome(app.home, [BODY, 'ACME-123456', PEM_LINE.slice(0, 20)])).toEqual([]);
  const [cast] = await findInHome(app.home, [`ghp_${'•'.repeat(BODY.length)}`]);
  expect(cast).toMatch(/\.cast$/);
  const sidecar = await readFile((cast ?? '').replace(/cast$/, 'json'), 'utf8');
  expect(Number(/"maskedSpans": (\d+)/.exec(sidecar)?.[1])).toBeGreaterThanOrEqual(5);
});

test('kubereel exec --redact masks this run; without it only the command', async () => {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-redact-'));
  try {
    const { contexts } = await client.call('contexts.list', {});
    const kubeconfigPath = contexts.find(({ name }) => name === CONTEXT)?.kubeconfigPath ?? '';
    const exec = (...flags: string[]): ReturnType<typeof runKubereel> =>
      runKubereel(
        kubeconfigPath,
        [
          'exec',
          '--context',
          CONTEXT,
          ...flags,
          '-n',
          'shop',
          pod,
          '--',
          'sh',
          '-c',
          'echo "ghp_$1"',
          `--token=${TOKEN}`,
          BODY,
        ],
        { KUBEREEL_HOME: home },
      );
    const redacted = await exec('--redact');
    expect(redacted.stdout.toString()).toBe(`${TOKEN}\n`);
    expect(await findInHome(home, [TOKEN])).toEqual([]);
    await exec();
    expect((await findInHome(home, [TOKEN])).map((path) => path.slice(-5))).toEqual(['.cast']);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
