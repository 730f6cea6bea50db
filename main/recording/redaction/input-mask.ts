import type { CastEvent } from '../cast/cast.ts';
import type { Redactor } from './redactor.ts';

/** Masks secrets in lines that were typed, as output is masked: also those that go over several lines. */
export interface InputMask {
  /** What of a line, with the key that ended it, may stand in a cast. */
  event(text: string, timeMicros: number): CastEvent;
  readonly maskedSpans: number;
}

/** The marker in place of a line that is not given. */
export const HIDDEN_INPUT: string = 'input hidden';

/** Without a redactor lines are given as they are. */
export function createInputMask(redactor: Redactor | undefined): InputMask {
  if (!redactor)
    return { event: (text, timeMicros) => ({ kind: 'input', timeMicros, text }), maskedSpans: 0 };

  function mask(line: string, by: Redactor): string {
    const bytes = Buffer.from(`${line}\n`);
    const given = [
      ...by.take({ kind: 'bytes', bytes, timeMicros: 0 }),
      // Nothing of a line is held back for the next: it is in the past when that is typed.
      ...by.release(Number.POSITIVE_INFINITY),
    ];
    const masked = given.flatMap((piece) => (piece.kind === 'bytes' ? [piece.bytes] : []));
    return Buffer.concat(masked).toString().replace(/\n$/, '');
  }

  return {
    event(text, timeMicros) {
      const last = text.slice(-1);
      const line = withoutCorrections(text.slice(0, -1));
      if (line === undefined) return { kind: 'marker', timeMicros, label: HIDDEN_INPUT };
      return { kind: 'input', timeMicros, text: mask(line, redactor) + last };
    },
    get maskedSpans() {
      return redactor.maskedSpans;
    },
  };
}

/**
 * As it read when it was ended. Undefined where keys moved in it or changed it in another way than backspace does:
 * then a secret might stand in it that cannot be seen in what was typed.
 */
function withoutCorrections(line: string): string | undefined {
  const characters: string[] = [];
  for (const character of line) {
    if (character === '\x7f' || character === '\b') characters.pop();
    else if (character !== '\t' && /\p{Cc}/u.test(character)) return undefined;
    else characters.push(character);
  }
  return characters.join('');
}
