import { randomUUID } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { createEmitter, type Dispose, type Event } from '../base/event.ts';
import type { LoginTerminal } from './login-terminal.ts';

/** What a credential needs from the user before it can be had. Nothing in it is secret. */
export interface UserRequest extends PluginSubject {
  readonly requestId: string;
  /** consent: may this program run? login: it runs, and asks the user in its terminal. */
  readonly kind: 'consent' | 'login';
  /** How many wait for it. */
  readonly waiting: number;
}

/** A plugin as it is told to the user. */
export interface PluginSubject {
  /** A context that waits for it; others may too. */
  readonly context: string;
  readonly kubeconfigPath: string;
  /** As written in the kubeconfig. */
  readonly command: string;
  /** What would run: an absolute path. */
  readonly path: string;
  /** What looks like a secret is masked. */
  readonly args: readonly string[];
}

export type Answer = 'allow' | 'refuse';

/** The open questions and logins of all contexts: credentials put them here, pages show and answer them. */
export interface UserRequests {
  list(): readonly UserRequest[];
  /** All open ones, each time one comes, goes or has more or fewer waiting for it. */
  readonly onChanged: Event<readonly UserRequest[]>;
  /** Throws `not-found` where it is open no more. */
  answer(requestId: string, answer: Answer): void;
  /** The terminal of a login. Throws `not-found`. */
  terminal(requestId: string): LoginTerminal;
  /** Opens one. Throws `plugin-refused` where too many are open already. */
  open(kind: UserRequest['kind'], subject: PluginSubject, handlers: RequestHandlers): OpenRequest;
  /** Somebody is there to answer, until disposed. */
  attend(): Dispose;
  readonly isAttended: boolean;
}

export interface RequestHandlers {
  onAnswer(answer: Answer): void;
  /** Of a login. */
  readonly terminal?: LoginTerminal;
}

/** Held by whoever needs the answer; a request goes when nobody waits for it any more. */
export interface OpenRequest {
  setWaiting(waiting: number): void;
  close(): void;
}

/** Each is shown to the user, who can deal with a few; a kubeconfig with hundreds of plugins asks in turn. */
const MAX_OPEN_REQUESTS = 32;

export function createUserRequests(): UserRequests {
  const entries = new Map<string, { request: UserRequest; readonly handlers: RequestHandlers }>();
  const changed = createEmitter<readonly UserRequest[]>();
  let attendants = 0;

  const list = (): UserRequest[] => [...entries.values()].map(({ request }) => request);

  function find(requestId: string) {
    const entry = entries.get(requestId);
    if (entry) return entry;
    throw new AppError('not-found', 'this request was answered or is needed no more');
  }

  return {
    list,
    onChanged: changed.event,
    answer: (requestId, answer) => find(requestId).handlers.onAnswer(answer),
    terminal(requestId) {
      const { terminal } = find(requestId).handlers;
      if (terminal) return terminal;
      throw new AppError('not-found', 'this request has no terminal');
    },
    open(kind, { context, kubeconfigPath, command, path, args }, handlers) {
      if (entries.size >= MAX_OPEN_REQUESTS) throw createFull(command);
      const requestId = randomUUID();
      const subject = { context, kubeconfigPath, command, path, args };
      entries.set(requestId, { request: { requestId, kind, ...subject, waiting: 1 }, handlers });
      changed.fire(list());
      return {
        setWaiting(waiting) {
          const entry = entries.get(requestId);
          if (!entry || entry.request.waiting === waiting) return;
          entry.request = { ...entry.request, waiting };
          changed.fire(list());
        },
        close() {
          if (entries.delete(requestId)) changed.fire(list());
        },
      };
    },
    attend() {
      let isHere = true;
      attendants += 1;
      return () => {
        if (isHere) attendants -= 1;
        isHere = false;
      };
    },
    get isAttended() {
      return attendants > 0;
    },
  };
}

function createFull(command: string): AppError {
  return new AppError(
    'plugin-refused',
    `${MAX_OPEN_REQUESTS} questions about credential plugins are open, so none was asked about ${command}`,
    { hint: 'Answer those first, then connect again.' },
  );
}
