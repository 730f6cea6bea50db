import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createRecorderClient } from '../../main/upload/create-recorder-client.ts';
import type { RecorderReceipt, RecorderUpload } from '../../main/upload/recorder/recorder-client.ts';
import { catWithAsciinema, hasAsciinema } from '../fakes/asciinema-cli.ts';
import { makeCastFolder, readOutput } from '../fakes/cast-folder.ts';
import { createPlayerAlisHandler } from '../fakes/foreign-alis.ts';
import { type ForeignAsciinema, startForeignAsciinema } from '../fakes/foreign-asciinema.ts';
import { createRecorderNeeds, SUBJECT, writeToken } from '../fakes/recorder-client.ts';
import { recordSession } from '../fakes/recordings.ts';
import { until } from '../fakes/until.ts';

/** An asciinema server, as its own command talks to it. */
const { signal } = new AbortController();

async function open(
  kind: 'asciinema' | 'alis',
  server: ForeignAsciinema,
  path?: string,
): Promise<RecorderUpload> {
  const client = createRecorderClient(createRecorderNeeds(), {
    kind,
    url: server.url,
    tokenFile: await writeToken(),
  });
  return client.open({ ...SUBJECT, ...(path !== undefined && { path }) }, { signal });
}

async function upload(server: ForeignAsciinema, path: string): Promise<RecorderReceipt> {
  const opened = await open('asciinema', server, path);
  await opened.write(await readFile(path));
  return opened.finish();
}

async function write(bytes: string | Uint8Array): Promise<string> {
  const path = join(await makeCastFolder(), 'a.cast');
  await writeFile(path, bytes);
  return path;
}

test('201: a recording of ours is taken as it is, and its address and message are kept', async () => {
  const server = await startForeignAsciinema();
  const { path } = await recordSession(await makeCastFolder(), {});
  expect(await upload(server, path)).toMatchObject({
    url: 'http://casts.example/a/1',
    message: 'View the recording at: http://casts.example/a/1',
  });
  expect(server.uploads[0]?.bytes.equals(await readFile(path))).toBe(true);
});

test.skipIf(!hasAsciinema)('what arrived is a recording to asciinema', async () => {
  const server = await startForeignAsciinema();
  const { path } = await recordSession(await makeCastFolder(), {});
  await upload(server, path);
  const arrived = await write(server.uploads[0]?.bytes ?? '');
  expect(await catWithAsciinema(arrived)).toBe(await readOutput(path));
});

test('field `file`, and Basic with the install id and no name', async () => {
  const server = await startForeignAsciinema();
  const { path } = await recordSession(await makeCastFolder(), {});
  await upload(server, path);
  const [{ headers, body } = { headers: {}, body: '' }] = server.requests;
  expect(headers.authorization).toBe(
    `Basic ${Buffer.from(':0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9').toString('base64')}`,
  );
  expect(body).toContain(
    'Content-Disposition: form-data; name="file"; filename="20260102-030405-abcdef.cast"',
  );
});

test.for([
  [401, { type: 'unauthenticated', message: 'unknown install id' }],
  [403, { type: 'upload_limit_reached', message: 'ten are enough' }],
  [413, { type: 'content_too_large', message: 'more than 8 MB' }],
  [422, { type: 'validation_failed', message: 'This recording has no events' }],
  [429, { message: 'Too Many Requests' }],
] as const)('%s is shown with the server’s text: %j', async ([status, body]) => {
  const server = await startForeignAsciinema({ refusal: { status, body: JSON.stringify(body) } });
  const { path } = await recordSession(await makeCastFolder(), {});
  await expect(upload(server, path)).rejects.toMatchObject({
    code: status === 429 ? 'recorder-failed' : 'recorder-refused',
    message: expect.stringContaining(`${status}: ${body.message}`),
  });
});

const HEADER = '{"version":2,"width":80,"height":24}';
const EVENT = '[1,"o","a"]\n';

test.for([
  ['compressed', gzipSync(`${HEADER}\n${EVENT}`)],
  ['torn', `${HEADER}\n${EVENT}[2,"o","b`],
  ['0x0', `{"version":2,"width":0,"height":0}\n${EVENT}`],
  ['721 columns', `{"version":2,"width":721,"height":24}\n${EVENT}`],
  ['an environment in lower case', `{"version":2,"width":80,"height":24,"env":{"term":"xterm"}}\n${EVENT}`],
] as const)('%s: refused before anything is sent, as the server would', async ([, bytes]) => {
  const server = await startForeignAsciinema();
  const path = await write(bytes);
  await expect(open('asciinema', server, path)).rejects.toMatchObject({
    code: 'recorder-refused',
    message: expect.stringContaining('an asciinema server would refuse the recording'),
  });
  expect(server.requests).toEqual([]);
});

test('ALiS: 4004 stops with its message', async () => {
  const server = await startForeignAsciinema();
  const stream = await open('alis', server);
  await until(() => server.producers.length > 0);
  server.producers[0]?.close(4004, 'bandwidth exceeded');
  await until(() => stream.stopped.aborted);
  expect(stream.stopped.reason).toMatchObject({
    message: expect.stringContaining('4004: bandwidth exceeded'),
  });
});

test('ALiS: 1006 reconnects with a reset that carries the terminal', async () => {
  const server = await startForeignAsciinema();
  const stream = await open('alis', server);
  await stream.write(Buffer.from(`${HEADER}\n[1,"o","seen before"]\n`));
  await until(() => server.producers.length > 0);
  server.producers[0]?.drop();
  await until(() => (server.producers[1]?.frames.length ?? 0) > 1);
  await stream.finish();
  const handle = await createPlayerAlisHandler();
  const [, reset] = server.producers[1]?.frames.map(handle) ?? [];
  expect(reset).toMatchObject({ time: 1_000, term: { init: expect.stringContaining('seen before') } });
});

test('a recording of ours is, streamed live, what the player shows', async () => {
  const server = await startForeignAsciinema();
  const { path } = await recordSession(await makeCastFolder(), {});
  const stream = await open('alis', server);
  await stream.write(await readFile(path));
  await stream.finish();
  const handle = await createPlayerAlisHandler();
  const seen = server.producers[0]?.frames.map(handle) ?? [];
  const output = seen.flatMap((message) =>
    Array.isArray(message) && message[1] === 'o' ? [message[2]] : [],
  );
  expect(output.join('')).toBe(await readOutput(path));
});
