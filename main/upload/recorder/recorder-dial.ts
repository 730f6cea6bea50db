import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import type { RecorderEndpoint } from './recorder-endpoint.ts';
import { recorderError, toUnreachedError } from './recorder-error.ts';
import { runStep } from './recorder-step.ts';

/** What every way to a recorder needs. */
export interface RecorderNeeds {
  readonly clock: Clock;
  /** Product and version, as the HTTP header has it. */
  readonly userAgent: string;
  /** Others than `RECORDER_LIMITS`, for tests. */
  readonly limits?: Partial<RecorderLimits>;
}

/** Milliseconds that each step may take. No two share one, so that a silent step takes nothing from the next recorder. */
export interface RecorderLimits {
  /** A TCP connection; its name is looked up within the same time. */
  readonly dialMs: number;
  readonly tlsMs: number;
  /** HEAD, which asks whether the recorder speaks a protocol. */
  readonly probeMs: number;
  /** The answer's head, or `100 Continue`, that lets a recording begin. */
  readonly firstAnswerMs: number;
  /** Without any acknowledgement frame, as tsrecorder's clients have it (sessionrecording/connect.go). */
  readonly ackMs: number;
  /** Without a byte acknowledged, or taken where none are, while some wait: it is stuck or does not tell the truth. */
  readonly progressMs: number;
  /**
   * The final answer, after everything was sent and, where it is, acknowledged. For a slow recorder the kernel may still
   * hold megabytes then, and a store may take its time.
   */
  readonly finalAnswerMs: number;
}

export const RECORDER_LIMITS: RecorderLimits = {
  dialMs: 5_000,
  tlsMs: 10_000,
  probeMs: 10_000,
  firstAnswerMs: 10_000,
  ackMs: 30_000,
  progressMs: 60_000,
  finalAnswerMs: 300_000,
};

export interface DialOptions {
  readonly signal: AbortSignal;
  /** In the order of preference; over TLS only. */
  readonly protocols: readonly ('h2' | 'http/1.1')[];
}

export interface RecorderSocket {
  readonly socket: Socket;
  /** What both sides agreed on over TLS; undefined where they did not, or could not. */
  readonly protocol: string | undefined;
}

/** A peer that vanished without a word is noticed after a few of these, also where nothing is sent. */
const KEEP_ALIVE_MS = 15_000;

/** Connects, TLS included. Rejects with `recorder-unreachable`, `recorder-untrusted`, `recorder-unfit` or `recorder-refused`. */
export async function dialRecorder(
  { clock, limits }: RecorderNeeds,
  recorder: RecorderAddress,
  endpoint: RecorderEndpoint,
  { signal, protocols }: DialOptions,
): Promise<RecorderSocket> {
  const { dialMs, tlsMs } = { ...RECORDER_LIMITS, ...limits };
  const late = (what: string, ms: number) => () =>
    recorderError('recorder-unreachable', recorder, `${what} within ${ms / 1_000} s`);
  const dialled = { clock, ms: dialMs, late: late('could not be connected to', dialMs) };
  const socket = await runStep(dialled, { signal }, (options) => dialTcp(recorder, endpoint, options));
  if (!endpoint.secureContext) return { socket, protocol: undefined };
  const shaken = { clock, ms: tlsMs, late: late('did not answer the TLS handshake', tlsMs) };
  try {
    const secured = await runStep(shaken, { signal }, (options) =>
      dialTls(recorder, endpoint, socket, { ...options, protocols }),
    );
    return { socket: secured, protocol: secured.alpnProtocol || undefined };
  } catch (error) {
    destroyQuietly(socket);
    throw error;
  }
}

async function dialTcp(
  recorder: RecorderAddress,
  { host, port }: RecorderEndpoint,
  { signal }: Pick<DialOptions, 'signal'>,
): Promise<Socket> {
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    destroyQuietly(socket);
    signal.throwIfAborted();
    throw toUnreachedError(recorder, error);
  }
}

async function dialTls(
  recorder: RecorderAddress,
  { host, secureContext }: RecorderEndpoint,
  socket: Socket,
  { signal, protocols }: DialOptions,
): Promise<TLSSocket> {
  const secured = connectTls({
    socket,
    host,
    ...nameServer(host),
    secureContext,
    ALPNProtocols: [...protocols],
  });
  try {
    await Promise.race([once(secured, 'secureConnect', { signal }), rejectOnClose(secured)]);
    return secured;
  } catch (error) {
    destroyQuietly(secured);
    signal.throwIfAborted();
    throw toUnreachedError(recorder, error);
  }
}

/** An address is no name: TLS knows none to ask for. */
function nameServer(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

/** A plain socket that is closed does not always make an error of its TLS. */
function rejectOnClose(socket: TLSSocket): Promise<never> {
  const closed = new Promise<never>((_resolve, reject) => {
    socket.once('close', () => reject(new Error('the connection was closed during the TLS handshake')));
  });
  closed.catch(() => {});
  return closed;
}

/** What it fails with from now on is nobody's concern. */
export function destroyQuietly(socket: Socket): void {
  socket.on('error', () => {});
  socket.destroy();
}
