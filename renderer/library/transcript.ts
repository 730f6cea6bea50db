/** A recording's text as the page holds it: parts of it, asked for as they are looked at. */
import type { ProblemInfo, TranscriptLine, TranscriptPage } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import { problemOf } from '../problem.ts';

export interface Transcript {
  /** What is known of all of it. */
  readonly state: TranscriptState;
  /** Undefined where it is not here yet. */
  lineAt(index: number): TranscriptLine | undefined;
  /** The line that was shown last by then, -1 before the first; undefined while that is being asked for. */
  lineOf(timeMicros: number): number | undefined;
  /** These lines are looked at: what is not here of them is asked for. `onChanged` tells when it has come. */
  want(from: number, to: number): void;
  /** More may be known by now. */
  refresh(): void;
}

export type TranscriptState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'known'; readonly reading: TranscriptPage['reading']; readonly lineCount: number }
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

/** Some megabytes at most: a page is about 64 KiB of text. */
const KEPT_PAGES = 24;

export function createTranscript(
  { client, onChanged }: { readonly client: Pick<PaneClient, 'call'>; readonly onChanged: () => void },
  recordingId: string,
  { signal }: { readonly signal: AbortSignal },
): Transcript {
  let state: TranscriptState = { kind: 'asking' };
  /** The last used stand last. */
  let pages: readonly TranscriptPage[] = [];
  /** What is asked for, so that it is asked for once. */
  const asking = new Set<string>();
  let lastWanted = 0;

  function ask(what: string, at: { readonly line: number } | { readonly timeMicros: number }): void {
    if (asking.has(what) || signal.aborted || state.kind === 'failed') return;
    asking.add(what);
    client.call('library.transcript', { recordingId, at }, { signal }).then(
      (page) => {
        asking.delete(what);
        take(page);
      },
      (error: unknown) => {
        asking.delete(what);
        if (signal.aborted) return;
        state = { kind: 'failed', problem: problemOf(error) };
        onChanged();
      },
    );
  }

  function take(page: TranscriptPage): void {
    state = { kind: 'known', reading: page.reading, lineCount: page.lineCount };
    const others = pages.filter(({ fromLine }) => fromLine !== page.fromLine);
    if (page.lines.length > 0) pages = [...others, page].slice(-KEPT_PAGES);
    onChanged();
  }

  function pageWith(index: number): TranscriptPage | undefined {
    return pages.find(({ fromLine, lines }) => index >= fromLine && index < fromLine + lines.length);
  }

  function pageAt(timeMicros: number): TranscriptPage | undefined {
    return pages.find(({ fromLine, lines, nextMicros = Number.POSITIVE_INFINITY }) => {
      const first = fromLine === 0 ? 0 : (lines[0]?.timeMicros ?? 0);
      return timeMicros >= first && timeMicros < nextMicros;
    });
  }

  return {
    get state() {
      return state;
    },
    lineAt(index) {
      const page = pageWith(index);
      return page?.lines[index - page.fromLine];
    },
    lineOf(timeMicros) {
      const page = pageAt(timeMicros);
      if (page) return page.fromLine + page.lines.findLastIndex((line) => line.timeMicros <= timeMicros);
      if (state.kind === 'known' && state.lineCount === 0) return -1;
      ask('time', { timeMicros });
      return undefined;
    },
    want(from, to) {
      lastWanted = from;
      const count = state.kind === 'known' ? state.lineCount : 1;
      for (let index = Math.max(0, from); index < Math.min(to, count); ) {
        const page = pageWith(index);
        if (!page) {
          ask(`line ${index}`, { line: index });
          return;
        }
        index = page.fromLine + page.lines.length;
      }
      if (state.kind === 'asking') ask('line 0', { line: 0 });
    },
    refresh() {
      if (state.kind === 'failed') state = { kind: 'asking' };
      // Only the last part grows; what is here of it stays until more has come.
      const last = pages.find(({ nextMicros }) => nextMicros === undefined);
      ask('again', { line: last?.fromLine ?? lastWanted });
    },
  };
}
