import type { WebSocket } from 'ws';
import { createBoundedQueue } from '../base/bounded-queue.ts';
import { AppError } from '../base/errors.ts';
import { type KubeTransport, UpgradeRefusal } from '../kube/transport.ts';
import {
  decodeMessage,
  encodeResize,
  encodeStdin,
  encodeStdinEnd,
  PROTOCOL_V5,
  PROTOCOLS,
} from './channel-protocol.ts';
import { toStatusError, toUpgradeError } from './exec-error.ts';
import { type ExecStatus, parseExecStatus } from './exec-status.ts';
import { execPath, execQuery } from './exec-url.ts';
import { keepAlive } from './keep-alive.ts';

/** What to run, and where. */
export interface ExecRequest {
  readonly kind: 'exec' | 'attach';
  readonly namespace: string;
  readonly pod: string;
  /** Empty: the server chooses. */
  readonly container: string;
  /** Empty for attach. */
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface OutputChunk {
  readonly channel: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

/** How a remote command ended. Decided by the server's status, after all output was delivered. */
export type ExecEnd =
  /** 0 to 255. */
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** The server says that it failed (no shell in the image, container not running, …). */
  | { readonly kind: 'failed'; readonly error: AppError }
  /** The connection went away without a status. */
  | { readonly kind: 'lost'; readonly error: AppError }
  /** We closed it. */
  | { readonly kind: 'closed' };

/** One open remote command. Nothing it does throws outside of the promises below. */
export interface ExecStream {
  readonly subprotocol: string;
  /**
   * Iterated once. While the reader waits, at most 256 KiB (plus what the socket had already read) are queued
   * and the socket is paused. Ends normally however the command ends; then `ended` is settled.
   */
  readonly output: AsyncIterable<OutputChunk>;
  /** Sends stdin in frames of at most 32 KiB; waits while the peer does not read. Rejects once ended. */
  write(bytes: Uint8Array): Promise<void>;
  /** Half-close of stdin: v5 only; on v4 rejects with `exec-refused`, since closing would lose the exit code. */
  closeInput(): Promise<void>;
  /** Sent at once; the same size twice is sent once. Ignored once ended. */
  resize(size: TerminalSize): void;
  /** Ends the remote command (tty: half-close or Ctrl-D, a grace of 1 s), then the socket. */
  close(): Promise<void>;
  /** Never rejects. Resolves even if `output` is not read to its end, once the socket is gone. */
  readonly ended: Promise<ExecEnd>;
}

/** At the high mark the socket is paused, so that the API server and then the program wait for us. */
const QUEUE_HIGH_BYTES = 256 * 1024;
const QUEUE_LOW_BYTES = 64 * 1024;
/** Stdin that the socket may hold before `write` waits. */
const SEND_BUFFER_BYTES = 1024 * 1024;
/** How long output may still come after the status before the stream is taken as ended. */
const AFTER_STATUS_MS = 2_000;
/** How long a shell has to end after its input was closed, and a socket after it was asked to close. */
const CLOSE_GRACE_MS = 1_000;
const END_OF_TRANSMISSION = new Uint8Array([4]);

export interface ExecStreamOptions {
  /** The terminal's size at the start; without one no size is sent. */
  readonly size?: TerminalSize;
  /** Cancels the opening; an open stream is ended by `close`. */
  readonly signal: AbortSignal;
}

/** Opens a remote command. Rejects with what the server answered, as `toUpgradeError` explains it. */
export async function openExecStream(
  { transport }: { readonly transport: KubeTransport },
  request: ExecRequest,
  { size, signal }: ExecStreamOptions,
): Promise<ExecStream> {
  const path = execPath(request);
  const query = execQuery(request);
  try {
    const socket = await transport.openWebSocket({ path, query, protocols: PROTOCOLS, signal });
    const stream = createExecStream(socket, request);
    if (size && request.tty) openTerminal(stream, request, size);
    return stream;
  } catch (error) {
    if (error instanceof UpgradeRefusal) throw toUpgradeError(transport.server, request, error);
    throw error;
  }
}

/** An attached program redraws only when its size changes: kubectl sends one that is off by one first. */
function openTerminal(stream: ExecStream, { kind }: ExecRequest, size: TerminalSize): void {
  if (kind === 'attach') stream.resize({ cols: size.cols + 1, rows: size.rows + 1 });
  stream.resize(size);
}

function createExecStream(socket: WebSocket, request: ExecRequest): ExecStream {
  const ended = Promise.withResolvers<ExecEnd>();
  const drained = new Set<() => void>();
  let status: ExecStatus | undefined;
  let lastSize: TerminalSize | undefined;
  let isClosing = false;
  let hasEnded = false;
  const queue = createBoundedQueue<OutputChunk>({
    highBytes: QUEUE_HIGH_BYTES,
    lowBytes: QUEUE_LOW_BYTES,
    onFull: () => {
      socket.pause();
      alive.pause();
    },
    onDrained: () => {
      socket.resume();
      alive.resume();
    },
  });
  const alive = keepAlive(socket, () => end(toLost('the server stopped answering')));

  function end(how: ExecEnd): void {
    if (hasEnded) return;
    hasEnded = true;
    alive.stop();
    queue.end();
    ended.resolve(how);
    for (const wake of drained) wake();
    closeSocket(socket);
  }

  function endByStatus(): void {
    if (status?.kind === 'exited') end(status);
    else if (status) end({ kind: 'failed', error: toStatusError(request, status) });
  }

  function receive(data: Buffer, isBinary: boolean): void {
    alive.heard();
    if (!isBinary) return;
    const message = decodeMessage(data);
    if (message.kind === 'output' && message.bytes.byteLength > 0)
      queue.push(message, message.bytes.byteLength);
    if (message.kind === 'status' && !status) {
      status = parseExecStatus(message.text);
      // The server closes the socket behind its last output; one that forgets to is not waited for.
      setTimeout(endByStatus, AFTER_STATUS_MS).unref();
    }
  }

  function toLost(reason: string): ExecEnd {
    if (isClosing) return { kind: 'closed' };
    const error = new AppError(
      'connection-lost',
      `the connection to ${request.namespace}/${request.pod} was lost: ${reason}`,
      {
        hint: 'The command may still run in the pod. Open the shell again.',
      },
    );
    return { kind: 'lost', error };
  }

  socket.on('message', receive);
  socket.once('close', (code: number, reason: Buffer) => {
    if (status) endByStatus();
    else end(toLost(describeClose(code, reason.toString('utf8'))));
  });
  // The close that follows tells the rest; without a listener an error would end the process.
  socket.on('error', () => {});
  // After all listeners stand: nothing that the server sent at once is missed.
  socket.resume();

  /** Resolves when less than 1 MiB waits in the socket. */
  async function sent(frame: Uint8Array): Promise<void> {
    if (hasEnded) throw createEnded(request);
    socket.send(frame, () => {
      if (socket.bufferedAmount < SEND_BUFFER_BYTES) for (const wake of drained) wake();
    });
    while (socket.bufferedAmount >= SEND_BUFFER_BYTES && !hasEnded) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          drained.delete(wake);
          resolve();
        };
        drained.add(wake);
      });
    }
    if (hasEnded) throw createEnded(request);
  }

  async function closeInput(): Promise<void> {
    if (socket.protocol !== PROTOCOL_V5) {
      throw new AppError('exec-refused', 'this server cannot be told that the input has ended', {
        hint: 'It needs Kubernetes 1.30 or later; use a command that ends by itself.',
      });
    }
    await sent(encodeStdinEnd());
  }

  return {
    subprotocol: socket.protocol,
    output: queue.items,
    async write(bytes) {
      for (const frame of encodeStdin(bytes)) await sent(frame);
    },
    closeInput,
    resize(size) {
      if (hasEnded || (lastSize?.cols === size.cols && lastSize.rows === size.rows)) return;
      lastSize = size;
      socket.send(encodeResize(size));
    },
    async close() {
      isClosing = true;
      if (!hasEnded && request.stdin) await endRemotely();
      end(status?.kind === 'exited' ? status : { kind: 'closed' });
      await ended.promise;
    },
    ended: ended.promise,
  };

  /** Closing the socket alone leaves the shell running in the pod: its input ends first. */
  async function endRemotely(): Promise<void> {
    try {
      if (request.tty) await sent(encodeStdin(END_OF_TRANSMISSION).next().value as Uint8Array);
      if (socket.protocol === PROTOCOL_V5) await sent(encodeStdinEnd());
    } catch {
      // It has ended meanwhile.
    }
    await Promise.race([ended.promise, new Promise((resolve) => setTimeout(resolve, CLOSE_GRACE_MS))]);
  }
}

/** Asks for an orderly close; a peer that does not answer is cut. */
function closeSocket(socket: WebSocket): void {
  socket.resume();
  socket.close(1000);
  const timer = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

function describeClose(code: number, reason: string): string {
  const words = reason === '' ? '' : ` (${reason})`;
  switch (code) {
    case 1000:
      return `the server closed it without saying how the command ended${words}`;
    case 1001:
      return `the server is going away${words}`;
    case 1006:
      return 'it was cut without a word';
    case 1009:
      return 'a message was larger than allowed';
    default:
      return `it was closed with code ${code}${words}`;
  }
}

function createEnded({ pod }: ExecRequest): AppError {
  return new AppError('session-ended', `the command in ${pod} has ended`);
}
