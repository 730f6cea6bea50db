// covers: main/upload/asciinema/asciinema-api.ts
// covers: main/upload/http/http1-ask.ts
// covers: main/upload/http/http1-upload.ts
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createAsciinemaClient } from '../../../../main/upload/asciinema/asciinema-server.ts';
import type { DeliverySubject, RecorderReceipt } from '../../../../main/upload/recorder/recorder-client.ts';
import { isPassing, wishedDelayMs } from '../../../../main/upload/recorder/recorder-error.ts';
import { startForeignAsciinema } from '../../../fakes/foreign-asciinema.ts';
import { createRecorderNeeds, SUBJECT, writeCast, writeToken } from '../../../fakes/recorder-client.ts';

const { signal } = new AbortController();

async function deliver(
  url: string,
  subject: Partial<DeliverySubject> = {},
  { outputBytes = 10_000, limits = {} } = {},
): Promise<RecorderReceipt & { readonly warning?: string | undefined }> {
  const path = subject.path ?? (await writeCast(outputBytes));
  const tokenFile = await writeToken();
  const client = createAsciinemaClient(createRecorderNeeds(limits), { kind: 'asciinema', url, tokenFile });
  const upload = await client.open({ ...SUBJECT, path, ...subject }, { signal });
  await upload.write(await readFile(path));
  return { ...(await upload.finish()), warning: upload.warning };
}

test('a recording is uploaded as the part `file`, whole, and its address and words are kept', async () => {
  const server = await startForeignAsciinema();
  const path = await writeCast(300_000);
  const receipt = await deliver(server.url, { path });
  expect(receipt).toEqual({
    bytes: (await readFile(path)).length,
    url: 'http://casts.example/a/1',
    message: 'View the recording at: http://casts.example/a/1',
  });
  expect(server.uploads).toMatchObject([
    {
      fileName: '20260102-030405-abcdef.cast',
      fields: { title: 'web-0 in shop', description: 'Kubereel recording 20260102-030405-abcdef' },
    },
  ]);
  expect(server.uploads[0]?.bytes.equals(await readFile(path))).toBe(true);
  expect(server.requests[0]?.headers).toMatchObject({
    accept: 'application/json',
    'user-agent': 'kubereel/1.2.3',
  });
});

test('what may have arrived before is labelled', async () => {
  const server = await startForeignAsciinema();
  await deliver(server.url, { isRepeated: true });
  expect(server.uploads[0]?.fields['description']).toBe(
    'Kubereel recording 20260102-030405-abcdef, delivered again: it may have arrived before',
  );
});

test('a title that has line ends stands in one part', async () => {
  const server = await startForeignAsciinema();
  await deliver(server.url, { title: 'a\r\n--b\r\nc"' });
  expect(server.uploads[0]?.fields['title']).toBe('a --b c"');
});

test.for([
  [
    401,
    { type: 'unauthenticated' },
    'recorder-refused',
    'does not let us in (401: unauthenticated)',
    'install id',
  ],
  [401, { type: 'account_required' }, 'recorder-refused', '(401: account_required)', 'registered users only'],
  [
    403,
    { type: 'upload_limit_reached' },
    'recorder-refused',
    '(403: upload_limit_reached)',
    'asciinema auth',
  ],
  [
    413,
    { type: 'content_too_large', message: 'over 8 MB' },
    'recorder-refused',
    '(413: over 8 MB)',
    'UPLOAD_SIZE_LIMIT',
  ],
  [
    422,
    { type: 'validation_failed', message: 'no events' },
    'recorder-refused',
    '(422: no events)',
    undefined,
  ],
  [429, 'Too Many Requests', 'recorder-failed', '(429: Too Many Requests)', undefined],
  [503, '<h1>Bad gateway</h1>', 'recorder-failed', '(503: <h1>Bad gateway</h1>)', undefined],
  [301, '', 'recorder-unfit', 'sends us elsewhere (301)', 'url in the policy'],
] as const)('%s %j', async ([status, body, code, words, hint]) => {
  for (const refusesEarly of [false, true]) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const server = await startForeignAsciinema({ refusal: { status, body: text }, refusesEarly });
    await expect(deliver(server.url)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
      hint: hint === undefined ? undefined : expect.stringContaining(hint),
    });
  }
});

test('when to come again is told by the server', async () => {
  const inAMinute = String(Math.floor(Date.now() / 1_000) + 60);
  for (const headers of [{ 'x-ratelimit-reset': inAMinute }, { 'retry-after': '60' }]) {
    const server = await startForeignAsciinema({ refusal: { status: 429, headers: { ...headers } } });
    const error = await deliver(server.url).catch((thrown: unknown) => thrown);
    expect(isPassing(error as never)).toBe(true);
    expect(wishedDelayMs(error as never)).toBeGreaterThan(10_000);
    expect(wishedDelayMs(error as never)).toBeLessThanOrEqual(60_000);
  }
});

test('what the server would refuse is not sent', async () => {
  const server = await startForeignAsciinema();
  const path = await writeCast(1_000, { width: 721 });
  await expect(deliver(server.url, { path })).rejects.toMatchObject({ code: 'recorder-refused' });
  expect(server.requests).toEqual([]);
});

test('more than 8 MB is sent all the same, with a warning', async () => {
  const server = await startForeignAsciinema({ limitBytes: 100_000_000 });
  const receipt = await deliver(server.url, {}, { outputBytes: 8_100_000 });
  expect(receipt).toMatchObject({
    url: 'http://casts.example/a/1',
    warning: expect.stringContaining('8000000'),
  });
});

test('a recording that has not ended is not for this server', async () => {
  const server = await startForeignAsciinema();
  const tokenFile = await writeToken();
  const client = createAsciinemaClient(createRecorderNeeds(), {
    kind: 'asciinema',
    url: server.url,
    tokenFile,
  });
  await expect(client.open(SUBJECT, { signal })).rejects.toMatchObject({ code: 'recorder-unfit' });
});

test.for([undefined, 'no uuid', '0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9'])(
  '%s is no install id',
  async (token) => {
    const server = await startForeignAsciinema();
    const tokenFile = token === undefined ? {} : { tokenFile: await writeToken(token) };
    const client = createAsciinemaClient(createRecorderNeeds(), {
      kind: 'asciinema',
      url: server.url,
      ...tokenFile,
    });
    await expect(client.check({ signal })).rejects.toMatchObject({ code: 'recorder-unusable' });
    expect(server.requests).toEqual([]);
  },
);

test('a check asks whether a server is there, and uploads nothing', async () => {
  const server = await startForeignAsciinema();
  const address = { kind: 'asciinema', url: server.url, tokenFile: await writeToken() } as const;
  const client = createAsciinemaClient(createRecorderNeeds(), address);
  await client.check({ signal });
  expect(server.uploads).toEqual([]);
  server.behaviour.refusal = { status: 503 };
  await expect(client.check({ signal })).rejects.toMatchObject({ code: 'recorder-failed' });
  server.behaviour.isSilent = true;
  const impatient = createAsciinemaClient(createRecorderNeeds({ firstAnswerMs: 200 }), address);
  await expect(impatient.check({ signal })).rejects.toMatchObject({
    code: 'recorder-unreachable',
    message: expect.stringContaining('did not answer within 0.2 s'),
  });
});

test('a server that never answers what it was sent is given up', async () => {
  const server = await startForeignAsciinema({ isSilent: true });
  await expect(deliver(server.url, {}, { limits: { finalAnswerMs: 200 } })).rejects.toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('did not say that it has all of it for 0.2 s'),
  });
});

test('words and addresses that are none are left out of the receipt', async () => {
  const server = await startForeignAsciinema({
    refusal: { status: 201, body: JSON.stringify({ url: 'javascript:alert(1)', message: 7 }) },
  });
  const receipt = await deliver(server.url);
  expect(receipt).toEqual({ bytes: receipt.bytes, warning: undefined });
});
