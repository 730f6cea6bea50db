/** Where in this window each request of a plugin shows. Changes only when an answer of it does. */
import { computed, type ReadonlySignal } from '@preact/signals';
import type { CredentialRequest } from '../preload/contract.ts';
import { placeRequests } from './credentials/request-places.ts';
import type { ContextStore } from './store-contexts.ts';
import type { CredentialStore } from './store-credentials.ts';
import type { SessionStore } from './store-sessions.ts';
import type { ViewStore } from './store-view.ts';

export interface RequestStore {
  readonly loginInTab: ReadonlySignal<CredentialRequest | undefined>;
  readonly loginInPods: ReadonlySignal<CredentialRequest | undefined>;
  readonly unseen: ReadonlySignal<readonly CredentialRequest[]>;
  readonly elsewhere: ReadonlySignal<readonly CredentialRequest[]>;
}

export interface RequestNeeds {
  readonly credentials: CredentialStore;
  readonly contexts: Pick<ContextStore, 'list' | 'selectedWatch'>;
  readonly sessions: Pick<SessionStore, 'sessions'>;
  readonly view: Pick<ViewStore, 'activeTab' | 'isSideOpen'>;
}

export function createRequestStore({ credentials, contexts, sessions, view }: RequestNeeds): RequestStore {
  /** Sessions change with every second of a recording, and nothing but this may be worked out anew for it. */
  const places = computed(() => {
    const content = view.activeTab.value?.content;
    return placeRequests(credentials.requests.value, {
      contexts: contexts.list.value?.contexts ?? [],
      activeSession: content?.kind === 'session' ? sessions.sessions.value.get(content.sessionId) : undefined,
      listedContext: view.isSideOpen.value ? contexts.selectedWatch.value?.context : undefined,
      questions: credentials.questions.value,
    });
  });
  return {
    loginInTab: computed(() => places.value.loginInTab),
    loginInPods: computed(() => places.value.loginInPods),
    unseen: kept(() => places.value.unseen),
    elsewhere: kept(() => places.value.elsewhere),
  };
}

/** The same list while the same stand in it. */
function kept<Item>(read: () => readonly Item[]): ReadonlySignal<readonly Item[]> {
  let before: readonly Item[] = [];
  return computed(() => {
    const next = read();
    const isSame = next.length === before.length && next.every((item, index) => item === before[index]);
    if (!isSame) before = next;
    return before;
  });
}
