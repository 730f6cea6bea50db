/** What the one field finds, and in which order. Pure: from what the page knows to rows with deeds. */
import type { PodInfo, RecordingInfo, SessionInfo, ShellTarget } from '../../preload/contract.ts';
import { nameOf } from '../library/recording-words.ts';
import { defaultRefusal } from '../store-pods.ts';
import { targetKey, targetName, targetOfRecording } from '../store-recents.ts';
import { formatDuration, formatTime } from '../ui/format.ts';
import type { IconName } from '../ui/icon.tsx';
import { type FuzzyMatch, matchFuzzy } from './fuzzy.ts';

/** What a row does; the palette carries it out. */
export type Deed =
  | { readonly kind: 'shell'; readonly target: ShellTarget }
  | { readonly kind: 'containers'; readonly context: string; readonly pod: PodInfo }
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'replay'; readonly recordingId: string }
  /** For what was on the screens of recordings. */
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'context'; readonly context: string }
  | { readonly kind: 'command'; readonly id: string };

export interface PaletteItem {
  readonly key: string;
  readonly group: 'Open sessions' | 'Recent' | 'Pods' | 'Recordings' | 'Contexts' | 'Commands' | 'Settings';
  readonly icon: IconName;
  readonly title: string;
  /** Where it is; searched as well, but a hit in the title is worth more. */
  readonly detail: string;
  /** Searched, not shown. */
  readonly words?: string;
  /** At the right: a key, an age. */
  readonly note?: string;
  /** Whose colour stands before it. */
  readonly context?: string;
  readonly refusal?: string;
  readonly enter: Deed;
  /** What Alt+Enter does, and its words. */
  readonly next?: { readonly label: string; readonly deed: Deed };
}

export interface PaletteSources {
  readonly sessions: readonly SessionInfo[];
  readonly recents: readonly ShellTarget[];
  readonly pods: readonly { readonly context: string; readonly pod: PodInfo }[];
  readonly recordings: readonly RecordingInfo[];
  readonly contexts: readonly { readonly name: string; readonly server: string }[];
  readonly commands: readonly CommandSource[];
  readonly settings: readonly { readonly key: string; readonly label: string }[];
  readonly nowMs: number;
}

interface CommandSource {
  readonly id: string;
  readonly title: string;
  readonly words?: string | undefined;
  readonly icon: IconName;
  readonly keyName?: string | undefined;
}

export interface FoundItem {
  readonly item: PaletteItem;
  /** Places in the title to mark. */
  readonly places: readonly number[];
}

/** More rows than anybody reads; a better query is quicker. */
export const MOST_FOUND = 60;
/** Rows of each group while nothing is typed: a start, not a list. */
const MOST_UNASKED: Readonly<Record<PaletteItem['group'], number>> = {
  'Open sessions': 9,
  Recent: 6,
  Pods: 8,
  Recordings: 3,
  Contexts: 4,
  Commands: 20,
  Settings: 0,
};

export function paletteItems(sources: PaletteSources): PaletteItem[] {
  const known = new Set(sources.contexts.map((one) => one.name));
  return [
    ...sources.sessions.map((session) => sessionItem(session)),
    ...sources.recents.filter((target) => known.has(target.context)).map(recentItem),
    ...sources.pods.map(({ context, pod }) => podItem(context, pod)),
    ...sources.recordings.map((recording) => recordingItem(recording, sources.nowMs)),
    ...sources.contexts.map(contextItem),
    ...sources.commands.map(commandItem),
    ...sources.settings.map(settingItem),
  ];
}

/** Best first; in the order of the groups while nothing is typed, and where two match alike. */
export function findItems(items: readonly PaletteItem[], query: string): FoundItem[] {
  if (query.trim() === '') return unasked(items);
  return items
    .map((item, place) => ({ item, place, match: matchItem(query, item) }))
    .filter((found): found is typeof found & { match: FuzzyMatch } => found.match !== undefined)
    .sort((a, b) => b.match.score - a.match.score || a.place - b.place)
    .slice(0, MOST_FOUND)
    .map(({ item, match }) => ({ item, places: match.places }));
}

function unasked(items: readonly PaletteItem[]): FoundItem[] {
  const left = { ...MOST_UNASKED };
  return items.flatMap((item) => {
    left[item.group] -= 1;
    return left[item.group] >= 0 ? [{ item, places: [] }] : [];
  });
}

/** In the title alone if it can be; else over all that the row says, for less. */
function matchItem(query: string, item: PaletteItem): FuzzyMatch | undefined {
  const inTitle = matchFuzzy(query, item.title);
  if (inTitle) return { ...inTitle, score: inTitle.score + GROUP_POINTS[item.group] };
  const all = matchFuzzy(query, `${item.title} ${item.detail} ${item.words ?? ''}`);
  if (!all) return undefined;
  const places = all.places.filter((place) => place < item.title.length);
  return { score: all.score * DETAIL_SHARE + GROUP_POINTS[item.group], places };
}

const DETAIL_SHARE = 0.6;
/** What is open is looked for more often than what could be opened, and that more often than a setting. */
const GROUP_POINTS: Readonly<Record<PaletteItem['group'], number>> = {
  'Open sessions': 6,
  Recent: 5,
  Pods: 4,
  Recordings: 1,
  Contexts: 2,
  Commands: 3,
  Settings: 0,
};

function sessionItem({ sessionId, target, state }: SessionInfo): PaletteItem {
  return {
    key: `session-${sessionId}`,
    group: 'Open sessions',
    icon: 'terminal',
    title: targetName(target),
    detail: `${target.context} · ${target.namespace}`,
    note: state.kind === 'ended' ? 'ended' : state.kind,
    context: target.context,
    enter: { kind: 'session', sessionId },
    next: { label: 'open another shell there', deed: { kind: 'shell', target } },
  };
}

function recentItem(target: ShellTarget): PaletteItem {
  return {
    key: `recent-${targetKey(target)}`,
    group: 'Recent',
    icon: 'retry',
    title: targetName(target),
    detail: `${target.context} · ${target.namespace}`,
    note: 'open again',
    context: target.context,
    enter: { kind: 'shell', target },
  };
}

function podItem(context: string, pod: PodInfo): PaletteItem {
  const refusal = defaultRefusal(pod);
  const target = { context, namespace: pod.namespace, pod: pod.name, container: pod.defaultContainer };
  return {
    key: `pod-${context}-${pod.uid}`,
    group: 'Pods',
    icon: 'pods',
    title: pod.name,
    detail: `${context} · ${pod.namespace}`,
    words: pod.containers.map((one) => one.name).join(' '),
    note: pod.status,
    context,
    ...(refusal === undefined ? {} : { refusal }),
    enter: { kind: 'shell', target },
    next: { label: 'choose a container', deed: { kind: 'containers', context, pod } },
  };
}

function recordingItem(recording: RecordingInfo, nowMs: number): PaletteItem {
  const { recordingId, context, namespace, startedAtMs, durationMicros } = recording;
  return {
    key: `recording-${recordingId}`,
    group: 'Recordings',
    icon: 'replay',
    title: nameOf(recording),
    detail: `${context} · ${namespace}`,
    note: `${formatTime(startedAtMs, nowMs)}, ${formatDuration(durationMicros / 1_000)}`,
    context,
    enter: { kind: 'replay', recordingId },
    next: { label: 'open a shell there', deed: { kind: 'shell', target: targetOfRecording(recording) } },
  };
}

/** Looks for the query on the screens of recordings, in the library. */
export function searchItem(text: string): PaletteItem {
  return {
    key: 'search-recordings',
    group: 'Recordings',
    icon: 'search',
    title: `Search what was on the screens: ${text}`,
    detail: '',
    enter: { kind: 'search', text },
  };
}

function contextItem({ name, server }: { readonly name: string; readonly server: string }): PaletteItem {
  const enter: Deed = { kind: 'context', context: name };
  return {
    key: `context-${name}`,
    group: 'Contexts',
    icon: 'pods',
    title: name,
    detail: server,
    context: name,
    enter,
  };
}

function commandItem(command: CommandSource): PaletteItem {
  return {
    key: `command-${command.id}`,
    group: 'Commands',
    icon: command.icon,
    title: command.title,
    detail: '',
    ...(command.words === undefined ? {} : { words: command.words }),
    ...(command.keyName === undefined ? {} : { note: command.keyName }),
    enter: { kind: 'command', id: command.id },
  };
}

function settingItem({ key, label }: { readonly key: string; readonly label: string }): PaletteItem {
  const enter: Deed = { kind: 'command', id: 'settings' };
  return {
    key: `setting-${key}`,
    group: 'Settings',
    icon: 'settings',
    title: label,
    detail: 'Settings',
    enter,
  };
}
