/** What the search thread was asked and has not answered yet. */
import type { AppError } from '../base/errors.ts';
import type { FromSearchWorker, ToSearchWorker } from './search-messages.ts';

/** Answers by the kind of their question. */
interface Answers {
  readonly find: Extract<FromSearchWorker, { kind: 'found' }>['answer'];
  readonly page: Extract<FromSearchWorker, { kind: 'paged' }>['answer'];
}

type Asked<Kind extends keyof Answers> = Extract<ToSearchWorker, { kind: Kind }>['query'];

export interface Questions {
  /** Rejects with the signal's reason when it is aborted; then the thread is told. */
  ask<Kind extends keyof Answers>(
    kind: Kind,
    query: Asked<Kind>,
    options: { readonly signal: AbortSignal },
  ): Promise<Answers[Kind]>;
  answer(message: Extract<FromSearchWorker, { kind: 'found' | 'paged' }>): void;
  fail(questionId: number, error: AppError): void;
  /** All that are open: nobody is left to answer them. */
  failAll(error: AppError): void;
}

interface Question {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

export function createQuestions(post: (message: ToSearchWorker) => void): Questions {
  const open = new Map<number, Question>();
  let lastId = 0;

  function take(questionId: number): Question | undefined {
    const question = open.get(questionId);
    open.delete(questionId);
    return question;
  }

  return {
    async ask(kind, query, { signal }) {
      signal.throwIfAborted();
      lastId += 1;
      const questionId = lastId;
      const answered = Promise.withResolvers<never>();
      open.set(questionId, answered);
      const cancel = (): void => {
        take(questionId)?.reject(signal.reason);
        post({ kind: 'cancel', questionId });
      };
      signal.addEventListener('abort', cancel, { once: true });
      try {
        post({ kind, questionId, query } as ToSearchWorker);
        return await answered.promise;
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
    answer({ questionId, answer }) {
      take(questionId)?.resolve(answer as never);
    },
    fail(questionId, error) {
      take(questionId)?.reject(error);
    },
    failAll(error) {
      for (const questionId of [...open.keys()]) take(questionId)?.reject(error);
    },
  };
}
