/** Everything that can be done with the whole page: one table for the palette, the keys and the help. */

import { COMMAND_TITLES, type CommandId } from '../../preload/page-commands.ts';
import type { ShortcutCommand } from '../../preload/page-keys.ts';
import { goToRequest } from '../credentials/request-views.tsx';
import { SECRET_KEY_FIELD } from '../settings/encryption-words.ts';
import { RECORDERS_SECTION } from '../settings/recorders-section.tsx';
import { RETENTION_FIELD } from '../settings/retention-section.tsx';
import type { Store } from '../store.ts';
import { digitTab, stepTab } from '../store-tabs.ts';
import { announce } from '../ui/announcer.ts';
import type { IconName } from '../ui/icon.tsx';
import { focusPodFilter, stepPart } from './parts.ts';
import { RECORDING_COMMANDS } from './recording-commands.ts';

export interface CommandDeed {
  readonly id: CommandId;
  /** Further words that find it. */
  readonly words?: string;
  readonly icon: IconName;
  readonly shortcut?: ShortcutCommand;
  /** False for what opens the palette itself. */
  readonly isListed?: false;
  /** Left out of the palette, and not to be chosen in a menu, where it would do nothing. */
  readonly isOffered?: (store: Store) => boolean;
  readonly run: (store: Store) => void | Promise<void>;
}

export interface Command extends CommandDeed {
  readonly title: string;
}

const DEEDS: readonly CommandDeed[] = [
  {
    id: 'find',
    icon: 'search',
    shortcut: 'find',
    isListed: false,
    run: ({ view }) => {
      view.overlay.value = { kind: 'palette', query: '' };
    },
  },
  {
    id: 'pods',
    words: 'list filter namespace context',
    icon: 'pods',
    shortcut: 'pods',
    run: goToPods,
  },
  {
    id: 'library',
    words: 'recordings replay history',
    icon: 'library',
    shortcut: 'library',
    run: (store) => store.openLibrary(),
  },
  {
    id: 'settings',
    words: 'preferences options theme font',
    icon: 'settings',
    shortcut: 'settings',
    run: (store) => store.openSettings(),
  },
  {
    id: 'demo',
    words: 'try example',
    icon: 'play',
    isOffered: ({ contexts }) => !/running|starting/.test(contexts.list.value?.demo ?? 'starting'),
    run: startDemo,
  },
  {
    id: 'disconnect',
    words: 'stop watch unwatch',
    icon: 'close',
    isOffered: ({ contexts }) => contexts.selectedWatch.value !== undefined,
    run: async ({ contexts }) => {
      const context = contexts.selected.value?.name;
      if (context !== undefined) await contexts.disconnect(context);
    },
  },
  {
    id: 'doctor',
    words: 'doctor diagnose test cluster access proxy certificate login',
    icon: 'pulse',
    isOffered: ({ contexts }) => contexts.selected.value !== undefined,
    run: (store) => {
      const context = store.contexts.selected.value?.name;
      const namespace = store.contexts.selectedWatch.value?.namespace ?? undefined;
      if (context !== undefined) store.checkConnection({ context, ...(namespace ? { namespace } : {}) });
    },
  },
  {
    id: 'tab.close',
    words: 'end shell exit',
    icon: 'close',
    shortcut: 'tab.close',
    isOffered: ({ view }) => view.activeTab.value !== undefined,
    run: async (store) => {
      const tab = store.view.activeTab.value;
      if (tab) await store.requestClose(tab.id);
    },
  },
  {
    id: 'kubectl',
    words: 'command exec get pods clipboard',
    icon: 'copy',
    isOffered: (store) => kubectlOf(store) !== undefined,
    run: async (store) => {
      const command = kubectlOf(store);
      if (command !== undefined) await store.copyCommand(command);
    },
  },
  ...RECORDING_COMMANDS,
  {
    id: 'requests',
    words: 'login credential plugin consent allow',
    icon: 'warning',
    isOffered: (store) => store.requests.unseen.value.length > 0,
    run: (store) => {
      const [first] = store.requests.unseen.value;
      if (first) goToRequest(store, first);
    },
  },
  {
    id: 'uploads',
    words: 'uploads recorders queue owed retry deliver',
    icon: 'upload',
    run: (store) => store.openUploads(),
  },
  {
    id: 'elsewhere',
    words: 'kubectl proxy kubeconfig browser helm k9s enable terminal',
    icon: 'door',
    run: (store) => store.openElsewhere(),
  },
  {
    id: 'retention',
    words: 'retention prune quota days delete storage disk',
    icon: 'trash',
    run: goToRetention,
  },
  {
    id: 'tab.next',
    icon: 'right',
    shortcut: 'tab.next',
    isOffered: ({ view }) => view.tabs.value.order.length > 1,
    run: ({ view }) => {
      view.tabs.value = stepTab(view.tabs.value, 1);
    },
  },
  {
    id: 'tab.previous',
    icon: 'right',
    shortcut: 'tab.previous',
    isOffered: ({ view }) => view.tabs.value.order.length > 1,
    run: ({ view }) => {
      view.tabs.value = stepTab(view.tabs.value, -1);
    },
  },
  {
    id: 'side',
    words: 'side panel toggle',
    icon: 'pods',
    shortcut: 'side',
    run: ({ view }) => {
      view.isSideOpen.value = !view.isSideOpen.value;
    },
  },
  {
    id: 'part.next',
    icon: 'right',
    shortcut: 'part.next',
    run: () => stepPart(1),
  },
  {
    id: 'part.previous',
    icon: 'right',
    shortcut: 'part.previous',
    run: () => stepPart(-1),
  },
  ...(['on', 'off'] as const).map(
    (word): CommandDeed => ({
      id: `reader.${word}`,
      words: 'accessibility accessible blind speech screen reader',
      icon: 'settings',
      isOffered: ({ settings }) => settings.state.value.settings.screenReader !== (word === 'on'),
      run: async (store) => {
        await store.changeSettings({ screenReader: word === 'on' });
        announce(word === 'on' ? 'Terminals are readable now.' : 'Terminals are no longer readable.');
      },
    }),
  ),
  ...(['system', 'light', 'dark', 'contrast'] as const).map(
    (theme): CommandDeed => ({
      id: `theme.${theme}`,
      words: 'colours appearance mode',
      icon: 'settings',
      isOffered: ({ settings }) => settings.state.value.settings.theme !== theme,
      run: (store) => store.changeSettings({ theme }),
    }),
  ),
  {
    id: 'window.new',
    icon: 'plus',
    shortcut: 'window.new',
    run: (store) => store.openWindow(),
  },
  {
    id: 'keys',
    words: 'keyboard shortcuts help',
    icon: 'keys',
    shortcut: 'keys',
    run: ({ view }) => {
      view.overlay.value = { kind: 'keys' };
    },
  },
];

export const COMMANDS: readonly Command[] = DEEDS.map((deed) => ({
  ...deed,
  title: COMMAND_TITLES[deed.id],
}));

/** What a key of the table does. */
export async function runShortcut(store: Store, shortcut: ShortcutCommand): Promise<void> {
  const digit = /^tab\.(\d)$/.exec(shortcut)?.[1];
  if (digit !== undefined) {
    store.view.tabs.value = digitTab(store.view.tabs.value, Number(digit));
    return;
  }
  await COMMANDS.find((command) => command.shortcut === shortcut)?.run(store);
}

/** For the shell that is shown, else for the pods that are listed. */
function kubectlOf({ view, sessions, contexts, kubectl }: Store): string | undefined {
  const content = view.activeTab.value?.content;
  const session = content?.kind === 'session' ? sessions.sessions.value.get(content.sessionId) : undefined;
  if (session) return kubectl.shell(session.target);
  const watch = contexts.selectedWatch.value;
  return watch && kubectl.pods(watch.context, watch.namespace);
}

/** Starts it and goes to where its pods are found. */
export async function startDemo(store: Store): Promise<void> {
  await store.startDemo();
  goToPods(store);
}

/** Where keys are added. Once drawn: the settings may have to be opened first. */
export function goToEncryption(store: Store): void {
  goToSetting(store, SECRET_KEY_FIELD);
}

/** Where the rules are set that let recordings go. */
export function goToRetention(store: Store): void {
  goToSetting(store, RETENTION_FIELD);
}

/** Where the recorders stand that the policy names. */
export function goToRecorders(store: Store): void {
  goToSetting(store, RECORDERS_SECTION);
}

function goToSetting(store: Store, id: string): void {
  store.openSettings();
  requestAnimationFrame(() => {
    const field = document.getElementById(id);
    field?.scrollIntoView({ block: 'center' });
    field?.focus({ preventScroll: true });
  });
}

export function goToPods({ view }: Store): void {
  view.isSideOpen.value = true;
  focusPodFilter();
}
