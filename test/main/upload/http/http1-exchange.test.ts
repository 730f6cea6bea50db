import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import {
  beginHttp1,
  readHttp1Answer,
  toUnansweredError,
  untilHttp1Answer,
} from '../../../../main/upload/http/http1-exchange.ts';
import { readEndpoint } from '../../../../main/upload/recorder/recorder-endpoint.ts';
import { recorderError } from '../../../../main/upload/recorder/recorder-error.ts';

/** Sends `answer` to whatever comes, and closes. */
async function ask(answer: string | undefined) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    if (answer !== undefined) socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const recorder = { kind: 'tsrecorder', url: `http://127.0.0.1:${port}/base/` } as const;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const request = { method: 'GET', path: '/x', headers: { 'x-it': '1' } } as const;
  const exchange = beginHttp1(await readEndpoint(recorder), { socket }, request);
  const answered = untilHttp1Answer(exchange);
  exchange.end();
  return { recorder, exchange, answered };
}

async function read(head: string, body = ''): ReturnType<typeof readHttp1Answer> {
  const { answered } = await ask(
    `HTTP/1.1 429 Too Many\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  return readHttp1Answer(await answered);
}

test('a request goes to the path behind that of the url, on the connection that is given', async () => {
  const { exchange, answered } = await ask('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  expect([exchange.path, exchange.getHeader('x-it'), exchange.getHeader('connection')]).toEqual([
    '/base/x',
    '1',
    'close',
  ]);
  expect(await readHttp1Answer(await answered)).toMatchObject({ status: 200, text: 'ok' });
});

test('when to come again is read in each of its forms, an hour at the most', async () => {
  expect((await read('Retry-After: 7\r\n')).retryAfterMs).toBe(7_000);
  expect((await read('Retry-After: 1000000\r\n')).retryAfterMs).toBe(3_600_000);
  const soon = new Date(Date.now() + 600_000);
  const dated = (await read(`Retry-After: ${soon.toUTCString()}\r\n`)).retryAfterMs ?? 0;
  expect(dated).toBeGreaterThan(300_000);
  expect(dated).toBeLessThanOrEqual(600_000);
  for (const head of ['', 'Retry-After: soon\r\n', 'X-RateLimit-Reset: 1\r\n', 'Retry-After: -1\r\n']) {
    expect((await read(head)).retryAfterMs).toBeUndefined();
  }
});

test('of a long body the beginning is read', async () => {
  expect((await read('', 'x'.repeat(200_000))).text).toBe('x'.repeat(65_536));
});

test('a body that breaks off is as much as came', async () => {
  const { answered } = await ask('HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nthe disk is');
  expect(await readHttp1Answer(await answered)).toMatchObject({ status: 500, text: 'the disk is' });
});

test('what is no HTTP is told so', async () => {
  const { recorder, answered } = await ask('SSH-2.0-OpenSSH\r\n');
  const error = await answered.catch((thrown: unknown) => toUnansweredError(recorder, thrown));
  expect(error).toMatchObject({
    code: 'recorder-unfit',
    message: expect.stringContaining('does not speak HTTP'),
  });
});

test('a connection that is closed without an answer', async () => {
  const { recorder, answered } = await ask('');
  const error = await answered.catch((thrown: unknown) => toUnansweredError(recorder, thrown));
  expect(error).toMatchObject({
    code: 'recorder-unreachable',
    message: expect.stringContaining('closed the connection without an answer'),
  });
});

test('an answer that nobody waits for any more is nobody’s failure', async () => {
  const { exchange } = await ask(undefined);
  exchange.destroy(new Error('given up'));
  await new Promise((resolve) => exchange.once('close', resolve));
});

test('a failure that has its words already keeps them', () => {
  const recorder = { kind: 'tsrecorder', url: 'http://10.0.0.1' } as const;
  const error = recorderError('recorder-refused', recorder, 'does not let us in');
  expect(toUnansweredError(recorder, error)).toBe(error);
});
