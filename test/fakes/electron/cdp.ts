/** Chromium's DevTools protocol over its socket: one connection, a session for each thing that is driven. */
import { EventEmitter } from 'node:events';
import type { CDPSession } from 'playwright-core';

/** Commands and events as Playwright types them. */
export interface CdpSession {
  readonly send: CDPSession['send'];
  on: CDPSession['on'];
}

export interface CdpConnection {
  /** The browser itself. */
  readonly browser: CdpSession;
  /** A target that was attached with `flatten`. */
  session(sessionId: string): CdpSession;
}

interface Answer {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly method: string;
  resolve(result: unknown): void;
  reject(problem: Error): void;
}

const BROWSER = '';

export async function connectCdp(address: string): Promise<CdpConnection> {
  const socket = new WebSocket(address);
  const sessions = new Map<string, EventEmitter>();
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let isClosed = false;

  const emitterOf = (sessionId: string): EventEmitter => {
    const known = sessions.get(sessionId) ?? new EventEmitter();
    sessions.set(sessionId, known);
    return known;
  };

  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id === undefined) {
      emitterOf(answer.sessionId ?? BROWSER).emit(answer.method ?? '', answer.params);
      return;
    }
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error) asked?.reject(new Error(`${asked.method}: ${answer.error.message}`));
    else asked?.resolve(answer.result);
  });
  socket.addEventListener('close', () => {
    isClosed = true;
    for (const { method, reject } of waiting.values()) reject(new Error(`${method}: Chromium has gone`));
    waiting.clear();
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error(`no DevTools at ${address}`)), { once: true });
  });

  function createSession(sessionId: string): CdpSession {
    const emitter = emitterOf(sessionId);
    const session = {
      send(method: string, params: object = {}): Promise<unknown> {
        if (isClosed) return Promise.reject(new Error(`${method}: Chromium has gone`));
        const id = ++lastId;
        return new Promise((resolve, reject) => {
          waiting.set(id, { method, resolve, reject });
          socket.send(JSON.stringify({ id, method, params, ...(sessionId !== BROWSER && { sessionId }) }));
        });
      },
      on(event: string, listener: (payload: unknown) => void) {
        emitter.on(event, listener);
        return session;
      },
    };
    return session as unknown as CdpSession;
  }

  return {
    browser: createSession(BROWSER),
    session: createSession,
  };
}
