/** What credential plugins need from the user: questions and logins, as the core tells them, and their answers. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { CredentialRequest } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';

export interface CredentialStore {
  /** All that are open, in the order of their coming. */
  readonly requests: ReadonlySignal<readonly CredentialRequest[]>;
  /** The question that is put to the user now. */
  readonly asked: ReadonlySignal<CredentialRequest | undefined>;
  /** It, and those that come after it. */
  readonly questions: ReadonlySignal<readonly CredentialRequest[]>;
  /** Rejects where it could not be told to the core; then the request is open still. */
  answer(requestId: string, answer: 'allow' | 'refuse'): Promise<void>;
  /** Decided later: what waits goes on waiting. */
  putOff(requestId: string): void;
  /** Puts a question again that was put off, before all others. */
  ask(requestId: string): void;
  load(): Promise<void>;
  end(): void;
}

export function createCredentialStore(client: CoreClient): CredentialStore {
  const told = signal<readonly CredentialRequest[]>([]);
  /** Answered here; the core has not said yet that they are closed. */
  const answered = signal<ReadonlySet<string>>(new Set());
  const later = signal<ReadonlySet<string>>(new Set());
  const wanted = signal<string | undefined>(undefined);

  const requests = computed(() => told.value.filter((one) => !answered.value.has(one.requestId)));
  const questions = computed(() =>
    requests.value.filter((one) => one.kind === 'consent' && !later.value.has(one.requestId)),
  );
  const asked = computed(
    () => questions.value.find((one) => one.requestId === wanted.value) ?? questions.value[0],
  );

  const stop = client.on('credentials.changed', (next) => {
    told.value = next;
  });

  return {
    requests,
    asked,
    questions,
    async answer(requestId, answer) {
      answered.value = new Set(answered.value).add(requestId);
      try {
        await client.call('credentials.answer', { requestId, answer });
      } catch (error) {
        // Another window was quicker, or nobody waits any more: it is closed, as was wished.
        if (error instanceof Error && 'code' in error && error.code === 'not-found') return;
        answered.value = without(answered.value, requestId);
        throw error;
      }
    },
    putOff(requestId) {
      later.value = new Set(later.value).add(requestId);
    },
    ask(requestId) {
      wanted.value = requestId;
      later.value = without(later.value, requestId);
    },
    async load() {
      told.value = await client.call('credentials.requests', {});
    },
    end: stop,
  };
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set([...ids].filter((other) => other !== id));
}
