import type { RecordingDetails, RecordingEnd } from '../recording.ts';
import { type CompiledPattern, compilePatterns, type RedactionPattern } from './redaction-patterns.ts';
import { createRedactor, type Redactor } from './redactor.ts';

/** What of a recording is masked, and by what. */
export interface Redaction {
  /** For the output of one recording; undefined where output is recorded as it is. */
  newRedactor(): Redactor | undefined;
  /** Of what is written beside the output: labels, reasons. Masked in every recording. */
  text(text: string): string;
  /** What it is of: its reason, and its command's words, seen as one line: a flag's value is a word of its own. */
  details(details: RecordingDetails): RecordingDetails;
  /** Why it ended, where words of others say so. */
  end(end: RecordingEnd): RecordingEnd;
}

export interface RedactionChoice {
  /** Of output. */
  readonly enabled: boolean;
  /** In addition to the built-in rules. Those that are wrong are left out. */
  readonly patterns: readonly RedactionPattern[];
}

export function createRedaction({ enabled, patterns }: RedactionChoice): Redaction {
  const { compiled } = compilePatterns(patterns);
  const mask = (text: string): string => redactText(text, compiled).text;
  return {
    newRedactor: () => (enabled ? createRedactor(compiled) : undefined),
    text: mask,
    end: (end) => (end.kind === 'failed' ? { kind: 'failed', note: mask(end.note) } : end),
    details: ({ command, reason, ...rest }) => ({
      ...rest,
      command: maskWords(command, mask),
      ...(reason !== undefined && { reason: mask(reason) }),
    }),
  };
}

/** One mask a character: the words keep their lengths. */
function maskWords(words: readonly string[], mask: (text: string) => string): string[] {
  const masked = [...mask(words.join(' '))];
  let start = 0;
  return words.map((word) => {
    const end = start + [...word].length;
    const own = masked.slice(start, end).join('');
    start = end + 1;
    return own;
  });
}

/** A text in one piece. */
export function redactText(
  text: string,
  patterns: readonly CompiledPattern[],
): { readonly text: string; readonly spans: number } {
  const redactor = createRedactor(patterns);
  const bytes = Buffer.from(text);
  const given = [...redactor.take({ kind: 'bytes', bytes, timeMicros: 0 }), ...redactor.finish()];
  const pieces = given.flatMap((piece) => (piece.kind === 'bytes' ? [piece.bytes] : []));
  return { text: Buffer.concat(pieces).toString(), spans: redactor.maskedSpans };
}
