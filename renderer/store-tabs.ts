/** The open views and their order. A tab leaves only when it is closed. All pure. */
import type { DoctorQuestion } from './doctor/doctor-run.ts';
import { describePlace } from './doctor/doctor-words.ts';
import type { ReplayMoment } from './library/replay-moment.ts';

export type TabContent =
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'replay'; readonly recordingId: string; readonly at?: ReplayMoment }
  | { readonly kind: 'doctor'; readonly question: DoctorQuestion }
  | { readonly kind: 'library' }
  /** What is owed to recorders. */
  | { readonly kind: 'uploads' }
  /** Shells of other programs. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'settings' };

export interface Tab {
  readonly id: string;
  readonly content: TabContent;
}

export interface Tabs {
  readonly order: readonly Tab[];
  readonly activeId: string | undefined;
  /** Ids by last use, the latest first: what is closed gives way to what was seen before it. */
  readonly used: readonly string[];
}

export const NO_TABS: Tabs = { order: [], activeId: undefined, used: [] };

/** The same content is the same tab: asked for again, it is shown and not opened twice. */
export function tabIdOf(content: TabContent): string {
  if (content.kind === 'session') return `session-${content.sessionId}`;
  if (content.kind === 'replay') return `replay-${content.recordingId}`;
  // It becomes an element's id, which has no spaces.
  if (content.kind === 'doctor') return `doctor-${encodeURIComponent(describePlace(content.question))}`;
  return content.kind;
}

/** Shows the tab of this content, at the moment that is asked for; a new one stands right of the active one. */
export function openTab(tabs: Tabs, content: TabContent): Tabs {
  const id = tabIdOf(content);
  if (tabs.order.some((tab) => tab.id === id)) {
    const isElsewhere = content.kind === 'replay' && content.at !== undefined;
    const order = tabs.order.map((tab) => (tab.id === id && isElsewhere ? { id, content } : tab));
    return activateTab({ ...tabs, order }, id);
  }
  const place = tabs.order.findIndex((tab) => tab.id === tabs.activeId) + 1 || tabs.order.length;
  return activateTab({ ...tabs, order: tabs.order.toSpliced(place, 0, { id, content }) }, id);
}

/** At the end and without leaving what is shown: how the sessions that live already come in at a start. */
export function addTab(tabs: Tabs, content: TabContent): Tabs {
  const id = tabIdOf(content);
  if (tabs.order.some((tab) => tab.id === id)) return tabs;
  const next = { ...tabs, order: [...tabs.order, { id, content }] };
  return tabs.activeId === undefined ? activateTab(next, id) : next;
}

export function activateTab(tabs: Tabs, id: string): Tabs {
  if (!tabs.order.some((tab) => tab.id === id)) return tabs;
  return { ...tabs, activeId: id, used: [id, ...tabs.used.filter((other) => other !== id)] };
}

export function closeTab(tabs: Tabs, id: string): Tabs {
  const order = tabs.order.filter((tab) => tab.id !== id);
  const used = tabs.used.filter((other) => other !== id);
  if (tabs.activeId !== id) return { ...tabs, order, used };
  const place = tabs.order.findIndex((tab) => tab.id === id);
  return { order, used, activeId: used[0] ?? order[Math.min(place, order.length - 1)]?.id };
}

/** The next tab at the right (1) or left (-1), around the ends. */
export function stepTab(tabs: Tabs, step: 1 | -1): Tabs {
  const count = tabs.order.length;
  if (count === 0) return tabs;
  const place = tabs.order.findIndex((tab) => tab.id === tabs.activeId);
  const next = tabs.order[(place + step + count) % count];
  return next ? activateTab(tabs, next.id) : tabs;
}

/** Tab 1 is the leftmost; 9 is the last one, however many there are, as in every browser. */
export function digitTab(tabs: Tabs, digit: number): Tabs {
  const tab = digit === 9 ? tabs.order.at(-1) : tabs.order[digit - 1];
  return tab ? activateTab(tabs, tab.id) : tabs;
}

export function moveTab(tabs: Tabs, id: string, place: number): Tabs {
  const tab = tabs.order.find((candidate) => candidate.id === id);
  if (!tab) return tabs;
  const others = tabs.order.filter((candidate) => candidate.id !== id);
  return { ...tabs, order: others.toSpliced(Math.max(0, place), 0, tab) };
}

export function activeTab(tabs: Tabs): Tab | undefined {
  return tabs.order.find((tab) => tab.id === tabs.activeId);
}
