/** Asks the core what was on the screens of recordings, while one types and while recordings are still being read. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ProblemInfo } from '../../preload/contract.ts';
import type { SearchAnswer, SearchQuestion } from '../../preload/contract-search.ts';
import { problemOf } from '../problem.ts';

export type SearchCall = (
  question: SearchQuestion,
  options: { readonly signal: AbortSignal },
) => Promise<SearchAnswer>;

export type ContentSearch =
  | { readonly kind: 'none' }
  /** `before`: what was found for the text before; it stays until there is something else to show. */
  | { readonly kind: 'searching'; readonly before?: FoundText }
  | { readonly kind: 'found'; readonly found: FoundText }
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

export interface FoundText {
  readonly text: string;
  readonly answer: SearchAnswer;
}

interface Asking {
  readonly signal: AbortSignal;
  /** More than the first page is shown. */
  isPaged: boolean;
}

/** Within a word nobody waits for an answer. */
const TYPING_MS = 120;
/** Recordings that have been read meanwhile may hold it too. */
const AGAIN_MS = 2_000;

export function useContentSearch(
  search: SearchCall,
  asked: Pick<SearchQuestion, 'text' | 'words' | 'filter'>,
): { readonly state: ContentSearch; readonly more: () => void } {
  const [state, setState] = useState<ContentSearch>({ kind: 'none' });
  const latest = useRef(search);
  latest.current = search;
  const asking = useRef<Asking | undefined>(undefined);
  const { text } = asked;

  useEffect(() => {
    if (text === '') {
      setState({ kind: 'none' });
      return;
    }
    const controller = new AbortController();
    const own: Asking = { signal: controller.signal, isPaged: false };
    asking.current = own;
    setState((last) => toSearching(last));
    let timer = setTimeout(ask, TYPING_MS);

    function ask(): void {
      // Told by the state, its failure too.
      void answer(asked, controller.signal).then((found) => {
        const isPartial = found !== undefined && found.unsearched.waiting > 0;
        if (isPartial && !controller.signal.aborted) timer = setTimeout(askAgain, AGAIN_MS);
      });
    }
    function askAgain(): void {
      // Who has gone on to the next page would lose it.
      if (!own.isPaged) ask();
    }

    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text, asked.filter, asked.words.join('\n')]);

  async function answer(question: SearchQuestion, signal: AbortSignal): Promise<SearchAnswer | undefined> {
    try {
      const found = await latest.current(question, { signal });
      if (signal.aborted) return undefined;
      setState((last) => ({ kind: 'found', found: { text, answer: join(last, question, found) } }));
      return found;
    } catch (error) {
      if (!signal.aborted) setState({ kind: 'failed', problem: problemOf(error) });
      return undefined;
    }
  }

  function more(): void {
    const lastId = state.kind === 'found' ? state.found.answer.recordings.at(-1)?.recordingId : undefined;
    if (lastId === undefined || !asking.current) return;
    asking.current.isPaged = true;
    // As above; it ends with the question that it goes on from.
    void answer({ ...asked, afterId: lastId }, asking.current.signal);
  }

  return { state, more };
}

function toSearching(last: ContentSearch): ContentSearch {
  if (last.kind === 'searching') return last;
  return last.kind === 'found' ? { kind: 'searching', before: last.found } : { kind: 'searching' };
}

/** The next page stands behind what was found; anything else takes its place. */
function join(last: ContentSearch, question: SearchQuestion, found: SearchAnswer): SearchAnswer {
  if (question.afterId === undefined || last.kind !== 'found') return found;
  return { ...found, recordings: [...last.found.answer.recordings, ...found.recordings] };
}
