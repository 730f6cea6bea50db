import { createScreenRow } from './screen-row.ts';
import { createKeyReader, type TypedKey } from './typed-keys.ts';

/**
 * Tells which of what is typed may stand in a recording: lines of which every character was echoed, where it was typed
 * and within half a second. A password is not echoed, or as something else; of a line with such a character nothing is
 * given, not even its length. So is, when in doubt, a line that was shown in a way that is not understood.
 */
export interface InputRecorder {
  /** On its way to the shell. */
  typed(bytes: Uint8Array, nowMicros: number): InputNote[];
  /** On its way to the screen; the notes come before it. */
  printed(bytes: Uint8Array, nowMicros: number): InputNote[];
  resize(cols: number): void;
}

export type InputNote =
  /** A line as it was typed, with the key that ended it. */
  | { readonly kind: 'typed'; readonly text: string }
  /** A line was typed that is not given. */
  | { readonly kind: 'hidden' };

/** How long a character may wait for its echo. */
const ECHO_MICROS = 500_000;
/** A longer line is given as little as one that was not echoed. */
export const LONGEST_LINE: number = 4 * 1024;

interface Line {
  text: string;
  /** Left of the cursor, as it was when the first of `pending` was typed. */
  before: readonly string[];
  /** Typed and not yet seen. */
  pending: { readonly character: string; readonly atMicros: number }[];
  /** Characters typed, seen or not. */
  characters: number;
  isDoubtful: boolean;
}

export function createInputRecorder(cols: number): InputRecorder {
  const keys = createKeyReader();
  const row = createScreenRow(
    { onReturn: () => look('now'), onLeave: () => look('last'), onEditor: beginAnew },
    cols,
  );
  let line = createLine();
  /** Ended, and not all of it seen. */
  let ended: Line | undefined;
  /** Another line has ended behind that one, and cannot be given. */
  let isFollowed = false;
  let notes: InputNote[] = [];

  /** What is on the row now is there to stay, or (`last`) is about to go. */
  function look(when: 'now' | 'last'): void {
    const waiting = ended ?? line;
    if (waiting.pending.length > 0) {
      const left = row.left();
      const isOther = !seeEcho(waiting, left) && left.length !== waiting.before.length;
      // After the key that ends a line, what stands there and is not the line is what the program says next.
      const isTooLate = when === 'last' || (ended !== undefined && isOther);
      if (isTooLate && waiting.pending.length > 0) doubt(waiting);
    }
    settleEnded();
  }

  function expire(nowMicros: number): void {
    const waiting = ended ?? line;
    const [first] = waiting.pending;
    if (first && nowMicros - first.atMicros > ECHO_MICROS) doubt(waiting);
    settleEnded();
  }

  function settleEnded(): void {
    if (!ended || ended.pending.length > 0) return;
    conclude(ended);
    if (isFollowed) notes.push({ kind: 'hidden' });
    ended = undefined;
    isFollowed = false;
  }

  function conclude({ text, characters, isDoubtful }: Line): void {
    // Keys alone tell nothing about echo, and so are not given either.
    if (characters > 0) notes.push(isDoubtful ? { kind: 'hidden' } : { kind: 'typed', text });
  }

  /** A prompt ends what was doubtful before it, as keys of a pager. */
  function beginAnew(): void {
    if (!line.isDoubtful) return;
    conclude(line);
    line = createLine();
  }

  function press(key: TypedKey, nowMicros: number): void {
    if (row.isFullScreen) return;
    if (line.text.length + key.text.length > LONGEST_LINE) doubt(line);
    if (!line.isDoubtful) line.text += key.text;
    if (key.kind === 'text') pressCharacter(key.text, nowMicros);
    else if (key.kind === 'end') end();
    // What it changes cannot be told from what is still to be echoed.
    else if (line.pending.length > 0) doubt(line);
  }

  function pressCharacter(character: string, atMicros: number): void {
    line.characters += 1;
    // Where it will appear is known only once the line before it is on the screen.
    if (ended) doubt(line);
    if (line.isDoubtful) return;
    if (line.pending.length === 0) line.before = row.left();
    line.pending.push({ character, atMicros });
  }

  function end(): void {
    const last = line;
    line = createLine();
    if (ended) isFollowed ||= last.characters > 0;
    else ended = last;
    settleEnded();
  }

  function takeNotes(): InputNote[] {
    const taken = notes;
    notes = [];
    return taken;
  }

  return {
    typed(bytes, nowMicros) {
      expire(nowMicros);
      for (const key of keys.read(bytes)) press(key, nowMicros);
      return takeNotes();
    },
    printed(bytes, nowMicros) {
      expire(nowMicros);
      row.write(bytes);
      look('now');
      return takeNotes();
    },
    resize: (next) => row.resize(next),
  };
}

function createLine(): Line {
  return { text: '', before: [], pending: [], characters: 0, isDoubtful: false };
}

/** Nothing of it is kept from here on. */
function doubt(line: Line): void {
  line.isDoubtful = true;
  line.text = '';
  line.pending = [];
}

/** As many as stand there now, right behind what stood there before, with the cursor right behind them. */
function seeEcho(line: Line, left: readonly string[]): boolean {
  const seen = left.length - line.before.length;
  if (seen <= 0 || seen > line.pending.length) return false;
  const expected = [...line.before, ...line.pending.slice(0, seen).map(({ character }) => character)];
  if (!expected.every((character, at) => character === left[at])) return false;
  line.pending = line.pending.slice(seen);
  line.before = left;
  return true;
}
