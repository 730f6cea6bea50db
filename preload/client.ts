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
import { ContractError } from './contract-error.ts';
import { decodeFrame, encodeFrame, type Frame, MAX_REQUEST_CHARACTERS } from './frame-codec.ts';
import { createStreamsTable } from './streams-table.ts';
import type { Wire } from './wire.ts';

/** The page's side of the contract. */
export interface ContractClient {
  /** Rejects with a `ContractError`, or with the signal's reason; aborting tells the core as well. */
  call<Name extends CallName>(
    name: Name,
    input: Calls[Name]['input'],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Calls[Name]['output']>;
  /** Returns what removes the listener. What a listener throws is its own failure, not the connection's. */
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void;
  /** The stream ends with a problem at once where the connection is gone. */
  open<Name extends StreamName>(name: Name, params: Streams[Name]['params']): ByteStream;
  /** Resolves when the connection is gone, with the reason. */
  readonly closed: Promise<ProblemInfo>;
  close(): void;
}

interface PendingCall {
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

const LOST: ProblemInfo = {
  code: 'core-lost',
  message: 'the connection to Kubereel’s core was lost',
  hint: 'Start Kubereel again; recordings are safe.',
};

export function createClient(wire: Wire): ContractClient {
  const pending = new Map<number, PendingCall>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const closed = Promise.withResolvers<ProblemInfo>();
  const streams = createStreamsTable(send);
  let lastId = 0;
  let lost: ProblemInfo | undefined;

  function send(frame: Frame): void {
    wire.send(encodeFrame(frame));
  }

  /** Sends, or returns why not: the core would end the connection for a request that is too long. */
  function request(frame: Frame): ProblemInfo | undefined {
    if (lost) return lost;
    const message = encodeFrame(frame);
    if (message.length > MAX_REQUEST_CHARACTERS) return createTooLongProblem(message.length);
    wire.send(message);
    return undefined;
  }

  function lose(problem: ProblemInfo): void {
    if (lost) return;
    lost = problem;
    for (const call of pending.values()) call.reject(new ContractError(problem));
    pending.clear();
    streams.loseAll(problem);
    closed.resolve(problem);
    wire.close();
  }

  function settle(id: number, how: (call: PendingCall) => void): void {
    const call = pending.get(id);
    pending.delete(id);
    if (call) how(call);
  }

  function receive(frame: Frame): void {
    switch (frame.kind) {
      case 'hello':
        if (frame.contractVersion !== CONTRACT_VERSION) lose(createVersionProblem(frame.contractVersion));
        return;
      case 'reply':
        settle(frame.id, (call) => call.resolve(frame.output));
        return;
      case 'fail':
        settle(frame.id, (call) => call.reject(new ContractError(frame.problem)));
        return;
      case 'event':
        for (const listener of [...(listeners.get(frame.name) ?? [])]) tell(listener, frame.payload);
        return;
      case 'data':
      case 'credit':
      case 'end':
        streams.receive(frame);
        return;
      default:
        throw new Error(`the core sent a ${frame.kind} frame`);
    }
  }

  send({ kind: 'hello', contractVersion: CONTRACT_VERSION });
  wire.onMessage((message) => {
    if (lost) return;
    try {
      receive(decodeFrame(message));
    } catch (error) {
      lose({ code: 'protocol-error', message: `the core could not be understood: ${String(error)}` });
    }
  });
  wire.onClosed(() => lose(LOST));

  return {
    call(name, input, { signal } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        lastId += 1;
        const id = lastId;
        const cancel = (): void => {
          pending.delete(id);
          send({ kind: 'cancel', id });
          reject(signal?.reason);
        };
        const forget = (): void => signal?.removeEventListener('abort', cancel);
        pending.set(id, {
          // The core's answers are believed: it is the same program as this page.
          resolve(output) {
            forget();
            resolve(output as Calls[typeof name]['output']);
          },
          reject(error) {
            forget();
            reject(error);
          },
        });
        signal?.addEventListener('abort', cancel, { once: true });
        const problem = request({ kind: 'call', id, name, input });
        if (problem) settle(id, (call) => call.reject(new ContractError(problem)));
      });
    },
    on(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      all.add(listener);
      return () => all.delete(listener);
    },
    open(name, params) {
      lastId += 1;
      const end = streams.add(lastId);
      const problem = request({ kind: 'open', id: lastId, name, params });
      if (problem) end.lose(problem);
      return end.stream;
    },
    closed: closed.promise,
    close: () => lose({ code: 'closed', message: 'this page has closed its connection' }),
  };
}

function tell(listener: (payload: never) => void, payload: unknown): void {
  try {
    listener(payload as never);
  } catch (error) {
    // Thrown where nobody catches it, as the page's own event targets do.
    queueMicrotask(() => {
      throw error;
    });
  }
}

function createTooLongProblem(characters: number): ProblemInfo {
  return {
    code: 'bad-input',
    message: `the request is ${characters} characters long; at most ${MAX_REQUEST_CHARACTERS} are allowed`,
  };
}

function createVersionProblem(version: number): ProblemInfo {
  return {
    code: 'version-mismatch',
    message: `this page speaks version ${CONTRACT_VERSION} and the core version ${version}`,
    hint: 'Reload the page.',
  };
}
