import type { WebSocket } from 'ws';
import { createBoundedQueue } from '../base/bounded-queue.ts';
import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { UpgradeRefusal } from '../kube/upgrade.ts';
import { decodeMessage, encodeStdin, encodeStdinEnd, PROTOCOL_V5, PROTOCOLS } from './channel-protocol.ts';
import { createLost, createProtocolError, toCloseError, toStatusError } from './exec-error.ts';
import { explainRefusal } from './exec-refusal.ts';
import { type ExecStatus, parseExecStatus } from './exec-status.ts';
import { type ExecRequest, formatExecPath, formatExecQuery } from './exec-url.ts';
import { createInputGate } from './input-gate.ts';
import { type KeepAliveTimes, keepAlive } from './keep-alive.ts';
import { createNoShell } from './no-shell.ts';
import { isMissingShell } from './shell-choice.ts';
import { createSizeSender } from './size-sender.ts';

export interface OutputChunk {
  readonly channel: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

/** How a remote command ended. Decided by the server's status, after all output was delivered. */
export type ExecEnd =
  /** 0 to 255. `note`: why, where that is known to be more than the code says. */
  | { readonly kind: 'exited'; readonly exitCode: number; readonly note?: string }
  /** The server says that it failed (no shell in the image, container not running, …), or `fail` was called. */
  | { readonly kind: 'failed'; readonly error: AppError }
  /**
   * The connection went away without a status: `connection-lost` where it broke, `exit-unknown` where the server
   * closed it in order, `protocol-error` where we did.
   */
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
  /** Half-close of stdin, sent once: v5 only; on v4 rejects with `exec-refused`, since closing would lose the exit code. */
  closeInput(): Promise<void>;
  /** The same size twice is sent once, and of a burst the last one wins. Ignored once ended, and without a TTY. */
  resize(size: TerminalSize): void;
  /**
   * For what the server does not tell: the command cannot be running any more. Ends it as failed, unless its
   * status has come.
   */
  fail(error: AppError): void;
  /**
   * Ends the remote command (end of input, a grace of 1 s), then the socket; resolves when it is gone. Ends no
   * program that was attached to and is not ours. Whoever leaves `output` early has to call it.
   */
  close(): Promise<void>;
  /** Never rejects. Resolves even if `output` is not read to its end, once the socket is gone. */
  readonly ended: Promise<ExecEnd>;
}

/** At the high mark the socket is paused, so that the API server and then the program wait for us. */
const QUEUE_HIGH_BYTES = 256 * 1024;
const QUEUE_LOW_BYTES = 64 * 1024;
/** What a queued chunk costs beside its bytes: a program that prints one byte at a time fills the queue too. */
const CHUNK_COST_BYTES = 128;
const GRACES = { afterStatusMs: 2_000, shellEndMs: 1_000, socketCloseMs: 1_000 };
/** Ctrl-D: the end of input for what reads a terminal. */
const END_OF_TRANSMISSION = new Uint8Array([4]);

export interface StreamGraces {
  /** How long nothing may come after the status before the stream is taken as ended. */
  readonly afterStatusMs?: number;
  /** How long a shell has to end after its input was closed. */
  readonly shellEndMs?: number;
  /** How long a socket has to close after it was asked to. */
  readonly socketCloseMs?: number;
}

export interface ExecStreamOptions {
  /** The terminal's size at the start; without one no size is sent. */
  readonly size?: TerminalSize;
  readonly keepAliveTimes?: KeepAliveTimes;
  readonly graces?: StreamGraces;
  /** As of a credential. */
  readonly isUnattended?: boolean;
  /** Cancels the opening; an open stream is ended by `close`. */
  readonly signal: AbortSignal;
}

/** Opens a remote command. Rejects with what the server answered, as `explainRefusal` says it. */
export async function openExecStream(
  { transport }: { readonly transport: KubeTransport },
  request: ExecRequest,
  { size, keepAliveTimes, graces, ...options }: ExecStreamOptions,
): Promise<ExecStream> {
  const path = formatExecPath(request);
  const query = formatExecQuery(request);
  try {
    const socket = await transport.openWebSocket({ path, query, protocols: PROTOCOLS, ...options });
    const stream = createExecStream(socket, request, transport.context, keepAliveTimes, graces);
    if (size) sendFirstSize(stream, request, size);
    return stream;
  } catch (error) {
    if (!(error instanceof UpgradeRefusal)) throw error;
    throw await explainRefusal({ transport }, request, error, options);
  }
}

/** An attached program redraws only when its size changes: kubectl sends one that is off by one first. */
function sendFirstSize(stream: ExecStream, { kind }: ExecRequest, size: TerminalSize): void {
  if (kind === 'attach') stream.resize({ cols: size.cols + 1, rows: size.rows + 1 });
  stream.resize(size);
}

function createExecStream(
  socket: WebSocket,
  request: ExecRequest,
  context: string,
  keepAliveTimes: KeepAliveTimes | undefined,
  graces: StreamGraces | undefined,
): ExecStream {
  const { afterStatusMs, shellEndMs, socketCloseMs } = { ...GRACES, ...graces };
  const ended = Promise.withResolvers<ExecEnd>();
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const input = createInputGate(socket, () => createEnded(request));
  const sizes = createSizeSender(socket);
  let status: ExecStatus | undefined;
  let statusTimer: NodeJS.Timeout | undefined;
  let heardCount = 0;
  let hasPrinted = false;
  let hasEnded = false;
  let isClosing = false;
  let closing: Promise<void> | undefined;
  let isInputEnded = false;
  const queue = createBoundedQueue<OutputChunk>({
    highBytes: QUEUE_HIGH_BYTES,
    lowBytes: QUEUE_LOW_BYTES,
    onFull() {
      socket.pause();
      alive.pause();
      // What the server has sent before its status may still be unread.
      clearTimeout(statusTimer);
    },
    onDrained() {
      socket.resume();
      alive.resume();
      if (status) endSoon();
    },
  });
  const alive = keepAlive(
    socket,
    () => endAsLost(createLost(request, 'the server stopped answering')),
    keepAliveTimes,
  );

  function end(how: ExecEnd): void {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(statusTimer);
    alive.stop();
    queue.end();
    input.stop();
    ended.resolve(how);
    closeSocket(socket, socketCloseMs);
  }

  /** The status says more than how the connection went; and what we closed did not fail. */
  function endBy(otherwise: ExecEnd): void {
    if (status?.kind === 'exited') end(toExit(status.exitCode));
    else if (isClosing) end({ kind: 'closed' });
    else if (status) end({ kind: 'failed', error: toStatusError(request, status, context) });
    else end(otherwise);
  }

  function endAsLost(error: AppError): void {
    endBy({ kind: 'lost', error });
  }

  function toExit(exitCode: number): ExecEnd {
    if (!isMissingShell(request.command, exitCode, hasPrinted)) return { kind: 'exited', exitCode };
    const detail = `exit code ${exitCode} before any output`;
    return { kind: 'failed', error: createNoShell(request, detail, context) };
  }

  /** The server closes the socket behind its last output; one that forgets to is not waited for. */
  function endSoon(): void {
    clearTimeout(statusTimer);
    const heardBefore = heardCount;
    statusTimer = setTimeout(() => {
      // A machine that stood still has not read meanwhile: what has arrived is read before this turn is over.
      setImmediate(() => {
        if (hasEnded || socket.isPaused) return;
        if (heardCount !== heardBefore) endSoon();
        else endAsLost(createLost(request, 'the server did not close it'));
      });
    }, afterStatusMs);
  }

  function receive(data: Buffer, isBinary: boolean): void {
    alive.heard();
    heardCount += 1;
    // A text message is no frame of these protocols.
    if (!isBinary) return;
    const message = decodeMessage(data);
    if (message.kind === 'output' && message.bytes.byteLength > 0) {
      hasPrinted = true;
      queue.push(message, message.bytes.byteLength + CHUNK_COST_BYTES);
    } else if (message.kind === 'status' && !status && !hasEnded) {
      status = parseExecStatus(message.text);
      if (!socket.isPaused) endSoon();
    }
  }

  socket.on('message', receive);
  socket.once('error', (error) => endAsLost(createProtocolError(request, error)));
  socket.once('close', (code: number, reason: Buffer) =>
    endAsLost(toCloseError(request, code, reason.toString('utf8'))),
  );
  // After all listeners stand: nothing that the server sent at once is missed.
  socket.resume();

  function canEndInput(): boolean {
    return socket.protocol === PROTOCOL_V5;
  }

  /** Sent when its turn has come, or never: then closing still sends it. */
  function* endInputOnce(): Generator<Uint8Array> {
    if (isInputEnded) return;
    isInputEnded = true;
    yield encodeStdinEnd();
  }

  /** Closing the socket alone leaves a shell running in the pod: its input ends first. */
  async function endRemotely(): Promise<void> {
    // Not by the gate, which may wait for a peer that does not read.
    if (request.tty) for (const frame of encodeStdin(END_OF_TRANSMISSION)) socket.send(frame);
    if (canEndInput()) for (const frame of endInputOnce()) socket.send(frame);
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, shellEndMs);
    await Promise.race([ended.promise, grace.promise]);
    clearTimeout(timer);
  }

  async function close(): Promise<void> {
    isClosing = true;
    // Input that still waits would come behind the end of it.
    input.stop();
    if (!hasEnded && request.stdin && (request.kind === 'exec' || request.isOurs)) await endRemotely();
    endBy({ kind: 'closed' });
    await gone;
  }

  return {
    subprotocol: socket.protocol,
    output: queue.items,
    write: (bytes) => input.send(encodeStdin(bytes)),
    async closeInput() {
      if (!canEndInput()) throw createUnendable();
      await input.send(endInputOnce());
    },
    resize(size) {
      if (!hasEnded && request.tty) sizes.send(size);
    },
    fail: (error) => endBy({ kind: 'failed', error }),
    close() {
      closing ??= close();
      return closing;
    },
    ended: ended.promise,
  };
}

/** Asks for an orderly close; a peer that does not answer is cut. What still comes is read and dropped. */
function closeSocket(socket: WebSocket, graceMs: number): void {
  if (socket.readyState === socket.CLOSED) return;
  socket.resume();
  socket.close(1000);
  const timer = setTimeout(() => socket.terminate(), graceMs);
  socket.once('close', () => clearTimeout(timer));
}

function createUnendable(): AppError {
  return new AppError('exec-refused', 'this server cannot be told that the input has ended', {
    hint: 'That needs Kubernetes 1.30 or later; use a command that ends by itself.',
  });
}

function createEnded({ pod }: ExecRequest): AppError {
  return new AppError('session-ended', `the command in ${pod} has ended`);
}
