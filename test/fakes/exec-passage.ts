import { WebSocket } from 'ws';
import { createSystemClock } from '../../main/base/clock.ts';
import type { PolicyAnswer } from '../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../main/policy/strictest-answer.ts';
import { createExecDesk, type ExecDeskNeeds } from '../../main/proxy/command/exec-desk.ts';
import { type CastWriter, createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { type FakeApiBehaviour, startApiServer } from './api-server.ts';
import { makeCastFolder, readEvents, readSidecar } from './cast-folder.ts';
import { startExecDoor } from './exec-door.ts';
import { openTransport } from './kube-access.ts';
import { createLimitedDisk } from './limited-disk.ts';
import { noRecorders } from './scripted-recorders.ts';
import { until } from './until.ts';

export const EXEC_PATH = '/api/v1/namespaces/shop/pods/web-1/exec';

export interface PassageOptions extends FakeApiBehaviour {
  readonly policy?: Partial<PolicyAnswer>;
  readonly needs?: Partial<ExecDeskNeeds>;
}

const open: (() => Promise<void>)[] = [];

/** To be called after each test. */
export async function endPassages(): Promise<void> {
  await Promise.all(open.splice(0).map((end) => end()));
}

/** A cluster in the test's hands, the desk, and a door before it. */
export async function startPassage({ policy, needs = {}, ...behaviour }: PassageOptions) {
  const folder = await makeCastFolder();
  const disk = createLimitedDisk();
  const clock = needs.clock ?? createSystemClock();
  const writers: CastWriter[] = [];
  const server = await startApiServer(behaviour);
  const transport = openTransport(server.address);
  let lastId = 0;
  const desk = createExecDesk({
    clock,
    terms: {
      answerPolicy: async () => ({ ...DEFAULT_ANSWER, ...policy }),
      rehearseRecording: async () => {},
      connectRecorders: noRecorders,
    },
    transport: async () => transport,
    newSessionId: () => {
      lastId += 1;
      return `s${lastId}`;
    },
    async newCastWriter(details, size, { isRequired, planned }) {
      const recordingId = planned && { recordingId: planned.recordingId };
      const writer = await createCastWriter(
        { clock, folder, files: disk.files, isRequired },
        { details, size, ...recordingId },
      );
      writers.push(writer);
      return writer;
    },
    ...needs,
  });
  const door = await startExecDoor(desk);
  open.push(async () => {
    await server.close();
    await door.close();
    await desk.endAll();
  });

  return {
    folder,
    disk,
    clock,
    desk,
    door,
    server,
    writers,
    /** As `kubectl exec` over a WebSocket asks. */
    connect: (query = 'command=sh&stdin=true&stdout=true&stderr=true', path = EXEC_PATH) =>
      connectClient(`${door.address.replace('http', 'ws')}${path}?${query}`, ['v5.channel.k8s.io']),
    connectAs: (protocols: readonly string[]) =>
      connectClient(`${door.address.replace('http', 'ws')}${EXEC_PATH}?command=sh&stdout=true`, protocols),
    /** The only recording, closed. */
    async recorded() {
      await until(() => door.passed.length > 0);
      await Promise.all(door.passed);
      const path = writers[0]?.path ?? '';
      return { path, events: await readEvents(path), sidecar: await readSidecar(path) };
    },
  };
}

/** What a client of an API server does with a remote command, in the test's hands. */
export interface ExecClient {
  readonly socket: WebSocket;
  /** Once it is open. */
  send(channel: number, payload: string | Uint8Array): void;
  /** All that came on a channel so far. */
  text(channel: number): string;
  /** Messages in their order, as `channel:text`. */
  readonly heard: readonly string[];
  /** Rejects with the answer where that is no upgrade. */
  readonly opened: Promise<void>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
}

function connectClient(url: string, protocols: readonly string[]): ExecClient {
  const socket = new WebSocket(url, [...protocols], { headers: { 'user-agent': 'kubectl/v1.32.0 (test)' } });
  const heard: { readonly channel: number; readonly text: string }[] = [];
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  opened.promise.catch(() => {});
  socket.on('message', (data: Buffer) => {
    heard.push({ channel: data[0] ?? -1, text: data.subarray(1).toString('latin1') });
  });
  socket.once('open', () => opened.resolve());
  socket.once('close', (code: number) => closed.resolve(code));
  socket.on('error', (error) => opened.reject(error));
  socket.once('unexpected-response', async (_request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    opened.reject(new Error(`${response.statusCode} ${Buffer.concat(chunks)}`));
    socket.terminate();
  });
  return {
    socket,
    send: (channel, payload) => socket.send(Buffer.concat([Uint8Array.of(channel), Buffer.from(payload)])),
    text: (channel) =>
      heard
        .filter((message) => message.channel === channel)
        .map(({ text }) => text)
        .join(''),
    get heard() {
      return heard.map(({ channel, text }) => `${channel}:${text}`);
    },
    opened: opened.promise,
    closed: closed.promise,
  };
}
