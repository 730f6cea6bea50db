/**
 * Shows a recording to a terminal of which only some moments are looked at. Of lines that only scroll by, as those of a
 * log, nothing is left once enough others have followed: they are not parsed. What stands on the screen and above it,
 * cursor and modes are the same as if they were.
 */
import type { CastEvent } from '../recording/cast/cast.ts';
import { linkOf } from '../terminal/pen.ts';
import { canSnapshot, SNAPSHOT_SCROLLBACK } from '../terminal/snapshot.ts';
import { internalsOf } from '../terminal/terminal-internals.ts';
import type { ReplayTerminal } from './replay-terminal.ts';

export interface SkimmedOutput {
  show(event: CastEvent): Promise<void>;
  /** The terminal is as it would be after all that was shown; settle it before it is looked at. */
  catchUp(): Promise<void>;
}

/** Lines that are held back, at most: those that are too long for it are parsed. */
const MAX_HELD_CHARS = 1024 * 1024;

/**
 * What changes nothing but the pen: colours (SGR), titles and marks of shells. What else is in the text goes into the
 * cursor's line or on to the next one.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for
const PEN = /\u001b(?:\[[0-9;:]*m|\](?:[0-2]|7|133);[^\u0000-\u001f\u007f-\u009f]*(?:\u0007|\u001b\\))/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are these
const OTHER_CONTROL = /[\u0000-\u0006\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are these
const PEN_RESET = /^\u001b\[0*m$/;

interface Held {
  readonly event: Extract<CastEvent, { readonly kind: 'output' }>;
  readonly lineFeeds: number;
  /** Of those, the ones behind a carriage return: only then it is known in which column the cursor is. */
  readonly certainLineFeeds: number;
}

export function createSkimmedOutput(replay: ReplayTerminal): SkimmedOutput {
  let held: Held[] = [];
  let heldChars = 0;
  let lineFeeds = 0;
  /** What the pen has become in what was left out. */
  let pen = '';
  /** Whether lines only scroll by in the terminal as it stands; asked when it matters. */
  let scrolls: boolean | undefined;

  async function catchUp(): Promise<void> {
    const [first] = held;
    if (first && pen !== '') {
      await replay.show({ ...first.event, text: pen });
      pen = '';
    }
    for (const { event } of held) await replay.show(event);
    held = [];
    heldChars = 0;
    lineFeeds = 0;
  }

  async function canScroll(): Promise<boolean> {
    await replay.settle();
    const { terminal } = replay;
    const { buffers, _inputHandler: handler } = internalsOf(terminal);
    const { scrollTop, scrollBottom } = buffers.normal;
    return (
      canSnapshot(terminal) &&
      terminal.buffer.active.type === 'normal' &&
      scrollTop === 0 &&
      scrollBottom === terminal.rows - 1 &&
      // A hyperlink lives as long as its first line.
      linkOf(handler._curAttrData) === 0 &&
      // A backspace may lead to the line above.
      !terminal.modes.reverseWraparoundMode
    );
  }

  function leaveOut({ event, lineFeeds: count }: Held): void {
    for (const [sequence] of event.text.matchAll(PEN)) {
      if (PEN_RESET.test(sequence)) pen = sequence;
      else if (sequence.endsWith('m')) pen += sequence;
    }
    heldChars -= event.text.length;
    lineFeeds -= count;
  }

  /** So many that the cursor is at the bottom, and all that stood before has scrolled out of the scrollback. */
  function neededLineFeeds(): number {
    return 2 * replay.terminal.rows + SNAPSHOT_SCROLLBACK;
  }

  async function skim(): Promise<void> {
    const needed = neededLineFeeds();
    // Not each time: what is left out goes in one go.
    if (lineFeeds < 2 * needed) {
      if (heldChars > MAX_HELD_CHARS) await catchUp();
      return;
    }
    scrolls ??= await canScroll();
    if (!scrolls) return catchUp();
    let left = lineFeeds;
    let start = 0;
    for (const [index, { lineFeeds: count, certainLineFeeds }] of held.entries()) {
      left -= count;
      if (certainLineFeeds > 0 && certainLineFeeds + left >= needed) start = index;
      if (left < needed) break;
    }
    for (const gone of held.slice(0, start)) leaveOut(gone);
    held = held.slice(start);
    if (heldChars > MAX_HELD_CHARS || pen.length > MAX_HELD_CHARS) await catchUp();
  }

  return {
    async show(event) {
      if (event.kind !== 'output' || !isPlain(event.text)) {
        await catchUp();
        scrolls = undefined;
        return replay.show(event);
      }
      const { text } = event;
      const count = countLineFeeds(text);
      const first = text.indexOf('\r');
      held.push({ event, lineFeeds: count, certainLineFeeds: first < 0 ? 0 : countLineFeeds(text, first) });
      heldChars += text.length;
      lineFeeds += count;
      await skim();
    },
    catchUp,
  };
}

/** It has no sequence that is not whole, and none that moves the cursor elsewhere. */
function isPlain(text: string): boolean {
  return !OTHER_CONTROL.test(text.includes('\u001b') ? text.replace(PEN, '') : text);
}

function countLineFeeds(text: string, from = 0): number {
  let count = 0;
  for (let place = text.indexOf('\n', from); place >= 0; place = text.indexOf('\n', place + 1)) count += 1;
  return count;
}
