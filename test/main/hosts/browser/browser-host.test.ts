// covers: preload/handshake.ts
// covers: main/hosts/page/page-files.ts
// covers: main/hosts/page/page-headers.ts
import { mkdtemp, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSystemClock } from '../../../../main/base/clock.ts';
import { createLog } from '../../../../main/base/log.ts';
import { type BrowserHost, startBrowserHost } from '../../../../main/hosts/browser/browser-host.ts';
import { MAX_REQUEST_CHARACTERS } from '../../../../preload/frame-codec.ts';
import { TOKEN_PREFIX, WIRE_PROTOCOL } from '../../../../preload/handshake.ts';
import type { Wire } from '../../../../preload/wire.ts';

let host: BrowserHost;
let served: Wire[];

beforeEach(async () => {
  const pageFolder = await mkdtemp(join(tmpdir(), 'kubereel-page-'));
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>Kubereel</title>');
  await writeFile(join(pageFolder, 'app.js'), 'export {};');
  await writeFile(join(pageFolder, 'notes.txt'), 'not part of the page');
  served = [];
  host = await startBrowserHost(
    { log: createLog({ level: 'silent' }), clock: createSystemClock() },
    { port: 0, pageFolder, serve: (wire) => served.push(wire) },
  );
});

afterEach(() => host.stop());

function own(): { Host: string; Origin: string } {
  return { Host: `127.0.0.1:${host.port}`, Origin: `http://127.0.0.1:${host.port}` };
}

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: host.port, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function secretOf(link: string): string {
  return new URL(link).hash.slice(1);
}

async function signIn(secret = secretOf(host.newLink())): Promise<string> {
  const answer = await send('POST', '/session', own(), JSON.stringify({ secret }));
  return (JSON.parse(answer.body) as { token: string }).token;
}

/** The status that the socket was answered with. */
function openSocket(path: string, headers: Record<string, string>, protocols: string[]): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, protocols, { headers });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('open', () => resolve(101));
    socket.on('error', () => {});
  });
}

describe('every route lets the right one in and nobody else', () => {
  const pageRoutes = [
    ['the page', '/'],
    ['a file of it', '/app.js'],
  ] as const;

  test.each(pageRoutes)('%s', async (_what, path) => {
    const { Host } = own();
    expect((await send('GET', path, { Host })).status).toBe(200);
    expect((await send('GET', path, { Host: `evil.example:${host.port}` })).status).toBe(403);
    expect((await send('GET', path, { Host: '127.0.0.1:1' })).status).toBe(403);
    expect((await send('PUT', path, { Host })).status).toBe(405);
  });

  test('what is not in the table does not exist', async () => {
    for (const path of [
      '/notes.txt',
      '/../package.json',
      '/%2e%2e/package.json',
      '//etc/passwd',
      '/index.html/..',
    ]) {
      expect((await send('GET', path, { Host: own().Host })).status, path).toBe(404);
    }
  });

  test('signing in', async () => {
    const body = (): string => JSON.stringify({ secret: secretOf(host.newLink()) });
    expect((await send('POST', '/session', own(), body())).status).toBe(200);
    expect((await send('POST', '/session', { ...own(), Host: 'evil.example' }, body())).status).toBe(403);
    expect((await send('POST', '/session', { ...own(), Origin: 'http://evil.example' }, body())).status).toBe(
      403,
    );
    expect((await send('POST', '/session', { Host: own().Host }, body())).status).toBe(403);
    expect((await send('POST', '/session', own(), JSON.stringify({ secret: 'x'.repeat(43) }))).status).toBe(
      401,
    );
    expect((await send('POST', '/session', own(), 'no json')).status).toBe(401);
    expect((await send('POST', '/elsewhere', own(), body())).status).toBe(404);
  });

  test('the wire', async () => {
    const token = await signIn();
    const right = [WIRE_PROTOCOL, TOKEN_PREFIX + token];
    expect(await openSocket('/wire', own(), right)).toBe(101);
    expect(await openSocket('/wire', { ...own(), Host: 'evil.example' }, right)).toBe(403);
    expect(await openSocket('/wire', { ...own(), Origin: 'http://evil.example' }, right)).toBe(403);
    expect(await openSocket('/wire', { Host: own().Host }, right)).toBe(403);
    expect(await openSocket('/wire', own(), [WIRE_PROTOCOL])).toBe(401);
    expect(await openSocket('/wire', own(), [WIRE_PROTOCOL, `${TOKEN_PREFIX}wrong`])).toBe(401);
    expect(await openSocket('/other', own(), right)).toBe(404);
    expect(served).toHaveLength(1);
  });
});

/** Asks for a socket with nothing to show for it. */
async function askRaw(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: host.port, allowHalfOpen: true });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(
    `GET /wire HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  return socket;
}

test('who is refused a wire is hung up on, whether it hangs up itself or not', async () => {
  const patient = await askRaw();
  let answer = '';
  patient.on('data', (bytes) => {
    answer += bytes.toString();
  });
  await new Promise((resolve) => patient.once('end', resolve));
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  // Our half is open still: writing into what the host has destroyed is answered with a reset.
  const reset = new Promise((resolve) => patient.once('close', resolve));
  const writing = setInterval(() => patient.write('more'), 5);
  await reset;
  clearInterval(writing);

  // A failure of such a socket would be nobody's, and end the process.
  for (let count = 0; count < 20; count += 1) (await askRaw()).resetAndDestroy();
  expect((await send('GET', '/', { Host: own().Host })).status).toBe(200);
});

test('the longest request passes, and one byte more ends the page’s connection', async () => {
  const token = await signIn();
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/wire`, [WIRE_PROTOCOL, TOKEN_PREFIX + token], {
    headers: own(),
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const heard: unknown[] = [];
  const longest = '中'.repeat(MAX_REQUEST_CHARACTERS);
  const passed = new Promise<void>((resolve) =>
    served[0]?.onMessage((message) => {
      heard.push(message);
      resolve();
    }),
  );
  socket.send(longest);
  await passed;
  expect(heard).toEqual([longest]);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.send(`${longest}x`);
  expect(await closed).toBe(1009);
  expect(heard).toHaveLength(1);
});

test('a link lets one window in once', async () => {
  const secret = secretOf(host.newLink());
  expect(await signIn(secret)).toMatch(/^[\w-]{43}$/);
  expect((await send('POST', '/session', own(), JSON.stringify({ secret }))).status).toBe(401);
});

test('the same window may connect again, and a second link opens a second window', async () => {
  const first = await signIn();
  const second = await signIn();
  expect(first).not.toBe(second);
  for (const token of [first, first, second]) {
    expect(await openSocket('/wire', own(), [WIRE_PROTOCOL, TOKEN_PREFIX + token])).toBe(101);
  }
});

test('a program that guesses is blocked', async () => {
  const token = await signIn();
  for (let count = 0; count < 20; count += 1) {
    await send('POST', '/session', own(), JSON.stringify({ secret: `guess-${count}` }));
  }
  expect((await send('POST', '/session', own(), '{}')).status).toBe(429);
  expect(await openSocket('/wire', own(), [WIRE_PROTOCOL, TOKEN_PREFIX + token])).toBe(429);
});

test('the page runs no inline script, is framed by nobody and cached nowhere', async () => {
  const { headers } = await send('GET', '/', { Host: own().Host });
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cache-control']).toBe('no-store');
});

test('a page that is not built is an error that says what to do', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'kubereel-page-'));
  const starting = startBrowserHost(
    { log: createLog({ level: 'silent' }), clock: createSystemClock() },
    { port: 0, pageFolder: empty, serve: () => {} },
  );
  await expect(starting).rejects.toThrow('the page is not built');
});

test('of pages that are refused again and again the log is told twenty times a minute', async () => {
  const warnings: Record<string, unknown>[] = [];
  const silent = createLog({ level: 'silent' });
  const log = { ...silent, warn: (fields: Record<string, unknown>) => void warnings.push(fields) };
  const pageFolder = await mkdtemp(join(tmpdir(), 'kubereel-page-'));
  await writeFile(join(pageFolder, 'index.html'), '');
  const noisy = await startBrowserHost(
    { log, clock: createSystemClock() },
    { port: 0, pageFolder, serve: () => {} },
  );
  const Origin = `https://${'a'.repeat(1_000)}.example`;
  for (let count = 0; count < 25; count += 1) {
    const socket = new WebSocket(`ws://127.0.0.1:${noisy.port}/wire`, { headers: { Origin } });
    await new Promise((resolve) => socket.once('error', resolve));
  }
  expect(warnings).toHaveLength(20);
  expect(warnings[0]).toEqual({ status: '403 Forbidden', origin: Origin.slice(0, 300) });
  await noisy.stop();
});
