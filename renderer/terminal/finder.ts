/** Finds text in a terminal, scrollback included. */
import { SearchAddon } from '@xterm/addon-search';
import type { Terminal } from '@xterm/xterm';
import { readHitColours } from './terminal-theme.ts';

export interface Finder {
  /** Marks all hits and moves to one: the last of all, or the one above or below where the current one is. */
  find(query: FindQuery, which: 'last' | 'above' | 'below'): void;
  clear(): void;
}

export interface FindQuery {
  readonly text: string;
  readonly isCaseSensitive: boolean;
  readonly isRegex: boolean;
}

export type FindResult =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid' }
  /** `current` counts from 1; 0 where it is beyond the hits that are counted. */
  | { readonly kind: 'hits'; readonly current: number; readonly count: number; readonly isMore: boolean };

/** Hits that are marked and counted; a screen reads them again with every change. */
const COUNTED_HITS = 1_000;

export function createFinder(terminal: Terminal, onResult: (result: FindResult) => void): Finder {
  const addon = new SearchAddon({ highlightLimit: COUNTED_HITS });
  terminal.loadAddon(addon);
  addon.onDidChangeResults(({ resultIndex, resultCount }) => onResult(describe(resultIndex, resultCount)));

  return {
    find({ text, isCaseSensitive, isRegex }, which) {
      if (text === '') {
        addon.clearDecorations();
        terminal.clearSelection();
        onResult({ kind: 'none' });
        return;
      }
      if (isRegex && !isValidRegex(text)) {
        addon.clearDecorations();
        onResult({ kind: 'invalid' });
        return;
      }
      const options = {
        caseSensitive: isCaseSensitive,
        regex: isRegex,
        decorations: readHitColours(),
      };
      if (which === 'last') {
        // Version 0.16 marks anew for another text, but not for other options, unless its marks are gone.
        addon.clearDecorations();
        // What happened last is what is looked for: without a selection the addon begins at the end.
        terminal.clearSelection();
      }
      if (which === 'below') addon.findNext(text, options);
      else addon.findPrevious(text, options);
    },
    clear() {
      addon.clearDecorations();
      terminal.clearSelection();
      onResult({ kind: 'none' });
    },
  };
}

function describe(index: number, count: number): FindResult {
  if (count === 0) return { kind: 'none' };
  return { kind: 'hits', current: index + 1, count, isMore: count >= COUNTED_HITS };
}

function isValidRegex(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
