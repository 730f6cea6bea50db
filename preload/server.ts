import type { ByteStream } from './byte-stream.ts';
import {
  type CallName,
  type Calls,
  CONTRACT_VERSION,
  type EventName,
  type Events,
  type ProblemInfo,
  type StreamName,
  type Streams,
} from './contract.ts';
import { decodeFrame, encodeFrame, type Frame, MAX_REQUEST_CHARACTERS } from './frame-codec.ts';
import { callParsers, InputError, streamParsers } from './parse.ts';
import { createStreamsTable } from './streams-table.ts';
import type { Wire } from './wire.ts';

export type CallHandlers = {
  readonly [Name in CallName]: (
    input: Calls[Name]['input'],
    options: { readonly signal: AbortSignal },
  ) => Promise<Calls[Name]['output']>;
};

/** Each gets the stream until it resolves or rejects; then the stream is ended where it was not. */
export type StreamHandlers = {
  readonly [Name in StreamName]: (
    params: Streams[Name]['params'],
    stream: ByteStream,
    options: { readonly signal: AbortSignal },
  ) => Promise<void>;
};

export interface ContractServerOptions {
  readonly wire: Wire;
  readonly handlers: CallHandlers;
  readonly streams: StreamHandlers;
  /** A handler's failure as the page may know it. */
  toProblem(thrown: unknown): ProblemInfo;
  /** The page sent what no page of ours sends; its connection has been closed. Called once at the most. */
  onProtocolError(error: unknown): void;
}

/** The core's side of the contract, for one page. */
export interface ContractServer {
  emit<Name extends EventName>(name: Name, payload: Events[Name]): void;
}

/** A page has a few of each under way; more means that it has lost count. */
const MAX_CALLS = 256;
const MAX_STREAMS = 256;

export function serveContract(options: ContractServerOptions): ContractServer {
  const { wire } = options;
  const calls = new Map<number, AbortController>();
  const streams = createStreamsTable(send);
  let runningStreams = 0;
  let lastId = 0;
  let hasGreeted = false;
  let isGone = false;

  function send(frame: Frame): void {
    if (!isGone) wire.send(encodeFrame(frame));
  }

  function leave(): void {
    if (isGone) return;
    isGone = true;
    for (const call of calls.values()) call.abort(new Error('the page is gone'));
    streams.loseAll({ code: 'page-gone', message: 'the page is gone' });
    wire.close();
  }

  function toProblem(error: unknown): ProblemInfo {
    if (error instanceof InputError) return { code: error.code, message: error.message };
    return options.toProblem(error);
  }

  /** Settles always: the answer carries the failure. */
  async function answer(id: number, name: string, input: unknown): Promise<void> {
    const cancelling = new AbortController();
    const { signal } = cancelling;
    calls.set(id, cancelling);
    try {
      if (calls.size > MAX_CALLS) throw new InputError(`more than ${MAX_CALLS} calls at once`);
      if (!Object.hasOwn(callParsers, name)) throw new InputError('there is no such call');
      const output = await dispatch(name as CallName, input, signal);
      if (!signal.aborted) send({ kind: 'reply', id, output });
    } catch (error) {
      if (!signal.aborted) send({ kind: 'fail', id, problem: toProblem(error) });
    } finally {
      // A cancelled call counts until its handler has let go.
      calls.delete(id);
    }
  }

  function dispatch<Name extends CallName>(
    name: Name,
    input: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    const handler = options.handlers[name];
    return handler(callParsers[name](input), { signal });
  }

  /** Settles always: the stream's end carries the failure. */
  async function runStream(id: number, name: string, params: unknown): Promise<void> {
    const { stream } = streams.add(id);
    const closing = new AbortController();
    // Resolves always: however the stream ends, its handler is told.
    void stream.closed.then(() => closing.abort(new Error('the stream has ended')));
    // A stream that the page has ended counts until its handler has let go.
    runningStreams += 1;
    try {
      if (runningStreams > MAX_STREAMS) throw new InputError(`more than ${MAX_STREAMS} streams at once`);
      if (!Object.hasOwn(streamParsers, name)) throw new InputError('there is no such stream');
      await serveStream(name as StreamName, params, stream, closing.signal);
      stream.end();
    } catch (error) {
      stream.end(toProblem(error));
    } finally {
      runningStreams -= 1;
    }
  }

  function serveStream<Name extends StreamName>(
    name: Name,
    params: unknown,
    stream: ByteStream,
    signal: AbortSignal,
  ): Promise<void> {
    const handler = options.streams[name];
    return handler(streamParsers[name](params), stream, { signal });
  }

  /** Ids grow: what comes late for one that has ended never meets another. */
  function claim(id: number): void {
    if (id <= lastId) throw new Error(`id ${id} came after ${lastId}`);
    lastId = id;
  }

  /** Throws where the page breaks the protocol; what it merely gets wrong is answered. */
  function receive(frame: Frame): void {
    if ((frame.kind === 'hello') === hasGreeted) throw new Error(`a ${frame.kind} frame in the wrong place`);
    switch (frame.kind) {
      case 'hello':
        hasGreeted = true;
        // A page of another version learns it from our hello, and tells its user.
        if (frame.contractVersion !== CONTRACT_VERSION) leave();
        return;
      case 'call':
        claim(frame.id);
        void answer(frame.id, frame.name, frame.input);
        return;
      case 'cancel':
        calls.get(frame.id)?.abort(new Error('the page has cancelled the call'));
        return;
      case 'open':
        claim(frame.id);
        void runStream(frame.id, frame.name, frame.params);
        return;
      case 'data':
      case 'credit':
      case 'end':
        if (frame.id > lastId) throw new Error(`a ${frame.kind} frame for a stream that was never opened`);
        streams.receive(frame);
        return;
      default:
        throw new Error(`the page sent a ${frame.kind} frame`);
    }
  }

  send({ kind: 'hello', contractVersion: CONTRACT_VERSION });
  wire.onMessage((message) => {
    if (isGone) return;
    try {
      receive(decodeFrame(message, MAX_REQUEST_CHARACTERS));
    } catch (error) {
      leave();
      options.onProtocolError(error);
    }
  });
  wire.onClosed(leave);

  return { emit: (name, payload) => send({ kind: 'event', name, payload }) };
}
