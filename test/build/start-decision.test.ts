import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Decision, decideStart } from '../../build/start-decision.mjs';
import { listenOnLoopback } from '../../main/base/loopback.ts';

async function makeCheckout(
  options: { hasApp?: boolean; hasElectron?: boolean; hasBinary?: boolean } = {},
): Promise<string> {
  const { hasApp = true, hasElectron = true, hasBinary = false } = options;
  const root = await mkdtemp(join(tmpdir(), 'kubereel-start-'));
  const electron = join(root, 'node_modules', 'electron');
  await mkdir(join(electron, 'dist'), { recursive: true });
  await mkdir(join(root, 'out'));
  if (hasApp) await writeFile(join(root, 'out', 'main.mjs'), '');
  if (hasElectron) await writeFile(join(electron, 'package.json'), '{"version":"45.4.1"}');
  if (hasBinary) {
    await writeFile(join(electron, 'path.txt'), 'electron');
    await writeFile(join(electron, 'dist', 'electron'), '');
  }
  return root;
}

function decide(
  root: string,
  environment: Record<string, string> = {},
  { args = [], timeoutMs = 30_000 }: { args?: string[]; timeoutMs?: number } = {},
): Promise<Decision> {
  return decideStart({
    arguments: args,
    environment: { DISPLAY: ':0', ...environment },
    platform: 'linux',
    root,
    timeoutMs,
  });
}

async function withMirror(answer: RequestListener, use: (mirror: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  const port = await listenOnLoopback(server, 0);
  await use(`http://127.0.0.1:${port}/`);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

test('the desktop app where its binary is, also one of one’s own', async () => {
  const root = await makeCheckout({ hasBinary: true });
  expect(await decide(root)).toMatchObject({ kind: 'electron', say: 'Starting the desktop app.' });
  const own = await mkdtemp(join(tmpdir(), 'kubereel-start-'));
  await writeFile(join(own, 'electron'), '');
  const bare = await makeCheckout();
  expect(await decide(bare, { ELECTRON_OVERRIDE_DIST_PATH: own })).toMatchObject({
    binary: join(own, 'electron'),
  });
});

test('the browser where it is asked for, where there is no display, and where nothing else was built', async () => {
  const root = await makeCheckout({ hasBinary: true });
  expect(await decide(root, {}, { args: ['--browser'] })).toMatchObject({
    kind: 'browser',
    say: expect.stringContaining('as asked'),
  });
  expect(await decide(root, { DISPLAY: '' })).toMatchObject({
    kind: 'browser',
    say: expect.stringContaining('no display'),
  });
  const unbuilt = await makeCheckout({ hasApp: false, hasBinary: true });
  expect((await decide(unbuilt)).kind).toBe('browser');
  expect((await decide(await makeCheckout({ hasElectron: false }))).kind).toBe('browser');
});

test('a mirror that has it is fetched from', async () => {
  const root = await makeCheckout();
  const asked: (string | undefined)[] = [];
  await withMirror(
    (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end();
    },
    async (mirror) => {
      expect(await decide(root, { ELECTRON_MIRROR: mirror })).toMatchObject({
        kind: 'fetch',
        version: '45.4.1',
      });
    },
  );
  expect(asked).toEqual(['HEAD /v45.4.1/SHASUMS256.txt']);
});

test('a mirror without it, a silent one and none at all lead to the browser, each with its reason', async () => {
  const root = await makeCheckout();
  await withMirror(
    (_request, response) => response.writeHead(404).end(),
    async (mirror) => {
      expect(await decide(root, { ELECTRON_MIRROR: mirror })).toMatchObject({
        kind: 'browser',
        say: expect.stringContaining('answered 404'),
      });
    },
  );
  await withMirror(
    () => {},
    async (mirror) => {
      expect(await decide(root, { ELECTRON_MIRROR: mirror }, { timeoutMs: 300 })).toMatchObject({
        kind: 'browser',
        say: expect.stringContaining('no answer within 0.3 s'),
      });
    },
  );
  const refused = await decide(root, { ELECTRON_MIRROR: 'http://127.0.0.1:1/' });
  expect(refused).toMatchObject({ kind: 'browser', say: expect.stringContaining('cannot be fetched') });
  expect(refused.say.split('\n')).toHaveLength(1);
});
