import { RE2JS, RE2JSException } from 're2js';
import { AppError } from '../../base/errors.ts';
import type { ByteRange } from './plain-text.ts';

/** A pattern of the user's own, in RE2's language (github.com/google/re2/wiki/Syntax): all that it matches is masked. */
export interface RedactionPattern {
  readonly name: string;
  readonly pattern: string;
}

/** Why a pattern cannot be used. */
export interface PatternProblem {
  /** Of the pattern in the list. */
  readonly index: number;
  readonly message: string;
  /** Character of the pattern where it goes wrong, where that is known. */
  readonly position?: number;
}

export interface CompiledPattern {
  readonly name: string;
  /** Non-empty matches in one line or several; none goes over a line's end. Characters are bytes (latin1). */
  find(text: string): ByteRange[];
}

export const MAX_PATTERNS: number = 32;
/** In characters. What it is compiled to has a limit of its own. */
export const MAX_PATTERN_CHARACTERS: number = 512;
/** Instructions that a pattern may be compiled to: each character of output may cost as many steps. */
const MAX_PROGRAM = 300;

/** Patterns that are wrong are told and left out; the others are used. */
export function compilePatterns(patterns: readonly RedactionPattern[]): {
  readonly compiled: readonly CompiledPattern[];
  readonly problems: readonly PatternProblem[];
} {
  const compiled: CompiledPattern[] = [];
  const problems: PatternProblem[] = [];
  for (const [index, { name, pattern }] of patterns.entries()) {
    const problem =
      index < MAX_PATTERNS ? measure(pattern) : { message: `more than ${MAX_PATTERNS} patterns` };
    if (problem) {
      problems.push({ index, ...problem });
      continue;
    }
    try {
      compiled.push(compile(name, pattern));
    } catch (error) {
      problems.push({ index, ...explain(error, pattern) });
    }
  }
  return { compiled, problems };
}

/** Throws `settings-invalid` for the first pattern that is wrong. */
export function checkPatterns(patterns: readonly RedactionPattern[]): void {
  const [problem] = compilePatterns(patterns).problems;
  if (!problem) return;
  const name = patterns[problem.index]?.name;
  const place = problem.position === undefined ? '' : ` at character ${problem.position + 1}`;
  throw new AppError('settings-invalid', `the pattern ${name} cannot be used: ${problem.message}${place}`, {
    hint: "Patterns are written in RE2's language: no look-around and no back-references.",
  });
}

function measure(pattern: string): { readonly message: string; readonly position?: number } | undefined {
  if (pattern === '') return { message: 'it is empty', position: 0 };
  if (pattern.length > MAX_PATTERN_CHARACTERS) {
    return { message: `longer than ${MAX_PATTERN_CHARACTERS} characters`, position: MAX_PATTERN_CHARACTERS };
  }
  return undefined;
}

function compile(name: string, pattern: string): CompiledPattern {
  const expression = RE2JS.compile(pattern, RE2JS.MULTILINE);
  if (expression.programSize() > MAX_PROGRAM) {
    throw new AppError('settings-invalid', 'it repeats too much');
  }
  // The text's own start and end are not each line's.
  const hasTextAnchors = /\\[Az]/.test(pattern);

  function findInLine(line: string): ByteRange[] {
    const ranges: ByteRange[] = [];
    const matcher = expression.matcher(toInput(line));
    while (matcher.find()) {
      if (matcher.end() > matcher.start()) ranges.push({ start: matcher.start(), end: matcher.end() });
    }
    return ranges;
  }

  return {
    name,
    find(text) {
      // Telling that there is nothing is much faster than finding where, and what is in a line is in the whole.
      if (!hasTextAnchors && !expression.test(toInput(text))) return [];
      const ranges: ByteRange[] = [];
      for (let start = 0; start <= text.length; ) {
        const lineEnd = text.indexOf('\n', start);
        const end = lineEnd < 0 ? text.length : lineEnd;
        for (const range of findInLine(text.slice(start, end))) {
          ranges.push({ start: start + range.start, end: start + range.end });
        }
        start = end + 1;
      }
      return ranges;
    },
  };
}

/** As bytes where there is more than ASCII, so that `.` is one character and places are bytes. */
function toInput(text: string): string | Uint8Array {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text, 'latin1');
}

function explain(error: unknown, pattern: string): { readonly message: string; readonly position?: number } {
  if (error instanceof AppError) return { message: error.message };
  if (!(error instanceof RE2JSException)) throw error;
  const { error: reason, input } = error as { readonly error?: string; readonly input?: string | null };
  const position = input ? pattern.indexOf(input) : -1;
  return { message: reason ?? error.message, ...(position < 0 ? {} : { position }) };
}
