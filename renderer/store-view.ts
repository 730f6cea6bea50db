/** What the window shows: tabs, the side, what floats above, and what was said. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PodInfo, PolicyAnswer, ProblemInfo, ShellTarget } from '../preload/contract.ts';
import type { DebugQuestion } from './debug/debug-question.ts';
import { FIRST_WISH, type ListWish } from './library/list-wish.ts';
import { activeTab, NO_TABS, type Tab, type Tabs } from './store-tabs.ts';
import type { MenuPlace } from './ui/menu.tsx';
import type { Tone } from './ui/status-dot.tsx';

type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'palette'; readonly query: string }
  | { readonly kind: 'keys' }
  /** Asks before a shell that lives is ended. */
  | { readonly kind: 'close-session'; readonly sessionId: string }
  /** The same of a shell whose terminal is in another program. */
  | { readonly kind: 'end-elsewhere'; readonly sessionId: string }
  /** Asks for a marker's label. */
  | { readonly kind: 'mark'; readonly sessionId: string }
  /** Which recorders were tried for a session, and what each answered. */
  | { readonly kind: 'attempts'; readonly sessionId: string }
  /** Asks before what is typed is recorded. */
  | { readonly kind: 'record-input'; readonly sessionId: string }
  /** Asks for what the policy wants before a shell opens. */
  | { readonly kind: 'terms'; readonly target: ShellTarget; readonly answer: PolicyAnswer }
  /** What the policy says of a shell, open or not. */
  | {
      readonly kind: 'policy';
      readonly target: ShellTarget;
      readonly answer: PolicyAnswer;
      readonly isOpen: boolean;
    }
  | DebugQuestion
  | {
      readonly kind: 'containers';
      readonly context: string;
      readonly pod: PodInfo;
      readonly place: MenuPlace;
    };

/** Said once, in a corner; failures stay until they are dismissed. */
export interface Said {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
  readonly problem?: ProblemInfo;
}

export interface ViewStore {
  readonly tabs: Signal<Tabs>;
  readonly activeTab: ReadonlySignal<Tab | undefined>;
  /** The user's wish; a narrow window shows the side above the content. */
  readonly isSideOpen: Signal<boolean>;
  readonly sideWidth: Signal<number>;
  readonly overlay: Signal<Overlay>;
  /** Which recording the queue of deliveries shows. */
  readonly shownUpload: Signal<string | undefined>;
  /** What the library looks for on the screens of recordings. */
  readonly sought: Signal<string>;
  /** How its list is filtered, sorted and grouped. */
  readonly listWish: Signal<ListWish>;
  readonly said: ReadonlySignal<readonly Said[]>;
  /** Why the core is gone; nothing works any more, but what is shown stays. */
  readonly lost: Signal<ProblemInfo | undefined>;
  say(tone: Tone, text: string, problem?: ProblemInfo): void;
  dismiss(id: number): void;
  closeOverlay(): void;
}

/** More would cover what they are about. */
const MOST_SAID = 4;
const SIDE_PX = 392;

export function createViewStore(): ViewStore {
  const tabs = signal<Tabs>(NO_TABS);
  const said = signal<readonly Said[]>([]);
  const overlay = signal<Overlay>({ kind: 'none' });
  let lastId = 0;
  return {
    tabs,
    shownUpload: signal<string | undefined>(undefined),
    sought: signal(''),
    listWish: signal(FIRST_WISH),
    activeTab: computed(() => activeTab(tabs.value)),
    isSideOpen: signal(true),
    sideWidth: signal(SIDE_PX),
    overlay,
    said,
    lost: signal<ProblemInfo | undefined>(undefined),
    say(tone, text, problem) {
      lastId += 1;
      const next: Said = { id: lastId, tone, text, ...(problem && { problem }) };
      const others = said.value.filter((one) => one.text !== text);
      said.value = [...others, next].slice(-MOST_SAID);
    },
    dismiss(id) {
      said.value = said.value.filter((one) => one.id !== id);
    },
    closeOverlay() {
      overlay.value = { kind: 'none' };
    },
  };
}
