/** All that the page knows and does: the rooms of the store together, and the deeds that need several of them. */
import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { AppInfo, PodInfo, Settings, ShellTarget, TerminalSize } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';
import { askAboutTarget, questionOf } from './debug/debug-question.ts';
import type { DoctorQuestion } from './doctor/doctor-run.ts';
import type { ReplayMoment } from './library/replay-moment.ts';
import { asksForTerms } from './policy/policy-words.ts';
import { problemOf } from './problem.ts';
import { type ContextStore, createContextStore } from './store-contexts.ts';
import { type CredentialStore, createCredentialStore } from './store-credentials.ts';
import { createDesktopStore, type DesktopStore } from './store-desktop.ts';
import {
  createElsewhereDeeds,
  createElsewhereStore,
  type ElsewhereDeeds,
  type ElsewhereStore,
} from './store-elsewhere.ts';
import { createEncryptionStore, type EncryptionStore } from './store-encryption.ts';
import { createKeeping, type Keeping } from './store-keeping.ts';
import { createKubectl, type Kubectl } from './store-kubectl.ts';
import { createLibraryDeeds, type LibraryDeeds } from './store-library.ts';
import { defaultRefusal } from './store-pods.ts';
import { createPolicyStore, type PolicyStore } from './store-policy.ts';
import { withRecent } from './store-recents.ts';
import { createRecordingDeeds, type RecordingDeeds } from './store-recording.ts';
import { createRecoveryStore, type RecoveryStore } from './store-recoveries.ts';
import { createRequestStore, type RequestStore } from './store-requests.ts';
import { createSessionStore, type SessionStore } from './store-sessions.ts';
import { createSettingsStore, type SettingsStore } from './store-settings.ts';
import { activateTab, addTab, closeTab, openTab, tabIdOf } from './store-tabs.ts';
import { createUpdateDeeds, createUpdateStore, type UpdateDeeds, type UpdateStore } from './store-updates.ts';
import { createUploadDeeds, createUploadStore, type UploadDeeds, type UploadStore } from './store-uploads.ts';
import { createViewStore, type ViewStore } from './store-view.ts';
import { copyText } from './terminal/clipboard.ts';

export interface Store extends ElsewhereDeeds, LibraryDeeds, UpdateDeeds, UploadDeeds {
  readonly contexts: ContextStore;
  readonly sessions: SessionStore;
  readonly settings: SettingsStore;
  readonly encryption: EncryptionStore;
  readonly policy: PolicyStore;
  readonly recoveries: RecoveryStore;
  readonly updates: UpdateStore;
  readonly uploads: UploadStore;
  readonly elsewhere: ElsewhereStore;
  readonly keeping: Keeping;
  readonly desktop: DesktopStore;
  readonly view: ViewStore;
  readonly kubectl: Kubectl;
  readonly credentials: CredentialStore;
  readonly requests: RequestStore;
  readonly recording: RecordingDeeds;
  /** Undefined until the core has answered. */
  readonly info: ReadonlySignal<AppInfo | undefined>;
  /** Unix milliseconds, moving once a second. */
  readonly nowMs: ReadonlySignal<number>;
  /** Opens a shell in a tab of its own, or asks where that adds to the cluster. What fails is said; it never throws. */
  openShell(target: ShellTarget): Promise<void>;
  /** The same for what was asked about; asks for what the policy wants. */
  openAsked(target: ShellTarget): Promise<void>;
  /** The same for what the policy has got. */
  openAgreed(target: ShellTarget, confirmation?: string): Promise<void>;
  /** Shows what the policy says of a shell that may be opened. */
  explainPolicy(target: ShellTarget): Promise<void>;
  /** Asks what to add beside a container that has no shell. */
  askToDebug(target: ShellTarget): void;
  /** The shell that Enter on a pod opens, or words why there is none. */
  openPod(context: string, pod: PodInfo): Promise<void>;
  showSession(sessionId: string): void;
  openReplay(recordingId: string, at?: ReplayMoment): void;
  /** With a text to look for on the screens of recordings. */
  openLibrary(sought?: string): void;
  openSettings(): void;
  /** Looks at all that a shell there needs, in a tab of its own. */
  checkConnection(question: DoctorQuestion): void;
  /** Closes the tab; asks first where a shell that only it shows would end with it. */
  requestClose(tabId: string): Promise<void>;
  /** Closes it without asking. */
  closeNow(tabId: string): Promise<void>;
  changeSettings(changes: Partial<Settings>): Promise<void>;
  /** Puts a command on the clipboard and says which; where that is refused it can be read instead. */
  copyCommand(command: string): Promise<void>;
  /** Answers a question of a plugin, or gives its login up. */
  answerRequest(requestId: string, answer: 'allow' | 'refuse'): Promise<void>;
  startDemo(): Promise<void>;
  openWindow(): Promise<void>;
  /** Everything that is known already. Rejects where the core cannot answer. */
  load(): Promise<void>;
  end(): void;
}

export interface StoreNeeds {
  readonly client: CoreClient;
  readonly now: () => number;
  /** The size that a terminal will have in the content area, for the first byte to be right. */
  readonly terminalSize: () => TerminalSize;
}

const TICK_MS = 1_000;

export function createStore({ client, now, terminalSize }: StoreNeeds): Store {
  const contexts = createContextStore(client);
  const sessions = createSessionStore(client);
  const settings = createSettingsStore(client);
  const credentials = createCredentialStore(client);
  const policy = createPolicyStore(client);
  const recoveries = createRecoveryStore(client);
  const updates = createUpdateStore(client);
  const uploads = createUploadStore(client);
  const elsewhere = createElsewhereStore(client);
  const view = createViewStore();
  const keeping = createKeeping(client);
  const info = signal<AppInfo | undefined>(undefined);
  const nowMs = signal(now());
  const ticking = setInterval(() => {
    nowMs.value = now();
  }, TICK_MS);

  /** Says what failed instead of throwing: for deeds that nobody awaits. */
  async function tell(title: string, deed: () => Promise<void>): Promise<void> {
    try {
      await deed();
    } catch (error) {
      view.say('lost', title, problemOf(error));
    }
  }

  function podsOf(context: string): Iterable<PodInfo> {
    return contexts.watches.value.get(context)?.pods.values() ?? [];
  }

  async function openShell(target: ShellTarget): Promise<void> {
    const question = questionOf(target, podsOf(target.context));
    if (question) view.overlay.value = question;
    else await openAsked(target);
  }

  async function openAsked(target: ShellTarget): Promise<void> {
    // Where it cannot be asked the core refuses the shell, and its tab says why.
    const answer = await policy.explain(target).catch(() => undefined);
    if (answer && asksForTerms(answer)) view.overlay.value = { kind: 'terms', target, answer };
    else await openAgreed(target);
  }

  async function openAgreed(target: ShellTarget, confirmation?: string): Promise<void> {
    await tell(`No shell in ${target.node?.name ?? target.pod}`, async () => {
      const session = await sessions.open(target, terminalSize(), confirmation);
      view.tabs.value = openTab(view.tabs.value, { kind: 'session', sessionId: session.sessionId });
      // What adds something to the cluster is not offered again by a press.
      if (target.debug || target.node) return;
      const recentTargets = withRecent(settings.state.value.settings.recentTargets, target);
      await settings.change({ recentTargets });
    });
  }

  async function closeNow(tabId: string): Promise<void> {
    const tab = view.tabs.value.order.find((one) => one.id === tabId);
    if (!tab) return;
    view.tabs.value = closeTab(view.tabs.value, tabId);
    if (tab.content.kind !== 'session') return;
    const { sessionId } = tab.content;
    const isShared = isLive(sessionId) && (sessions.sessions.value.get(sessionId)?.viewers ?? 0) > 1;
    // Another window shows it: here the view is closed, there the shell goes on.
    if (isShared) return;
    await tell('The shell could not be ended', () => sessions.close(sessionId));
  }

  // Ended and forgotten in another window: here its tab keeps it, and without a tab nothing does.
  const stopForgotten = client.on('sessions.forgotten', ({ sessionId }) => {
    const hasTab = view.tabs.value.order.some((tab) => tab.id === sessionTabId(sessionId));
    if (!hasTab) sessions.drop(sessionId);
  });

  function isLive(sessionId: string): boolean {
    return sessions.live.value.some((one) => one.sessionId === sessionId);
  }

  return {
    contexts,
    sessions,
    settings,
    encryption: createEncryptionStore(client),
    policy,
    recoveries,
    updates,
    uploads,
    elsewhere,
    keeping,
    desktop: createDesktopStore({ client, view }),
    view,
    kubectl: createKubectl({ contexts, settings, info }),
    credentials,
    ...createLibraryDeeds({ client, keeping, view }),
    ...createUpdateDeeds({ updates, tell }),
    ...createUploadDeeds({ uploads, view, tell }),
    ...createElsewhereDeeds({ elsewhere, view, tell }),
    recording: createRecordingDeeds({ client, sessions, settings, view, tell }),
    requests: createRequestStore({ credentials, contexts, sessions, view }),
    info,
    nowMs,
    openShell,
    openAsked,
    openAgreed,
    explainPolicy: (target) =>
      tell('The policy cannot be told', async () => {
        const answer = await policy.explain(target);
        view.overlay.value = { kind: 'policy', target, answer, isOpen: false };
      }),
    askToDebug(target) {
      view.overlay.value = { kind: 'debug', question: askAboutTarget(target, podsOf(target.context)) };
    },
    async openPod(context, pod) {
      const refusal = defaultRefusal(pod);
      if (refusal) return view.say('owed', `No shell in ${pod.name}. ${refusal}.`);
      await openShell({
        context,
        namespace: pod.namespace,
        pod: pod.name,
        container: pod.defaultContainer,
      });
    },
    showSession(sessionId) {
      view.tabs.value = openTab(view.tabs.value, { kind: 'session', sessionId });
    },
    openReplay(recordingId, at) {
      view.tabs.value = openTab(view.tabs.value, { kind: 'replay', recordingId, ...(at && { at }) });
    },
    openLibrary(sought) {
      if (sought !== undefined) view.sought.value = sought;
      view.tabs.value = openTab(view.tabs.value, { kind: 'library' });
    },
    openSettings() {
      view.tabs.value = openTab(view.tabs.value, { kind: 'settings' });
    },
    checkConnection(question) {
      view.tabs.value = openTab(view.tabs.value, { kind: 'doctor', question });
    },
    async requestClose(tabId) {
      const tab = view.tabs.value.order.find((one) => one.id === tabId);
      if (tab?.content.kind === 'session') {
        const session = sessions.sessions.value.get(tab.content.sessionId);
        if (session?.state.kind === 'live' && session.viewers <= 1) {
          view.tabs.value = activateTab(view.tabs.value, tabId);
          view.overlay.value = { kind: 'close-session', sessionId: session.sessionId };
          return;
        }
      }
      await closeNow(tabId);
    },
    closeNow,
    changeSettings: (changes) => tell('The setting was not kept', () => settings.change(changes)),
    async copyCommand(command) {
      if (await copyText(command)) view.say('quiet', `Copied: ${command}`);
      else view.say('owed', `The browser refused to copy. The command is: ${command}`);
    },
    answerRequest: (requestId, answer) =>
      tell('The answer was not taken', () => credentials.answer(requestId, answer)),
    startDemo: () => tell('The demo cluster did not start', () => contexts.startDemo()),
    openWindow: () =>
      tell('No window opened', async () => {
        const { url } = await client.call('app.newWindow', {});
        if (url !== undefined) window.open(url);
      }),
    async load() {
      info.value = await client.call('app.info', {});
      const rooms = [contexts, sessions, settings, credentials, recoveries, updates, uploads, elsewhere];
      await Promise.all(rooms.map((room) => room.load()));
      batch(() => {
        for (const { sessionId } of sessions.sessions.value.values()) {
          view.tabs.value = addTab(view.tabs.value, { kind: 'session', sessionId });
        }
      });
    },
    end() {
      clearInterval(ticking);
      stopForgotten();
      contexts.end();
      sessions.end();
      settings.end();
      policy.end();
      recoveries.end();
      updates.end();
      uploads.end();
      elsewhere.end();
      credentials.end();
    },
  };
}

export function sessionTabId(sessionId: string): string {
  return tabIdOf({ kind: 'session', sessionId });
}
