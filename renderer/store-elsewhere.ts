/** Shells whose terminal is in another program, and the proxy that kubectl goes through, as the core tells them. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { AllowedNow, ElsewhereSession, OriginsInfo, ProxyInfo } from '../preload/contract-elsewhere.ts';
import type { CoreClient } from './core-client.ts';
import { openTab } from './store-tabs.ts';
import type { ViewStore } from './store-view.ts';

export interface ElsewhereStore {
  /** Those that are open, in order of their opening. */
  readonly sessions: ReadonlySignal<readonly ElsewhereSession[]>;
  /** Undefined until the core has answered. */
  readonly proxy: ReadonlySignal<ProxyInfo | undefined>;
  /** Pages of a browser; undefined until the core has answered. */
  readonly origins: ReadonlySignal<OriginsInfo | undefined>;
  /** That was allowed just now, until its token has been taken. */
  readonly allowedNow: ReadonlySignal<AllowedNow | undefined>;
  allowPage(address: string): Promise<void>;
  removePage(origin: string): Promise<void>;
  forgetToken(): void;
  endSession(sessionId: string): Promise<void>;
  enable(contexts: readonly string[]): Promise<void>;
  disable(contexts: readonly string[]): Promise<void>;
  load(): Promise<void>;
  end(): void;
}

export function createElsewhereStore(client: CoreClient): ElsewhereStore {
  const sessions = signal<readonly ElsewhereSession[]>([]);
  const proxy = signal<ProxyInfo | undefined>(undefined);
  const origins = signal<OriginsInfo | undefined>(undefined);
  const allowedNow = signal<AllowedNow | undefined>(undefined);
  const stops = [
    client.on('origins.changed', (next) => {
      origins.value = next;
    }),
    client.on('elsewhere.changed', (next) => {
      sessions.value = next;
    }),
    client.on('proxy.changed', (next) => {
      proxy.value = next;
    }),
  ];
  return {
    sessions,
    proxy,
    origins,
    allowedNow,
    async allowPage(address) {
      allowedNow.value = await client.call('origins.allow', { address });
    },
    async removePage(origin) {
      await client.call('origins.remove', { origin });
      if (allowedNow.value?.origin === origin) allowedNow.value = undefined;
    },
    forgetToken() {
      allowedNow.value = undefined;
    },
    async endSession(sessionId) {
      await client.call('elsewhere.end', { sessionId });
    },
    async enable(contexts) {
      await client.call('proxy.enable', { contexts });
    },
    async disable(contexts) {
      await client.call('proxy.disable', { contexts });
    },
    async load() {
      const [open, standing, pages] = await Promise.all([
        client.call('elsewhere.list', {}),
        client.call('proxy.state', {}),
        client.call('origins.state', {}),
      ]);
      origins.value = pages;
      sessions.value = open;
      proxy.value = standing;
    },
    end() {
      for (const stop of stops) stop();
    },
  };
}

/** What fails is said; none of them throws. */
export interface ElsewhereDeeds {
  openElsewhere(): void;
  endElsewhere(sessionId: string): Promise<void>;
  /** Whether kubectl reaches these contexts through us. */
  switchProxy(contexts: readonly string[], isOn: boolean): Promise<void>;
  /** Resolves with whether it is allowed now. */
  allowPage(address: string): Promise<boolean>;
  removePage(origin: string): Promise<void>;
}

export function createElsewhereDeeds({
  elsewhere,
  view,
  tell,
}: {
  readonly elsewhere: Pick<ElsewhereStore, 'endSession' | 'enable' | 'disable' | 'allowPage' | 'removePage'>;
  readonly view: Pick<ViewStore, 'tabs'>;
  tell(title: string, deed: () => Promise<void>): Promise<void>;
}): ElsewhereDeeds {
  return {
    openElsewhere() {
      view.tabs.value = openTab(view.tabs.value, { kind: 'elsewhere' });
    },
    async allowPage(address) {
      let isAllowed = false;
      await tell('The page was not allowed', async () => {
        await elsewhere.allowPage(address);
        isAllowed = true;
      });
      return isAllowed;
    },
    removePage: (origin) => tell('The page is still allowed', () => elsewhere.removePage(origin)),
    endElsewhere: (sessionId) => tell('It was not ended', () => elsewhere.endSession(sessionId)),
    switchProxy: (contexts, isOn) =>
      tell(isOn ? 'kubectl was not led through Kubereel' : 'kubectl still goes through Kubereel', () =>
        isOn ? elsewhere.enable(contexts) : elsewhere.disable(contexts),
      ),
  };
}
