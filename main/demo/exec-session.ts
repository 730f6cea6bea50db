import type { WebSocket } from 'ws';
import { createBoundedQueue } from '../base/bounded-queue.ts';
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import {
  type ClientFrame,
  ERROR,
  formatFrame,
  parseClientFrame,
  STDERR,
  STDOUT,
  type Subprotocol,
} from './channel-frames.ts';
import type { ContainerProcess } from './container-process.ts';
import type { ExecRequest } from './exec-request.ts';
import { channelFailure, exitStatus, internalError, type Status, StatusError } from './status.ts';

export interface ExecSession {
  readonly socket: WebSocket;
  readonly subprotocol: Subprotocol;
  readonly request: ExecRequest;
  /** Throws a status where it cannot be started. */
  start(): Promise<ContainerProcess>;
  /** Ends the program and all that it has started. */
  end(process: ContainerProcess): Promise<void>;
}

/** A client that reads slowly makes the program wait once so much is on its way to it. */
const SEND_HIGH_BYTES: number = 256 * 1024;
const SEND_LOW_BYTES = 64 * 1024;
/** Input that the program has not taken yet: beyond it we stop reading from the socket. */
const INPUT_HIGH_BYTES = 256 * 1024;
const INPUT_LOW_BYTES = 64 * 1024;
/**
 * While we do not read, a client that went away can only be noticed by writing to it. The first ping after that
 * meets its refusal, the second one meets a dead socket.
 */
const PAUSED_PING_MS = 5_000;
const CLOSE_NORMAL = 1000;

/** Ties an upgraded socket to a program until either has ended; the program does not outlive the socket. Never rejects. */
export async function runExecSession(
  needs: { readonly clock: Clock; readonly log: Log },
  session: ExecSession,
): Promise<void> {
  const { socket } = session;
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  // What went wrong is told by `close`, which always follows.
  socket.on('error', () => {});
  const input = receiveFrames(needs.clock, session, closed.signal);
  const sender = createSender(socket, closed.signal);
  let process: ContainerProcess | undefined;
  try {
    await sender.send(firstChannel(session.request), new Uint8Array());
    process = await startWithSocket(session, closed.signal);
    // Not awaited: it ends with the session, and what it meets when the program ends first is not of interest.
    deliverInput(process, input.items, session.request, closed.signal).catch(() => {});
    const exitCode = await deliverOutput(process, sender, session.request);
    // The status of an attach says nothing of the exit code (kubernetes/kubernetes#63694).
    await sendStatus(sender, session.request.kind === 'attach' ? exitStatus(0) : exitStatus(exitCode));
  } catch (error) {
    if (!closed.signal.aborted) {
      const failure = error instanceof StatusError ? error.status : internalError(toAppError(error).message);
      needs.log.debug({ reason: failure.message }, 'demo exec failed');
      await sendStatus(sender, channelFailure(failure)).catch(() => {});
    }
  } finally {
    input.end();
    if (socket.readyState === socket.OPEN) socket.close(CLOSE_NORMAL);
    if (process) await session.end(process);
  }
}

/** The program ends with the socket, also one that says nothing and so would never meet its loss. */
async function startWithSocket(session: ExecSession, closed: AbortSignal): Promise<ContainerProcess> {
  const process = await session.start();
  // Not awaited: the session awaits the same end when the outputs are over.
  const end = (): void => void session.end(process);
  if (closed.aborted) end();
  else closed.addEventListener('abort', end, { once: true });
  return process;
}

/** Frames from the client, in order, with the socket paused while the program does not take its input. */
function receiveFrames(
  clock: Clock,
  { socket, subprotocol }: ExecSession,
  closed: AbortSignal,
): { readonly items: AsyncIterable<ClientFrame>; end(): void } {
  let pause = new AbortController();
  const queue = createBoundedQueue<ClientFrame>({
    highBytes: INPUT_HIGH_BYTES,
    lowBytes: INPUT_LOW_BYTES,
    onFull() {
      if (closed.aborted) return;
      socket.pause();
      pause = new AbortController();
      // Not awaited: ends with the pause or the socket, and rejects only by that.
      pingPaused(clock, socket, AbortSignal.any([pause.signal, closed])).catch(() => {});
    },
    onDrained() {
      pause.abort();
      if (!closed.aborted) socket.resume();
    },
  });
  socket.on('message', (message: Buffer) =>
    queue.push(parseClientFrame(message, subprotocol), message.length),
  );
  closed.addEventListener('abort', () => queue.end(), { once: true });
  return {
    items: queue.items,
    end() {
      pause.abort();
      queue.end();
      // The peer's closing handshake must be read, whatever lies before it.
      if (!closed.aborted) socket.resume();
    },
  };
}

async function pingPaused(clock: Clock, socket: WebSocket, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(PAUSED_PING_MS, { signal });
    socket.ping();
  }
}

async function deliverInput(
  process: ContainerProcess,
  frames: AsyncIterable<ClientFrame>,
  request: ExecRequest,
  closed: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  // Not awaited: `exited` never rejects.
  void process.exited.then(() => ended.abort());
  const signal = AbortSignal.any([closed, ended.signal]);
  for await (const frame of frames) {
    if (frame.kind === 'resize') process.resize(frame.size);
    if (!request.stdin || signal.aborted) continue;
    if (frame.kind === 'input') await process.write(frame.bytes, { signal });
    if (frame.kind === 'input-ended') await process.closeInput({ signal });
  }
}

/** Resolves to the exit code once all output has been sent. */
async function deliverOutput(
  process: ContainerProcess,
  sender: Sender,
  request: ExecRequest,
): Promise<number> {
  async function pump(channel: number, source: AsyncIterable<Uint8Array>, isWanted: boolean): Promise<void> {
    for await (const bytes of source) if (isWanted) await sender.send(channel, bytes);
  }
  await Promise.all([
    pump(STDOUT, process.stdout, request.stdout),
    process.stderr ? pump(STDERR, process.stderr, request.stderr) : undefined,
  ]);
  return await process.exited;
}

interface Sender {
  /** Resolves when the client has taken enough for more. Rejects once the socket has closed. */
  send(channel: number, bytes: Uint8Array): Promise<void>;
}

function createSender(socket: WebSocket, closed: AbortSignal): Sender {
  const waiting = new Set<() => void>();

  function wakeWhenDrained(): void {
    if (!closed.aborted && socket.bufferedAmount > SEND_LOW_BYTES) return;
    for (const wake of waiting) wake();
    waiting.clear();
  }
  closed.addEventListener('abort', wakeWhenDrained, { once: true });

  return {
    async send(channel, bytes) {
      closed.throwIfAborted();
      socket.send(formatFrame(channel, bytes), { binary: true }, wakeWhenDrained);
      if (socket.bufferedAmount <= SEND_HIGH_BYTES) return;
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
      });
      closed.throwIfAborted();
    },
  };
}

function sendStatus(sender: Sender, status: Status): Promise<void> {
  return sender.send(ERROR, new TextEncoder().encode(JSON.stringify(status)));
}

/** A real server's first message is empty, on the first channel that it may write to. */
function firstChannel(request: ExecRequest): number {
  if (request.stdout) return STDOUT;
  return request.stderr ? STDERR : ERROR;
}
