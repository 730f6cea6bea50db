/** Finds a text in all of one recording: where it was, and the next place from where the replay stands. */
import type { ProblemInfo, RecordingHit, RecordingHits } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import { problemOf } from '../problem.ts';
import type { Timers } from '../timers.ts';
import { sentence } from '../ui/messages.tsx';

export interface RecordingFind {
  readonly state: FindState;
  /** Asks when nobody has typed for a moment. Empty: nothing is looked for. */
  find(text: string, isCaseSensitive: boolean): void;
  /** To the one after or before, around the ends. */
  step(direction: 1 | -1): RecordingHit | undefined;
  /** This one is current. */
  choose(hit: RecordingHit): void;
  /** More may have been read by now. */
  refresh(): void;
  end(): void;
}

export type FindState =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking'; readonly text: string }
  | {
      readonly kind: 'known';
      readonly text: string;
      readonly found: RecordingHits;
      /** Of the hits, from 0 on; -1: before the first. */
      readonly current: number;
    }
  | { readonly kind: 'failed'; readonly text: string; readonly problem: ProblemInfo };

const TYPING_MS = 150;

export interface FindNeeds {
  readonly client: Pick<PaneClient, 'call'>;
  readonly timers: Pick<Timers, 'setTimeout' | 'clearTimeout'>;
  /** Where the replay stands. */
  readonly positionMicros: () => number;
  readonly onChanged: (state: FindState) => void;
}

export function createRecordingFind(
  { client, timers, positionMicros, onChanged }: FindNeeds,
  recordingId: string,
): RecordingFind {
  let state: FindState = { kind: 'none' };
  let isExact = false;
  let asked: AbortController | undefined;
  let timer: ReturnType<Timers['setTimeout']> | undefined;

  function enter(next: FindState): void {
    state = next;
    onChanged(next);
  }

  function stop(): void {
    timers.clearTimeout(timer);
    asked?.abort(new Error('something else is looked for'));
    asked = undefined;
  }

  async function ask(text: string): Promise<void> {
    const own = new AbortController();
    asked = own;
    try {
      const all = await client.call('library.find', { recordingId, text }, { signal: own.signal });
      if (asked !== own) return;
      // The core knows texts without their case.
      const found = isExact ? { ...all, hits: all.hits.filter((hit) => hit.text.includes(text)) } : all;
      const before =
        state.kind === 'known' && state.text === text ? state.found.hits[state.current] : undefined;
      enter({
        kind: 'known',
        text,
        found,
        current: before ? placeOf(found.hits, before) : lastBy(found.hits),
      });
    } catch (error) {
      if (asked === own) enter({ kind: 'failed', text, problem: problemOf(error) });
    }
  }

  /** What the screen shows of it now. */
  function lastBy(hits: readonly RecordingHit[]): number {
    const now = positionMicros();
    return hits.findLastIndex(({ timeMicros }) => timeMicros <= now);
  }

  function choose(index: number): RecordingHit | undefined {
    if (state.kind !== 'known') return undefined;
    enter({ ...state, current: index });
    return state.found.hits[index];
  }

  return {
    get state() {
      return state;
    },
    find(text, isCaseSensitive) {
      stop();
      isExact = isCaseSensitive;
      if (text === '') {
        enter({ kind: 'none' });
        return;
      }
      enter({ kind: 'asking', text });
      // Its failure is a state.
      timer = timers.setTimeout(() => void ask(text), TYPING_MS);
    },
    step(direction) {
      if (state.kind !== 'known' || state.found.hits.length === 0) return undefined;
      const { current, found } = state;
      const { length } = found.hits;
      // Before the first one stands none.
      const from = current < 0 && direction === -1 ? 0 : current;
      return choose((from + direction + length) % length);
    },
    choose(hit) {
      if (state.kind === 'known') choose(placeOf(state.found.hits, hit));
    },
    refresh() {
      // Its failure is a state.
      if (state.kind === 'known') void ask(state.text);
    },
    end: stop,
  };
}

function placeOf(hits: readonly RecordingHit[], hit: RecordingHit): number {
  return hits.findIndex(({ timeMicros, text }) => timeMicros === hit.timeMicros && text === hit.text);
}

/** `3 of 17`, `1000+ hits`, `no hits yet`: what a find bar says beside its field. */
export function countWords(state: FindState): string {
  if (state.kind === 'none') return '';
  if (state.kind === 'asking') return 'looking';
  if (state.kind === 'failed') return 'not known';
  const { found, current } = state;
  if (found.reading === 'encrypted' || found.reading === 'unreadable') return '';
  const isOpen = found.reading === 'under-way';
  if (found.hits.length === 0) return isOpen ? 'no hits yet' : 'no hits';
  const count = `${found.hits.length}${found.hasMore || isOpen ? '+' : ''}`;
  return current >= 0 ? `${current + 1} of ${count}` : `${count} ${count === '1' ? 'hit' : 'hits'}`;
}

/** What is to be known of where was looked; undefined: everywhere. */
export function describeReach(state: FindState): string | undefined {
  if (state.kind === 'failed')
    return `${sentence(state.problem.message)} Only the terminal’s lines are looked through.`;
  if (state.kind !== 'known') return undefined;
  switch (state.found.reading) {
    case 'under-way':
      return 'Still being read: there may be more.';
    case 'encrypted':
      return 'Encrypted: its text is kept nowhere, only the terminal’s lines are looked through.';
    case 'unreadable':
      return 'Its text could not be read, only the terminal’s lines are looked through.';
    default:
      return undefined;
  }
}

/** Whether the terminal is asked instead: nobody else knows. */
export function isTerminalOnly(state: FindState): boolean {
  if (state.kind === 'failed') return true;
  return (
    state.kind === 'known' && (state.found.reading === 'encrypted' || state.found.reading === 'unreadable')
  );
}
