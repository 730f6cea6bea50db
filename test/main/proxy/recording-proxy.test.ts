// covers: main/proxy/command/pass-command.ts
// covers: main/proxy/pass-request.ts
// covers: main/proxy/pass-upgrade.ts
// covers: main/proxy/proxied-request.ts
// covers: main/proxy/raw-answer.ts
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { pairLines } from '../../../main/kube/forward.ts';
import { type RecordingProxyNeeds, startRecordingProxy } from '../../../main/proxy/recording-proxy.ts';
import type { TappedSnapshot } from '../../../main/session/elsewhere.ts';
import { createStatus, refuseUpgrade, sendJson } from '../../fakes/api-server.ts';
import { createCredentials } from '../../fakes/kube-access.ts';
import {
  NO_COMMANDS,
  openProxyStage,
  type ProxyStage,
  readBytes,
  readText,
  shareCertificates,
} from '../../fakes/proxy-stage.ts';
import { until } from '../../fakes/until.ts';

const MIB = 1024 ** 2;
const EXEC = '/api/v1/namespaces/shop/pods/web-0/exec?command=sh';
const SPDY = ['Connection', 'Upgrade', 'Upgrade', 'SPDY/3.1'];
const WEBSOCKET = ['Connection', 'Upgrade', 'Upgrade', 'websocket'];
const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

async function open(given: Parameters<typeof openProxyStage>[0] = {}): Promise<ProxyStage> {
  const stage = await openProxyStage(given);
  opened.push(stage);
  return stage;
}

function toJson(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

describe('a request', () => {
  test('passes as it came, with the identity of the context and none of the client’s', async () => {
    const { server, ask } = await open({
      prefix: '/k8s/c-1',
      answer(_request, response) {
        response.writeHead(201, 'Made', [
          'X-Kubernetes-Pf-Flowschema-Uid',
          'a',
          'Warning',
          '1',
          'Warning',
          '2',
        ]);
        response.end('made');
      },
    });
    const answer = await ask({
      method: 'POST',
      path: '/api/v1/namespaces/a%20b/pods?x=%2F&y',
      headers: [
        'User-Agent',
        'kubectl/v1',
        'Impersonate-User',
        'root',
        'X-Remote-User',
        'root',
        'Accept',
        'a',
      ],
      body: Buffer.from('{}'),
    });
    expect([answer.statusCode, answer.statusMessage, await readText(answer)]).toEqual([201, 'Made', 'made']);
    expect(pairLines(answer.rawHeaders).slice(0, 3)).toEqual([
      ['X-Kubernetes-Pf-Flowschema-Uid', 'a'],
      ['Warning', '1'],
      ['Warning', '2'],
    ]);
    const [request] = server.requests;
    expect([request?.method, request?.url]).toEqual([
      'POST',
      '/k8s/c-1/api/v1/namespaces/a%20b/pods?x=%2F&y',
    ]);
    expect(
      pairLines(request?.rawHeaders ?? []).filter(([name]) => !/^(host|connection)$/i.test(name)),
    ).toEqual([
      ['User-Agent', 'kubectl/v1'],
      ['Accept', 'a'],
      ['authorization', 'Bearer of-the-cluster'],
      ['transfer-encoding', 'chunked'],
    ]);
  });

  test('is made as the policy has it, and the policy is asked about what it is for', async () => {
    const asked: unknown[] = [];
    const { server, ask } = await open({
      async impersonationFor(context, { verb, namespace, resource }) {
        asked.push([context, verb, namespace, resource]);
        return { user: 'auditor', groups: ['readers'], extra: new Map() };
      },
    });
    await readText(
      await ask({ path: '/api/v1/namespaces/shop/pods', headers: ['Impersonate-Group', 'root'] }),
    );
    expect(asked).toEqual([['staging', 'list', 'shop', 'pods']]);
    expect(server.requests[0]?.headers).toMatchObject({
      'impersonate-user': 'auditor',
      'impersonate-group': 'readers',
    });
  });

  test.each([
    ['without a secret', { secret: '' }, 401],
    ['with a wrong one', { secret: 'wrong' }, 401],
    ['of a page', { headers: ['Origin', 'https://evil.example'] }, 403],
    ['of a browser', { headers: ['Sec-Fetch-Site', 'cross-site'] }, 403],
    ['to an address that is none', { path: '/api/../x' }, 400],
    ['with a body that nobody takes', { method: 'POST', secret: '', body: Buffer.alloc(2 * MIB) }, 401],
  ])('%s is answered with a Status and goes nowhere', async (_what, work, status) => {
    const { server, ask } = await open();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answer = await ask(work, agent);
    expect(answer.statusCode).toBe(status);
    expect(toJson(await readText(answer))).toMatchObject({ kind: 'Status', code: status });
    expect(server.requests).toHaveLength(0);
    // The connection is as good as before.
    expect((await ask({}, agent)).statusCode).toBe(200);
    agent.destroy();
  });

  test('to a cluster that is not there is answered with why', async () => {
    const { server, ask } = await open();
    await server.close();
    const answer = await ask({});
    expect(answer.statusCode).toBe(502);
    expect(toJson(await readText(answer))['message']).toBe(
      `could not reach ${server.address}: nothing listens there. Check the network and VPN, and that the cluster runs.`,
    );
  });

  test('is refused where the policy cannot be followed', async () => {
    const { server, ask } = await open({
      impersonationFor: () => Promise.reject(new AppError('policy-invalid', 'line 3 is wrong')),
    });
    expect((await ask({})).statusCode).toBe(403);
    expect(server.requests).toHaveLength(0);
  });

  test('whose credential ran out is sent again with a new one', async () => {
    const { server, ask } = await open({
      credentials: createCredentials({ authorization: 'Bearer old' }, { authorization: 'Bearer new' }),
      answer: ({ headers }, response) =>
        sendJson(response, headers.authorization === 'Bearer new' ? 200 : 401, {}),
    });
    expect((await ask({ method: 'PUT', body: Buffer.alloc(MIB) })).statusCode).toBe(200);
    expect(server.requests).toHaveLength(2);
  });

  test('that is a watch is answered before its first event, and event by event', async () => {
    let next = (_line: string): void => {};
    const { ask } = await open({
      answer(_request, response) {
        response.flushHeaders();
        next = (line) => void response.write(line);
      },
    });
    const events = (await ask({})).iterator();
    for (const line of ['one\n', 'two\n']) {
      next(line);
      expect(String((await events.next()).value)).toBe(line);
    }
  });

  test('that is answered before its body has ended leaves the connection for the next', async () => {
    const { ask } = await open({
      answer: ({ method }, response) => sendJson(response, method === 'POST' ? 413 : 200, {}),
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await ask({ method: 'POST', body: Buffer.alloc(64 * 1024) }, agent);
    expect([first.statusCode, await readText(first)]).toEqual([413, '{}']);
    expect((await ask({}, agent)).statusCode).toBe(200);
    agent.destroy();
  });

  test('asks for no body where none comes: HEAD, 204 and 304', async () => {
    const { ask } = await open({
      answer({ url }, response) {
        response.writeHead(Number(url?.slice(1)), {
          etag: 'a',
          ...(url === '/200' && { 'content-length': 5 }),
        });
        response.end();
      },
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 204],
      ['GET', 304],
    ] as const) {
      const answer = await ask({ method, path: `/${status}` }, agent);
      expect([answer.statusCode, answer.headers['etag'], await readText(answer)]).toEqual([status, 'a', '']);
    }
    agent.destroy();
  });
});

describe('a connection that breaks', () => {
  test('at the server breaks the answer', async () => {
    const { ask } = await open({
      answer(_request, response) {
        response.writeHead(200);
        response.write('half', () => response.destroy());
      },
    });
    await expect(readText(await ask({}))).rejects.toThrow('aborted');
  });

  test('at the client ends the request', async () => {
    const asked = Promise.withResolvers<IncomingMessage>();
    const { ask } = await open({
      answer(request, response) {
        response.write('first');
        asked.resolve(request);
      },
    });
    const answer = await ask({});
    const request = await asked.promise;
    answer.destroy();
    await until(() => request.destroyed);
  });

  test('while a body is sent ends the request, too', async () => {
    const asked = Promise.withResolvers<IncomingMessage>();
    const { ask } = await open({ answer: (request) => asked.resolve(request) });
    const leaving = new AbortController();
    const sending = ask({ method: 'POST', body: Buffer.alloc(64 * MIB), signal: leaving.signal });
    const request = await asked.promise;
    leaving.abort();
    await expect(sending).rejects.toThrow('abort');
    request.resume();
    request.on('error', () => {});
    await until(() => request.destroyed);
  });
});

test('of what a client does not take, little is held', async () => {
  let written = 0;
  const stalled = Promise.withResolvers<void>();
  const { ask } = await open({
    async answer(_request, response) {
      const chunk = Buffer.alloc(MIB);
      for (; written < 512; written += 1) {
        if (response.write(chunk)) continue;
        const timer = setTimeout(stalled.resolve, 300);
        await once(response, 'drain').catch(() => {});
        clearTimeout(timer);
      }
    },
  });
  const before = process.memoryUsage();
  const answer = await ask({});
  answer.pause();
  await stalled.promise;
  expect(written).toBeLessThan(64);
  expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(64 * MIB);
  answer.destroy();
});

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-A: b\r\n\r\n';

describe('an upgrade', () => {
  test('passes as it came, and its bytes as they are, both ways', async () => {
    const { server, upgrade } = await open({
      refuse(_request, socket) {
        socket.write(`${SWITCHING}early`);
        socket.pipe(socket);
        return true;
      },
    });
    const headers = [...SPDY, 'X-Stream-Protocol-Version', 'portforward.k8s.io', 'Cookie', 'a=b'];
    const path = '/api/v1/namespaces/shop/pods/web-0/portforward?ports=80';
    const { response, socket } = await upgrade({ method: 'POST', path, headers });
    expect(response.statusCode).toBe(101);
    expect(pairLines(response.rawHeaders)).toEqual([
      ['Connection', 'Upgrade'],
      ['Upgrade', 'SPDY/3.1'],
      ['X-A', 'b'],
    ]);
    const sent = Buffer.from(Array.from({ length: 3 * MIB }, (_, index) => index % 251));
    socket.end(sent);
    const received = await readBytes(socket);
    expect(received.subarray(0, 5).toString()).toBe('early');
    expect(received.subarray(5).equals(sent)).toBe(true);
    const [request] = server.requests;
    expect([request?.method, request?.url]).toEqual(['POST', path]);
    expect(pairLines(request?.rawHeaders ?? []).slice(1)).toEqual([
      ['X-Stream-Protocol-Version', 'portforward.k8s.io'],
      ['Content-Length', '0'],
      ['Connection', 'Upgrade'],
      ['Upgrade', 'SPDY/3.1'],
      ['authorization', 'Bearer of-the-cluster'],
    ]);
  });

  test('that the server refuses is answered with its words', async () => {
    const words = JSON.stringify(createStatus(403, 'Forbidden', 'no forwarding'));
    const { upgrade } = await open({ refuse: (_request, socket) => refuseUpgrade(socket, 403, words) });
    const { response } = await upgrade({ headers: SPDY });
    expect([response.statusCode, await readText(response)]).toEqual([403, words]);
  });

  test.each([
    ['without a secret', { secret: '' }, 401],
    ['of a page', { headers: [...SPDY, 'Origin', 'null'] }, 403],
    ['with a body', { headers: [...SPDY, 'Content-Length', '5'] }, 400],
    ['to an address that is none', { path: '//api' }, 400],
  ])('%s is answered with a Status and goes nowhere', async (_what, work, status) => {
    const { server, upgrade } = await open();
    const { response } = await upgrade({ headers: SPDY, ...work });
    expect(response.statusCode).toBe(status);
    expect(toJson(await readText(response))).toMatchObject({ kind: 'Status', code: status });
    expect(server.requests).toHaveLength(0);
  });

  test.each(['server', 'client'])('that the %s breaks is broken for the other', async (side) => {
    const accepted = Promise.withResolvers<Socket>();
    const { upgrade } = await open({
      refuse(_request, socket) {
        socket.write(SWITCHING);
        accepted.resolve(socket);
        return true;
      },
    });
    const { socket: client } = await upgrade({ headers: SPDY });
    const server = await accepted.promise;
    const [broken, left] = side === 'server' ? [server, client] : [client, server];
    left.resume();
    broken.destroy();
    await until(() => left.closed);
  });
});

describe('a command', () => {
  type Opening = RecordingProxyNeeds['commands']['open'];

  function opening(open: Opening) {
    return { commands: { ...NO_COMMANDS, open } };
  }

  test('goes to its desk, with all that it takes to ask for it', async () => {
    const asked: Parameters<Opening>[] = [];
    const { server, upgrade } = await open({
      ...opening(async (...given) => {
        asked.push(given);
        return {
          kind: 'open',
          status: 101,
          statusText: 'Switching Protocols',
          headers: [
            ['Connection', 'Upgrade'],
            ['Upgrade', 'SPDY/3.1'],
          ],
          async relay(client) {
            client.end('hello');
            await once(client, 'close');
          },
        };
      }),
      impersonationFor: async () => ({ user: 'auditor', groups: [], extra: new Map() }),
    });
    const { response, socket } = await upgrade({
      method: 'POST',
      path: EXEC,
      headers: [...SPDY, 'User-Agent', 'kubectl', 'Impersonate-User', 'root'],
    });
    expect(response.headers['upgrade']).toBe('SPDY/3.1');
    expect(await readText(socket)).toBe('hello');
    expect(asked).toMatchObject([
      [
        'staging',
        { kind: 'exec', namespace: 'shop', pod: 'web-0', command: ['sh'], protocol: 'spdy' },
        {
          method: 'POST',
          target: EXEC,
          headers: [
            ['User-Agent', 'kubectl'],
            ['Content-Length', '0'],
            ['Connection', 'Upgrade'],
            ['Upgrade', 'SPDY/3.1'],
          ],
          impersonation: { user: 'auditor' },
        },
      ],
    ]);
    expect(server.requests).toHaveLength(0);
  });

  test('that its desk refuses is answered with why', async () => {
    const refusal = new AppError('recording-required', 'it has to be recorded', { hint: 'Do.' });
    const { upgrade } = await open(opening(() => Promise.reject(refusal)));
    const { response } = await upgrade({ path: EXEC, headers: WEBSOCKET });
    expect(response.statusCode).toBe(403);
    expect(toJson(await readText(response))['message']).toBe('it has to be recorded. Do.');
  });

  test('that the server refuses is answered with its words', async () => {
    async function* words(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('no such ');
      yield Buffer.from('pod');
    }
    const { upgrade } = await open(
      opening(async () => ({
        kind: 'refused',
        status: 404,
        statusText: 'Not Found',
        headers: [],
        body: words(),
      })),
    );
    const { response } = await upgrade({ path: EXEC, headers: WEBSOCKET });
    expect([response.statusCode, await readText(response)]).toEqual([404, 'no such pod']);
  });

  test.each([
    ['by way of the kubelet', '/api/v1/nodes/n/proxy/run/a/b/c', 'asked'],
    ['without a stream', EXEC, 'asked'],
    ['over what cannot be read', EXEC, ['Connection', 'Upgrade', 'Upgrade', 'HTTP/2.0']],
    ['in escapes', EXEC.replace('exec', '%65xec'), 'asked'],
    ['for an API that is behind another', `/api/v1/namespaces/a/services/b/proxy${EXEC}`, 'asked'],
  ])('asked for %s is refused and goes nowhere', async (_how, path, headers) => {
    const { server, ask, upgrade } = await open();
    const response =
      typeof headers === 'string' ? await ask({ path }) : (await upgrade({ path, headers })).response;
    expect(response.statusCode).toBe(403);
    expect(toJson(await readText(response))).toMatchObject({ kind: 'Status', reason: 'Forbidden' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('the end', () => {
  test('ends what is open, and waits for commands to end', async () => {
    const log: string[] = [];
    const ended = Promise.withResolvers<void>();
    const stage = await openProxyStage({
      answer: (_request, response) => void response.write('watching'),
      refuse: (_request, socket) => socket.write(SWITCHING) || true,
      commands: {
        list: () => [{ sessionId: 'a' } as TappedSnapshot],
        async end(sessionId) {
          log.push(`end ${sessionId}`);
          ended.resolve();
        },
        open: async () => ({
          kind: 'open',
          status: 101,
          statusText: 'Switching Protocols',
          headers: [
            ['Connection', 'Upgrade'],
            ['Upgrade', 'SPDY/3.1'],
          ],
          async relay() {
            await ended.promise;
            await new Promise((resolve) => setImmediate(resolve));
            log.push('recorded to the end');
          },
        }),
      },
    });
    const watch = await stage.ask({});
    const forwarded = await stage.upgrade({ headers: SPDY });
    const command = await stage.upgrade({ path: EXEC, headers: SPDY });
    for (const stream of [watch, forwarded.socket, command.socket]) stream.on('error', () => {}).resume();
    await stage.proxy.stop();
    log.push('stopped');
    expect(log).toEqual(['end a', 'recorded to the end', 'stopped']);
    await until(() => [watch, forwarded.socket, command.socket].every(({ destroyed }) => destroyed));
    await stage.server.close();
  });

  test('of a context ends what is open to it, and nothing else', async () => {
    let log = (_line: string): void => {};
    const { proxy, ask, upgrade } = await open({
      answer(_request, response) {
        response.flushHeaders();
        log = (line) => void response.write(line);
      },
      refuse: (_request, socket) => socket.write(SWITCHING) || true,
    });
    const watch = await ask({});
    const { socket } = await upgrade({ headers: SPDY });
    proxy.retain(['staging', 'prod']);
    log('still');
    const events = watch.iterator();
    expect(String((await events.next()).value)).toBe('still');
    expect(socket.readableEnded).toBe(false);
    proxy.retain(['prod']);
    await expect(events.next()).rejects.toThrow('aborted');
    await until(() => socket.resume().destroyed);
  });

  test('does not wait for who has connected and says nothing', async () => {
    const { proxy, close } = await openProxyStage();
    const leaving = connect({ host: '127.0.0.1', port: proxy.port });
    await once(leaving, 'connect');
    leaving.end();
    const staying = connect({ host: '127.0.0.1', port: proxy.port });
    staying.on('error', () => {});
    await once(staying, 'connect');
    await close();
    await until(() => staying.resume().destroyed);
  });

  test('a port that is taken is told as the system tells it', async () => {
    const { proxy } = await open();
    const unused = (): never => {
      throw new Error('unused');
    };
    const starting = startRecordingProxy(
      {
        clock: { nowMs: () => 0 },
        log: { debug() {}, info() {}, warn() {}, error() {}, child: unused },
        contexts: () => [],
        transport: unused,
        impersonationFor: unused,
        commands: NO_COMMANDS,
      },
      { port: proxy.port, certificates: await shareCertificates() },
    );
    await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
