import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { beforeAll, expect, test } from 'vitest';
import type { RecorderAddress } from '../../main/policy/policy.ts';
import { createRecorderClient } from '../../main/upload/create-recorder-client.ts';
import { connectFirst, type RecorderConnection } from '../../main/upload/recorder/recorder-connection.ts';
import type { RecorderLimits } from '../../main/upload/recorder/recorder-dial.ts';
import { formatApiRequestEvent, sendEvent } from '../../main/upload/recorder/recorder-event.ts';
import { startBlackHole } from '../fakes/black-hole.ts';
import { type ForeignRecorder, startForeignRecorder } from '../fakes/foreign-recorder.ts';
import { createRecorderNeeds, makeCast, SUBJECT, writeToken } from '../fakes/recorder-client.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../fakes/tls.ts';

/** Which recorder is reached, and what is told of those that were not. */
const { signal } = new AbortController();
let authority: TestAuthority;
let pair: KeyPair;

beforeAll(async () => {
  authority = await createTestAuthority();
  pair = await authority.issue({ commonName: 'recorder', names: ['127.0.0.1', 'localhost'] });
});

interface Tried extends Partial<RecorderAddress> {
  readonly url: string;
  /** Short for what never answers; what does may take its time on a machine that does other things as well. */
  readonly limits?: Partial<RecorderLimits>;
}

function connect(tried: readonly Tried[]): Promise<RecorderConnection> {
  const clients = tried.map(({ limits, url, tokenFile, caFile }) => {
    const files = { ...(tokenFile !== undefined && { tokenFile }), ...(caFile !== undefined && { caFile }) };
    return createRecorderClient(createRecorderNeeds(limits), { kind: 'tsrecorder', url, ...files });
  });
  return connectFirst(clients, SUBJECT, { signal });
}

/** Delivers a small cast to the recorder that was reached. */
async function deliver(connection: RecorderConnection): Promise<void> {
  if (connection.kind !== 'open') throw new Error(`none was reached: ${connection.attempts.map(String)}`);
  await connection.upload.write(makeCast(1_000));
  await connection.upload.finish();
}

async function findRefusedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

test.skipIf(process.platform !== 'linux')(
  '[black hole, refused, good]: the good one is used, and the others are listed in order with their reasons',
  async () => {
    const hole = await startBlackHole();
    const refused = await findRefusedUrl();
    const good = await startForeignRecorder();
    const connection = await connect([{ ...hole, limits: { dialMs: 300 } }, { url: refused }, good]);
    expect(connection.attempts.map(({ error }) => error.message)).toEqual([
      `the recorder at ${hole.url} could not be connected to within 0.3 s`,
      `the recorder at ${refused} cannot be reached: nothing listens there`,
    ]);
    await deliver(connection);
    expect(good.deliveries).toMatchObject([{ state: 'whole' }]);
  },
);

test.skipIf(process.platform !== 'linux')(
  'three black holes: a good fourth is reached all the same',
  async () => {
    const holes = await Promise.all([startBlackHole(), startBlackHole(), startBlackHole()]);
    const good = await startForeignRecorder();
    const connection = await connect([...holes.map((hole) => ({ ...hole, limits: { dialMs: 300 } })), good]);
    expect(connection.attempts.map(({ recorder }) => recorder.url)).toEqual(holes.map(({ url }) => url));
    await deliver(connection);
  },
);

test('three that take connections and say nothing: a good fourth is reached all the same', async () => {
  const silent = await Promise.all(
    (['connection', 'probe', 'post'] as const).map((silentAt) => startForeignRecorder({ silentAt })),
  );
  const good = await startForeignRecorder();
  const [first, second, third] = silent as [ForeignRecorder, ForeignRecorder, ForeignRecorder];
  const connection = await connect([
    { url: first.url, limits: { probeMs: 300 } },
    { url: second.url, limits: { probeMs: 300 } },
    { url: third.url, limits: { firstAnswerMs: 300 } },
    good,
  ]);
  expect(connection.attempts.map(({ error }) => error.message.replace(/^.*?\d did/, 'did'))).toEqual([
    'did not answer HEAD /v2/record within 0.3 s',
    'did not answer HEAD /v2/record within 0.3 s',
    'did not answer POST /v2/record within 0.3 s',
  ]);
  await deliver(connection);
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

test.skipIf(!hasIpv6)('[::1]:port, as tsrecorder writes addresses, and with http://', async () => {
  const recorder = await startForeignRecorder({}, { host: '::1' });
  for (const url of [recorder.address, recorder.url]) await deliver(await connect([{ url }]));
  expect(recorder.deliveries).toHaveLength(2);
});

test('ip:port, http://ip:port and a host name are all addresses', async () => {
  const recorder = await startForeignRecorder();
  const urls = [
    recorder.address,
    recorder.url,
    `localhost:${recorder.port}`,
    `http://localhost:${recorder.port}`,
  ];
  for (const url of urls) await deliver(await connect([{ url }]));
  expect(recorder.deliveries).toHaveLength(4);
});

test.for(['v2', 'v1'] as const)('%s over https, by address and by name', async (speaks) => {
  const tls = { cert: pair.certificate, key: pair.privateKey };
  const recorder = await startForeignRecorder({ speaks }, { tls });
  const caFile = await writeToken(authority.certificate);
  for (const host of ['127.0.0.1', 'localhost']) {
    await deliver(await connect([{ url: `https://${host}:${recorder.port}`, caFile }]));
  }
  expect(recorder.deliveries.map(({ protocol }) => protocol)).toEqual([speaks, speaks]);
});

test('a certificate that is not trusted is for people, not for later', async () => {
  const recorder = await startForeignRecorder({}, { tls: { cert: pair.certificate, key: pair.privateKey } });
  expect(await connect([recorder])).toMatchObject({
    kind: 'none',
    attempts: [{ error: { code: 'recorder-untrusted', hint: expect.stringContaining('caFile') } }],
  });
  expect(recorder.requests).toEqual([]);
});

test('http:// at a port of TLS: it closes without a word, and the hint says what that may be', async () => {
  const recorder = await startForeignRecorder({}, { tls: { cert: pair.certificate, key: pair.privateKey } });
  expect((await connect([{ url: `http://${recorder.address}` }])).attempts).toMatchObject([
    {
      error: {
        code: 'recorder-unreachable',
        message: expect.stringContaining('closed the connection without an answer'),
        hint: expect.stringContaining('https://'),
      },
    },
  ]);
});

test('a token is sent as a bearer’s, by both versions, and is in no error', async () => {
  const tokenFile = await writeToken('s3cret-token');
  for (const speaks of ['v2', 'v1'] as const) {
    const recorder = await startForeignRecorder({ speaks });
    await deliver(await connect([{ url: recorder.url, tokenFile }]));
    expect(recorder.deliveries[0]?.headers['authorization']).toBe('Bearer s3cret-token');
    recorder.behaviour.refusal = { status: 403, body: 'no token like s3cret-token' };
    const { attempts } = await connect([{ url: recorder.url, tokenFile }]);
    const [{ error } = { error: undefined }] = attempts;
    expect(error?.message).toContain('403: no token like •••');
    expect(JSON.stringify([error, error?.message, error?.hint, error?.detail])).not.toContain('s3cret');
  }
});

test('/v2/event: a base64 body, lists in queryParameters, and 404 to HEAD means that there are none', async () => {
  const event = {
    timestamp: 1,
    userAgent: 'kubectl',
    method: 'POST',
    uri: '/api/v1/pods?dryRun=All',
    body: Buffer.from('{"kind":"Pod"}'),
    info: { isResourceRequest: true, path: '/api/v1/pods', verb: 'create', parts: ['pods'] },
    source: { node: 'laptop', nodeId: 'n1', userId: 7, user: 'a@b.c' },
  };
  const recorder = await startForeignRecorder();
  const address = { kind: 'tsrecorder', url: recorder.url } as const;
  await sendEvent(createRecorderNeeds(), [address], event, { signal });
  expect(recorder.events).toEqual([JSON.parse(formatApiRequestEvent(event))]);
  expect(recorder.events).toMatchObject([
    { request: { body: 'eyJraW5kIjoiUG9kIn0=', queryParameters: { dryRun: ['All'] } } },
  ]);
  recorder.behaviour.takesEvents = false;
  expect(await sendEvent(createRecorderNeeds(), [address], event, { signal })).toMatchObject({
    recorder: undefined,
    attempts: [{ error: { code: 'recorder-unfit', message: expect.stringContaining('takes no events') } }],
  });
});
