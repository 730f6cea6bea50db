import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { UpgradeRefusal, upgrade } from '../../../main/kube/upgrade.ts';
import {
  type FakeApiBehaviour,
  type FakeApiServer,
  refuseUpgrade,
  startApiServer,
} from '../../fakes/api-server.ts';
import { createContext } from '../../fakes/kube-access.ts';
import { until } from '../../fakes/until.ts';

let server: FakeApiServer;
afterEach(() => server.close());

async function open(behaviour: FakeApiBehaviour, signal = new AbortController().signal) {
  server = await startApiServer(behaviour);
  const request = {
    path: '/exec',
    query: new URLSearchParams({ tty: 'true' }),
    protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    signal,
  };
  const connection = connect(server.port, '127.0.0.1');
  return upgrade(createContext(server.address), request, {
    connection,
    headers: { 'user-agent': 'kubereel-test', 'x-group': ['a', 'b'] },
  });
}

async function refusalOf(behaviour: FakeApiBehaviour): Promise<UpgradeRefusal> {
  const error = await open(behaviour).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UpgradeRefusal);
  return error as UpgradeRefusal;
}

test('offers its protocols in order, no extension, and takes what the server chose', async () => {
  const socket = await open({ protocols: ['v4.channel.k8s.io'] });
  expect(socket.protocol).toBe('v4.channel.k8s.io');
  const [request] = server.requests;
  expect(request?.url).toBe('/exec?tty=true');
  expect(request?.headers).toMatchObject({
    'sec-websocket-protocol': 'v5.channel.k8s.io,v4.channel.k8s.io',
    'user-agent': 'kubereel-test',
  });
  expect(request?.headers['sec-websocket-extensions']).toBeUndefined();
});

test('a header with several values is sent as several lines', async () => {
  await open({});
  const [request] = server.requests;
  const lines = request?.rawHeaders.filter((_, index, all) => all[index - 1] === 'x-group');
  expect(lines).toEqual(['a', 'b']);
});

test('what the server sends at once waits until the caller listens', async () => {
  const socket = await open({
    serve(peer) {
      for (let i = 0; i < 50; i += 1) peer.send(String(i));
      peer.close(1000);
    },
  });
  // All of it is on its way, and what has come may be read by now.
  await until(() => server.connections[0]?.writableLength === 0);
  await new Promise((resolve) => setImmediate(resolve));
  const heard: string[] = [];
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('message', (data) => heard.push(String(data)));
  socket.resume();
  await closed;
  expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
});

test('a refusal tells status, headers and body', async () => {
  const refusal = await refusalOf({ refuse: (_request, socket) => refuseUpgrade(socket, 403, 'no and no') });
  expect(refusal).toMatchObject({ status: 403, body: 'no and no' });
  expect(refusal.headers['content-type']).toBe('text/plain');
});

test('a redirect is a refusal, and is not followed', async () => {
  const refusal = await refusalOf({
    refuse(_request, socket) {
      socket.end('HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/login\r\ncontent-length: 0\r\n\r\n');
      return true;
    },
  });
  expect(refusal).toMatchObject({ status: 302, body: '' });
});

test('an endless refusal is read up to 64 KiB', async () => {
  const refusal = await refusalOf({
    refuse(_request, socket) {
      socket.write('HTTP/1.1 500 No\r\n\r\n');
      const flood = (): void => void (socket.destroyed || socket.write('x'.repeat(16_384), flood));
      flood();
      return true;
    },
  });
  expect(refusal.body).toHaveLength(64 * 1024);
});

test('a refusal whose body breaks off is told as far as it came', async () => {
  const refusal = await refusalOf({
    refuse(_request, socket) {
      socket.write('HTTP/1.1 503 No\r\ncontent-length: 1000\r\n\r\nno up', () => socket.destroy());
      return true;
    },
  });
  expect(refusal).toMatchObject({ status: 503, body: 'no up' });
});

test('a server that chooses none of the protocols is an error that says so', async () => {
  await expect(open({ protocols: [] })).rejects.toMatchObject({
    code: 'protocol-error',
    message: expect.stringContaining('subprotocol'),
  });
});

test('an answer that is no HTTP is an error', async () => {
  const answer: FakeApiBehaviour = {
    refuse(_request, socket) {
      socket.end('what?\r\n\r\n');
      return true;
    },
  };
  await expect(open(answer)).rejects.toMatchObject({ code: 'cluster-unreachable' });
});

test('is given up with the reason of its signal, before, and while the server is silent', async () => {
  const reason = new Error('enough');
  await expect(open({}, AbortSignal.abort(reason))).rejects.toBe(reason);
  await server.close();
  const controller = new AbortController();
  const silent: FakeApiBehaviour = {
    refuse(_request, _socket) {
      controller.abort(reason);
      return true;
    },
  };
  await expect(open(silent, controller.signal)).rejects.toBe(reason);
});
