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
import { decodeFrame, encodeFrame, type Frame } from './frame-codec.ts';
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
  /** Returns what removes the listener. */
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void;
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
        for (const listener of [...(listeners.get(frame.name) ?? [])]) listener(frame.payload as never);
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

  wire.onMessage((message) => {
    try {
      receive(decodeFrame(message));
    } catch (error) {
      lose({ code: 'protocol-error', message: `the core could not be understood: ${String(error)}` });
    }
  });
  wire.onClosed(() => lose(LOST));
  send({ kind: 'hello', contractVersion: CONTRACT_VERSION });

  return {
    call(name, input, { signal } = {}) {
      return new Promise((resolve, reject) => {
        if (lost) return reject(new ContractError(lost));
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
        send({ kind: 'call', id, name, input });
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
      const { stream } = streams.add(lastId);
      if (lost) streams.loseAll(lost);
      else send({ kind: 'open', id: lastId, name, params });
      return stream;
    },
    closed: closed.promise,
    close: () => lose({ code: 'closed', message: 'this page has closed its connection' }),
  };
}

function createVersionProblem(version: number): ProblemInfo {
  return {
    code: 'version-mismatch',
    message: `this page speaks version ${CONTRACT_VERSION} and the core version ${version}`,
    hint: 'Reload the page.',
  };
}
