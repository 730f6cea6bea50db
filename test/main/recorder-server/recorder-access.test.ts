// covers: main/recorder-server/recorder-metrics.ts
// covers: main/recorder-server/door.ts
// covers: main/recorder-server/first-bytes.ts
// covers: main/recorder-server/connections.ts
// covers: main/recorder-server/deliveries.ts
// covers: main/recorder-server/record-request.ts
import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { checkDoor } from '../../../main/recorder-server/door.ts';
import { startTestRecorder } from '../../fakes/recorder.ts';
import { askHttp1, makeCast, postV2 } from '../../fakes/recorder-posts.ts';
import { createTestAuthority } from '../../fakes/tls.ts';
import { until } from '../../fakes/until.ts';

const TOKEN = 'a-token-of-enough-characters';

function open(port: number, text = ''): { readonly answer: Promise<string>; write(text: string): void } {
  const socket = connectTcp(port, '127.0.0.1');
  socket.setNoDelay(true);
  onTestFinished(() => void socket.destroy());
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(text);
  return { answer: once(socket, 'close').then(() => got), write: (more) => void socket.write(more) };
}

test('who has no token is told so, by every way in; the right one opens all of them', async () => {
  const recorder = await startTestRecorder({ access: { kind: 'token', token: TOKEN } });
  for (const path of ['/healthz', '/metrics', '/recordings', '/recordings/1', '/else']) {
    const answer = await askHttp1(`${recorder.url}${path}`);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  }
  for (const token of ['', 'Bearer ', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN]) {
    const post = postV2(recorder.url, { authorization: token });
    expect(await post.headers).toMatchObject({ ':status': 401, 'kubereel-code': 'unauthorized' });
    await post.ended;
    expect(post.text).not.toContain(TOKEN);
  }
  const headers = { Authorization: `Bearer ${TOKEN}` };
  expect((await askHttp1(`${recorder.url}/healthz`, { headers })).body.toString()).toBe('ok\n');
  expect(await postV2(recorder.url, { authorization: `Bearer ${TOKEN}` }).status).toBe(200);
});

test('a refused client that goes on sending gets to read why', async () => {
  const recorder = await startTestRecorder({ access: { kind: 'token', token: TOKEN } });
  const answer = await askHttp1(`${recorder.url}/record`, { method: 'POST', body: makeCast(3_000_000) });
  expect(answer.status).toBe(401);
});

test('no page of a browser gets in, nor a name that somebody’s DNS leads here', async () => {
  const loopback = { kind: 'loopback' } as const;
  const refused = { code: 'forbidden' };
  const door =
    (host: string | undefined, headers: Record<string, string> = {}) =>
    () =>
      checkDoor(loopback, { headers, host });
  for (const host of ['127.0.0.1:80', 'localhost:9', '[::1]:9', '127.9.9.9', 'LOCALHOST'])
    expect(door(host)).not.toThrow();
  for (const host of [
    'evil.example:80',
    '10.0.0.1',
    undefined,
    '',
    '127.0.0.1.evil.example',
    '[::2]',
    'a b',
  ]) {
    expect(door(host)).toThrow(expect.objectContaining(refused));
  }
  const own = '127.0.0.1:80';
  expect(door(own, { origin: 'http://127.0.0.1:80' })).toThrow(expect.objectContaining(refused));
  expect(door(own, { 'sec-fetch-site': 'cross-site' })).toThrow(expect.objectContaining(refused));
  expect(door(own, { 'sec-fetch-site': 'none' })).not.toThrow();
  const recorder = await startTestRecorder();
  const post = postV2(recorder.url, { origin: 'https://evil.example' });
  expect(await post.status).toBe(403);
});

test('without a token or certificates only this machine’s own addresses are listened on', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    await expect(startTestRecorder({ host })).rejects.toMatchObject({
      code: 'bad-input',
      hint: expect.stringContaining('--token-file'),
    });
  }
  const recorder = await startTestRecorder({ host: '0.0.0.0', access: { kind: 'token', token: TOKEN } });
  await expect(startTestRecorder({ port: recorder.port })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('EADDRINUSE'),
  });
});

test('HTTP/2 and HTTP/1.1 are told apart wherever the first bytes are cut', async () => {
  const recorder = await startTestRecorder();
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
  const get =
    'POST /v2/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
  for (let cut = 1; cut < 20; cut += 1) {
    const first = open(recorder.port, get.slice(0, cut));
    const second = connectTcp(recorder.port, '127.0.0.1');
    onTestFinished(() => void second.destroy());
    second.setNoDelay(true);
    second.write(preface.slice(0, cut), 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
    first.write(get.slice(cut));
    second.write(preface.slice(cut), 'latin1');
    expect(await first.answer).toMatch(/^HTTP\/1\.1 404 /);
    const [bytes] = (await once(second, 'data')) as [Buffer];
    // A SETTINGS frame.
    expect(bytes[3]).toBe(4);
  }
});

test('a connection that says nothing, or never ends its request’s head, is closed', async () => {
  const recorder = await startTestRecorder({ limits: { quietConnectionMs: 50 } });
  for (const text of ['', 'PRI', 'POST /record HTTP/1.1\r\nHost:', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
    await open(recorder.port, text).answer;
  }
  // On a busy machine a connection may be quiet for that long before it has made its request.
  const post = await until(async () => {
    const tried = postV2(recorder.url);
    const status = await Promise.race([tried.status, tried.ended]).catch(() => {});
    return status === 200 && tried;
  });
  await until(() => post.frames.length > 12);
  expect(post.stream.destroyed).toBe(false);
});

test('headers beyond their limit are taken by neither', async () => {
  const recorder = await startTestRecorder();
  const headers = { 'x-long': 'x'.repeat(70_000) };
  // The answer is 431; a client that still sends may find the connection reset instead.
  const status = await askHttp1(`${recorder.url}/healthz`, { headers }).then(
    (answer) => answer.status,
    () => 431,
  );
  expect(status).toBe(431);
  await expect(postV2(recorder.url, headers).status).rejects.toThrow();
});

test('TLS: both protocols behind one port, chosen by ALPN', async () => {
  const authority = await createTestAuthority();
  const own = await authority.issue({ commonName: 'recorder', names: ['127.0.0.1'] });
  const recorder = await startTestRecorder({ tls: own });
  expect(recorder.url).toMatch(/^https:/);
  const post = postV2(recorder.url, { 'kubereel-recording': '1' }, { ca: authority.certificate });
  expect(post.session.alpnProtocol ?? 'h2').toBe('h2');
  post.stream.end(makeCast());
  await post.ended;
  expect(post.frames.at(-1)).toMatchObject({ stored: { id: '1' } });
  const asked = request(`${recorder.url}/healthz`, { ca: authority.certificate, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  expect(response.statusCode).toBe(200);
  expect(
    await askHttp1(recorder.url.replace('https', 'http')).catch((error: unknown) => error),
  ).toBeInstanceOf(Error);
});

test('mTLS: only a client whose certificate the authority signed gets in, and its name is kept', async () => {
  const [authority, stranger] = await Promise.all([createTestAuthority('a'), createTestAuthority('b')]);
  const own = await authority.issue({ commonName: 'recorder', names: ['127.0.0.1'] });
  const client = await authority.issue({ commonName: 'laptop-7' });
  const other = await stranger.issue({ commonName: 'laptop-8' });
  const recorder = await startTestRecorder({
    tls: { ...own, clientAuthority: authority.certificate },
    access: { kind: 'certificate' },
  });
  const ca = authority.certificate;
  const post = postV2(
    recorder.url,
    { 'kubereel-recording': '1' },
    { ca, cert: client.certificate, key: client.privateKey },
  );
  post.stream.end(makeCast());
  await post.ended;
  expect(JSON.parse((await recorder.read('recordings/1.json')).toString())).toMatchObject({
    from: '127.0.0.1 (laptop-7)',
  });
  for (const credentials of [{}, { cert: other.certificate, key: other.privateKey }]) {
    const socket = connectTls({
      port: recorder.port,
      host: '127.0.0.1',
      ca,
      ALPNProtocols: ['h2'],
      ...credentials,
    });
    const failure = new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
    socket.on('secureConnect', () => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    await failure;
  }
});

test('a certificate that is none is told before anything is listened on', async () => {
  const tls = { certificate: 'no PEM', privateKey: 'no PEM' };
  await expect(startTestRecorder({ tls })).rejects.toMatchObject({ code: 'bad-input' });
});

test('metrics are in Prometheus’ format and count what was done', async () => {
  const recorder = await startTestRecorder();
  const post = postV2(recorder.url);
  post.stream.end(makeCast());
  await post.ended;
  await askHttp1(`${recorder.url}/nothing`);
  const answer = await askHttp1(`${recorder.url}/metrics`);
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = answer.body.toString();
  expect(text).toContain('kubereel_recorder_deliveries_total{protocol="v2",outcome="new"} 1\n');
  expect(text).toContain(`kubereel_recorder_received_bytes_total ${makeCast().length}\n`);
  expect(text).toContain('kubereel_recorder_refused_requests_total{code="not-found"} 1\n');
  expect(text).toMatch(/^kubereel_recorder_free_bytes \d+/m);
});
