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
import { decodeFrame, encodeFrame, type Frame } from './frame-codec.ts';
import { callParsers, streamParsers } from './parse.ts';
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
  /** A failure as the page may know it. */
  toProblem(thrown: unknown): ProblemInfo;
  /** The page sent what no page of ours sends; its connection has been closed. */
  onProtocolError(error: unknown): void;
}

/** The core's side of the contract, for one page. */
export interface ContractServer {
  emit<Name extends EventName>(name: Name, payload: Events[Name]): void;
}

/** A page has a few of each; more means that it has lost count. */
const MAX_CALLS = 256;
const MAX_STREAMS = 256;

export function serveContract(options: ContractServerOptions): ContractServer {
  const { wire, toProblem } = options;
  const calls = new Map<number, AbortController>();
  const streams = createStreamsTable(send);
  const gone = new AbortController();

  function send(frame: Frame): void {
    if (!gone.signal.aborted) wire.send(encodeFrame(frame));
  }

  async function answer(id: number, name: string, input: unknown): Promise<void> {
    if (calls.has(id)) throw new Error(`call ${id} is open already`);
    const cancelling = new AbortController();
    calls.set(id, cancelling);
    try {
      if (calls.size > MAX_CALLS) throw new Error(`more than ${MAX_CALLS} calls at once`);
      if (!Object.hasOwn(callParsers, name)) throw new Error(`there is no call ${name}`);
      const output = await dispatch(
        name as CallName,
        input,
        AbortSignal.any([cancelling.signal, gone.signal]),
      );
      if (calls.has(id)) send({ kind: 'reply', id, output });
    } catch (error) {
      if (calls.has(id)) send({ kind: 'fail', id, problem: toProblem(error) });
    } finally {
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

  async function openStream(id: number, name: string, params: unknown): Promise<void> {
    if (streams.has(id)) throw new Error(`stream ${id} is open already`);
    const { stream } = streams.add(id);
    const closing = new AbortController();
    // Resolves always: however the stream ends, its handler is told.
    void stream.closed.then(() => closing.abort(new Error('the stream has ended')));
    try {
      if (streams.size > MAX_STREAMS) throw new Error(`more than ${MAX_STREAMS} streams at once`);
      if (!Object.hasOwn(streamParsers, name)) throw new Error(`there is no stream ${name}`);
      await serveStream(name as StreamName, params, stream, closing.signal);
      stream.end();
    } catch (error) {
      stream.end(toProblem(error));
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

  function receive(frame: Frame): void {
    switch (frame.kind) {
      case 'hello':
        if (frame.contractVersion !== CONTRACT_VERSION) wire.close();
        return;
      case 'call':
        // Settles always: the answer carries the failure.
        void answer(frame.id, frame.name, frame.input);
        return;
      case 'cancel':
        calls.get(frame.id)?.abort(new Error('the page has cancelled the call'));
        calls.delete(frame.id);
        return;
      case 'open':
        void openStream(frame.id, frame.name, frame.params);
        return;
      case 'data':
      case 'credit':
      case 'end':
        streams.receive(frame);
        return;
      default:
        throw new Error(`the page sent a ${frame.kind} frame`);
    }
  }

  wire.onMessage((message) => {
    try {
      receive(decodeFrame(message));
    } catch (error) {
      wire.close();
      options.onProtocolError(error);
    }
  });
  wire.onClosed(() => {
    gone.abort(new Error('the page is gone'));
    streams.loseAll({ code: 'page-gone', message: 'the page is gone' });
  });
  send({ kind: 'hello', contractVersion: CONTRACT_VERSION });

  return { emit: (name, payload) => send({ kind: 'event', name, payload }) };
}
