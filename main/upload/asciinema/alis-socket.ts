import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Clock } from '../../base/clock.ts';
import type { AppError } from '../../base/errors.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { readHttp1Answer } from '../http/http1-exchange.ts';
import { type RecorderAnswer, toRefusal } from '../recorder/recorder-answer.ts';
import { dialRecorder, RECORDER_LIMITS, type RecorderNeeds } from '../recorder/recorder-dial.ts';
import type { RecorderEndpoint } from '../recorder/recorder-endpoint.ts';
import { recorderError, toUnreachedError } from '../recorder/recorder-error.ts';
import { runStep, untilAborted } from '../recorder/recorder-step.ts';

/** Where a producer sends its stream to. The path is a secret: it stands in no message. */
export interface ProducerPlace {
  readonly endpoint: RecorderEndpoint;
  readonly path: string;
}

/** One connection of a producer. Whatever is wrong with it closes it. */
export interface ProducerSocket {
  /** Resolves when all of it was taken by the network; never where the connection is lost before: see `closed`. */
  send(messages: readonly Uint8Array[]): Promise<void>;
  /** How it was closed; 1006 where nobody said. Never rejects. */
  readonly closed: Promise<SocketEnd>;
  /** Says that the stream has ended, as asciinema does. */
  end(): void;
  terminate(): void;
}

export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** As asciinema 3 has them (src/stream.rs, src/forwarder.rs). */
const PING_MS = 15_000;
const PONG_MS = 10_000;
const SEND_MS = 10_000;
const NORMAL = 1000;
/** A server says nothing to producers but how it closes. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Rejects as `RecorderClient.open` does. */
export async function connectProducer(
  needs: RecorderNeeds,
  recorder: RecorderAddress,
  { endpoint, path }: ProducerPlace,
  { signal }: { readonly signal: AbortSignal },
): Promise<ProducerSocket> {
  const { clock, userAgent } = needs;
  const { firstAnswerMs: ms } = { ...RECORDER_LIMITS, ...needs.limits };
  const { socket } = await dialRecorder(needs, recorder, endpoint, { signal, protocols: ['http/1.1'] });
  const late = () =>
    recorderError('recorder-unreachable', recorder, `did not open a stream within ${ms / 1_000} s`);
  const webSocket = upgrade(
    socket,
    `${endpoint.isSecure ? 'wss' : 'ws'}://${endpoint.authority}${path}`,
    userAgent,
  );
  try {
    await runStep({ clock, ms, late }, { signal }, (step) =>
      untilAborted(step.signal, untilOpen(recorder, webSocket)),
    );
    return watchSocket(clock, webSocket);
  } catch (error) {
    webSocket.terminate();
    signal.throwIfAborted();
    throw toUnreachedError(recorder, error);
  }
}

function upgrade(socket: Socket, url: string, userAgent: string): WebSocket {
  const webSocket = new WebSocket(url, ['v1.alis'], {
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    headers: { 'user-agent': userAgent },
  });
  // Stays for its life: what is wrong is told by `close` as well.
  webSocket.on('error', () => {});
  return webSocket;
}

function toUnopened(recorder: RecorderAddress, answer: RecorderAnswer): AppError {
  // As asciinema-server says that it does not know the protocol.
  return answer.status === 400
    ? recorderError('recorder-unfit', recorder, 'takes no streams of ALiS version 1 (400)')
    : toRefusal(recorder, answer, undefined);
}

function untilOpen(recorder: RecorderAddress, webSocket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    webSocket.once('open', resolve);
    webSocket.once('error', (error) => {
      // ws, lib/websocket.js: the server chose another protocol, or none.
      if (!/subprotocol/.test(error.message)) return reject(error);
      return reject(recorderError('recorder-unfit', recorder, 'takes no streams of ALiS version 1'));
    });
    webSocket.once('unexpected-response', (_request, response: IncomingMessage) => {
      readHttp1Answer(response).then((answer) => reject(toUnopened(recorder, answer)), reject);
    });
  });
}

function watchSocket(clock: Pick<Clock, 'sleep'>, webSocket: WebSocket): ProducerSocket {
  const over = new AbortController();
  const closed = new Promise<SocketEnd>((resolve) => {
    webSocket.once('close', (code, reason) => {
      over.abort();
      resolve({ code, reason: reason.toString('utf8') });
    });
  });

  /** Ends the connection where that takes too long; `done` takes the time back. */
  function limit(ms: number): { done(): void } {
    const done = new AbortController();
    clock.sleep(ms, { signal: AbortSignal.any([over.signal, done.signal]) }).then(
      () => webSocket.terminate(),
      () => {},
    );
    return { done: () => done.abort() };
  }

  async function keepAlive(): Promise<void> {
    while (true) {
      await clock.sleep(PING_MS, { signal: over.signal });
      const answering = limit(PONG_MS);
      webSocket.once('pong', answering.done);
      webSocket.ping();
    }
  }
  // Ends with the connection.
  keepAlive().catch(() => {});

  return {
    closed,
    async send(messages) {
      const sending = limit(SEND_MS);
      const sent = messages.map(
        (message) => new Promise<void>((resolve) => webSocket.send(message, (error) => error ?? resolve())),
      );
      await Promise.race([Promise.all(sent), closed]);
      sending.done();
    },
    end() {
      limit(SEND_MS);
      webSocket.close(NORMAL, 'ended');
    },
    terminate: () => webSocket.terminate(),
  };
}
