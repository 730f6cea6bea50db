// covers: main/upload/asciinema/alis-socket.ts
// covers: main/upload/asciinema/alis-state.ts
// covers: main/upload/asciinema/cast-events.ts
import { setTimeout as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Clock, createSystemClock } from '../../../../main/base/clock.ts';
import { createAlisClient } from '../../../../main/upload/asciinema/alis-producer.ts';
import type { RecorderUpload } from '../../../../main/upload/recorder/recorder-client.ts';
import type { RecorderNeeds } from '../../../../main/upload/recorder/recorder-dial.ts';
import { drawScreen } from '../../../fakes/drawn-screen.ts';
import { createPlayerAlisHandler, type PlayerMessage } from '../../../fakes/foreign-alis.ts';
import {
  type ForeignAsciinema,
  type ProducerConnection,
  startForeignAsciinema,
} from '../../../fakes/foreign-asciinema.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { createRecorderNeeds, SUBJECT, writeToken } from '../../../fakes/recorder-client.ts';
import { until } from '../../../fakes/until.ts';

const { signal } = new AbortController();
/** Who dials again does so soon; limits of ten seconds and more are as long as ever. */
const system = createSystemClock();
const EAGER: Clock = {
  ...system,
  sleep: (ms, options) => system.sleep(ms < 10_000 ? ms / 50 : ms, options),
};
const HEADER = '{"version":2,"width":80,"height":24}\n';

async function open(
  server: ForeignAsciinema,
  needs: RecorderNeeds = { ...createRecorderNeeds(), clock: EAGER },
  subject = SUBJECT,
): Promise<RecorderUpload> {
  const tokenFile = await writeToken();
  return createAlisClient(needs, { kind: 'alis', url: server.url, tokenFile }).open(subject, { signal });
}

/** What the player makes of a connection's messages. */
async function play({ frames }: ProducerConnection): Promise<PlayerMessage[]> {
  const handle = await createPlayerAlisHandler();
  return frames.map(handle).slice(1);
}

async function connection(server: ForeignAsciinema, index: number): Promise<ProducerConnection> {
  await until(() => server.producers[index] !== undefined);
  return server.producers[index] as ProducerConnection;
}

const write = (upload: RecorderUpload, text: string): Promise<void> => upload.write(Buffer.from(text));

test('a cast is a stream that the player understands, and ends with its exit code', async () => {
  const server = await startForeignAsciinema();
  const upload = await open(server);
  await write(upload, `${HEADER}[0.5,"o","h\u00e9"]\n[0.75,"o","llo"]\n[1,"r","100x`);
  await write(upload, '30"]\n[1.25,"m","here"]\n[1.5,"i","q"]\n[2,"z",{}]\n[2.5,"x","137"]\n');
  const receipt = await upload.finish();
  expect(receipt).toEqual({ bytes: expect.any(Number), url: 'http://casts.example/s/public' });
  const producer = await connection(server, 0);
  expect(await play(producer)).toEqual([
    { time: 0, term: { size: { cols: 80, rows: 24 }, theme: undefined, init: undefined } },
    [500, 'o', 'hé'],
    [750, 'o', 'llo'],
    [1_000, 'r', { cols: 100, rows: 30 }],
    [1_250, 'm', { index: 0, time: 1.25, label: 'here' }],
    [1_500, 'i', 'q'],
    [2_500, 'x', { status: 137 }],
  ]);
  await until(() => producer.closed !== undefined);
  expect(producer.closed).toEqual({ code: 1000, reason: 'ended' });
  expect(server.requests[0]).toMatchObject({
    line: 'POST /api/v1/streams',
    body: '{"title":"web-0 in shop","live":true}',
  });
});

test('a cast whose header has another size than was expected is resized at once', async () => {
  const server = await startForeignAsciinema();
  const upload = await open(server);
  await write(upload, '{"version":2,"width":120,"height":40}\n[1,"o","a"]\n');
  await upload.finish();
  expect((await play(await connection(server, 0)))[1]).toEqual([0, 'r', { cols: 120, rows: 40 }]);
});

test.for([
  [4002, 'gave the stream to another producer'],
  [4003, 'takes no terminal of this size'],
  [4004, 'came faster than the server allows'],
  [4005, 'could not read the stream'],
  [4040, 'no longer knows the stream'],
  [4077, 'stopped the stream'],
  [1000, 'ended the stream'],
] as const)('%s stops with its words', async ([code, words]) => {
  const server = await startForeignAsciinema();
  const upload = await open(server);
  await write(upload, HEADER);
  (await connection(server, 0)).close(code, 'as it is');
  await until(() => upload.stopped.aborted);
  expect(upload.stopped.reason).toMatchObject({
    code: 'recorder-refused',
    message: expect.stringContaining(words),
  });
  expect(upload.stopped.reason.message).toContain(`(${code}: as it is)`);
  await expect(write(upload, '[1,"o","a"]\n')).rejects.toMatchObject({ code: 'recorder-refused' });
  await expect(upload.finish()).rejects.toMatchObject({ code: 'recorder-refused' });
  expect(server.producers).toHaveLength(1);
});

test.for(['drop', 4101, 1011, 1001] as const)(
  '%s reconnects, and begins with the terminal as it is by then',
  async (how) => {
    const server = await startForeignAsciinema();
    const upload = await open(server);
    await write(upload, `${HEADER}[1,"o","\\u001b[31mred\\r\\n"]\n`);
    const first = await connection(server, 0);
    await until(() => first.frames.length === 3);
    if (how === 'drop') first.drop();
    else first.close(how);
    await write(upload, '[2,"o","meanwhile"]\n');
    const second = await connection(server, 1);
    await until(() => second.frames.length >= 2);
    await write(upload, '[3,"o"," after"]\n');
    await upload.finish();
    const [reset, ...rest] = await play(second);
    const { time, term } = reset as { time: number; term: { size: unknown; init: string } };
    expect([1_000, 2_000]).toContain(time);
    expect(term.size).toEqual({ cols: 80, rows: 24 });
    const later = rest.map((message) => (message as readonly [number, string, string])[2]);
    expect(await drawScreen([term.init, ...later])).toEqual(
      await drawScreen(['\u001b[31mred\r\n', 'meanwhile', ' after']),
    );
    expect(rest.at(-1)).toEqual([3_000, 'o', ' after']);
  },
);

test('within an escape sequence no terminal is sent: its end would be printed', async () => {
  const server = await startForeignAsciinema();
  const upload = await open(server);
  await write(upload, `${HEADER}[1,"o","a\\u001b[3"]\n`);
  (await connection(server, 0)).drop();
  const second = await connection(server, 1);
  await write(upload, '[2,"o","1mb"]\n');
  await until(() => second.frames.length === 2);
  const [reset] = await play(second);
  expect(reset).toMatchObject({ time: 2_000 });
  const { init } = (reset as { term: { init: string } }).term;
  expect(await drawScreen([init])).toEqual(await drawScreen(['a\u001b[31mb']));
  await upload.finish();
});

test('that the connection was lost stands in the receipt', async () => {
  const server = await startForeignAsciinema();
  const upload = await open(server);
  (await connection(server, 0)).drop();
  await until(async () => (await connection(server, 1)).frames.length === 2);
  expect(await upload.finish()).toMatchObject({
    message: expect.stringContaining('the connection was lost once'),
  });
});

test('a stream that ends while its connection is away ends on the next one', async () => {
  const server = await startForeignAsciinema();
  const upload = await open(server);
  await write(upload, `${HEADER}[1,"o","a"]\n`);
  (await connection(server, 0)).drop();
  await write(upload, '[2,"x","0"]\n');
  await upload.finish();
  const second = await connection(server, 1);
  await until(() => second.closed !== undefined);
  expect(second.closed?.code).toBe(1000);
});

test('a server that is away for too long loses the stream', async () => {
  const server = await startForeignAsciinema();
  const upload = await open(server, { ...createRecorderNeeds({ progressMs: 200 }), clock: EAGER });
  server.behaviour.producerRefusal = 503;
  (await connection(server, 0)).drop();
  await until(() => upload.stopped.aborted);
  expect(upload.stopped.reason).toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('was not there again within 0.2 s'),
  });
});

test('a server that does not let the producer in again ends the stream', async () => {
  const server = await startForeignAsciinema();
  const upload = await open(server);
  server.behaviour.producerRefusal = 404;
  (await connection(server, 0)).drop();
  await until(() => upload.stopped.aborted);
  expect(upload.stopped.reason).toMatchObject({ code: 'recorder-unfit' });
});

/** The clock that is turned is not that of the network. */
const NEVER_MS = 1e9;
const PATIENT = createRecorderNeeds({ dialMs: NEVER_MS, firstAnswerMs: NEVER_MS, progressMs: NEVER_MS });

/** Turns the clock until something has happened that waits for it. */
async function advanceUntil(clock: ManualClock, check: () => boolean): Promise<void> {
  while (!check()) {
    await clock.advance(200);
    await turn(1);
  }
}

test('a server that no longer answers pings is dialled again', async () => {
  const server = await startForeignAsciinema();
  const clock = createManualClock();
  const upload = await open(server, { ...PATIENT, clock });
  (await connection(server, 0)).fallSilent();
  await advanceUntil(clock, () => server.producers.length > 1);
  expect(upload.stopped.aborted).toBe(false);
  upload.cancel();
});

test('a server that no longer reads is dialled again, and what waits is not kept for it', async () => {
  const server = await startForeignAsciinema({ isStalled: true });
  const clock = createManualClock();
  const upload = await open(server, { ...PATIENT, clock });
  const line = `[1,"o","${'x'.repeat(60_000)}"]\n`;
  let isDone = false;
  const writing = (async () => {
    await write(upload, HEADER);
    for (let count = 0; count < 300; count += 1) await write(upload, line);
    isDone = true;
  })();
  server.behaviour.isStalled = false;
  await advanceUntil(clock, () => isDone);
  await writing;
  await until(() => server.producers.length > 1);
  upload.cancel();
});

test('what the server says of streams is told in its words', async () => {
  const limit = JSON.stringify({ type: 'live_stream_limit_reached', message: 'one at a time' });
  const limited = await startForeignAsciinema({ refusal: { status: 422, body: limit } });
  await expect(open(limited)).rejects.toMatchObject({
    code: 'recorder-refused',
    message: expect.stringContaining('(422: one at a time)'),
    hint: expect.stringContaining('End another live stream'),
  });
  const disabled = await startForeignAsciinema({ refusal: { status: 403, body: 'streaming disabled' } });
  await expect(open(disabled)).rejects.toMatchObject({
    message: expect.stringContaining('streaming disabled'),
  });
});

test.for([{ producerRefusal: 400 }, { producerProtocol: undefined }])(
  'a server without ALiS is not one for streams: %j',
  async (behaviour) => {
    const server = await startForeignAsciinema(behaviour);
    await expect(open(server)).rejects.toMatchObject({
      code: 'recorder-unfit',
      message: expect.stringContaining('takes no streams of ALiS version 1'),
    });
  },
);

test.for(['{}', 'none', '{"ws_producer_url":"http://a/"}', '{"ws_producer_url":7}'])(
  'an answer that names no WebSocket: %s',
  async (body) => {
    const server = await startForeignAsciinema({ refusal: { status: 200, body } });
    await expect(open(server)).rejects.toMatchObject({
      message: expect.stringContaining('did not say where its stream is to be sent to'),
    });
  },
);

test('the producer’s address is a secret and stands in no message', async () => {
  const server = await startForeignAsciinema({ producerRefusal: 500 });
  const error = await open(server).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'recorder-failed' });
  expect(JSON.stringify([String(error), (error as { detail?: string }).detail])).not.toContain(
    'producer-token',
  );
});

test('a terminal that no stream may have is refused before a stream is made', async () => {
  const server = await startForeignAsciinema();
  const opening = open(server, createRecorderNeeds(), { ...SUBJECT, size: { cols: 721, rows: 24 } });
  await expect(opening).rejects.toMatchObject({ message: expect.stringContaining('720×200') });
  expect(server.requests).toEqual([]);
});

test('a check asks whether this install id may have streams', async () => {
  const server = await startForeignAsciinema();
  const known = { kind: 'alis', url: server.url, tokenFile: await writeToken() } as const;
  await createAlisClient(createRecorderNeeds(), known).check({ signal });
  server.behaviour.installIds = [];
  await expect(createAlisClient(createRecorderNeeds(), known).check({ signal })).rejects.toMatchObject({
    code: 'recorder-refused',
    message: expect.stringContaining('401'),
  });
  expect(server.producers).toEqual([]);
});
