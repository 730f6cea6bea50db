/** A line of text that was on the screen. */
export interface ShownLine {
  readonly text: string;
  /** When all of it stood there, since the recording's start. */
  readonly timeMicros: number;
}

/**
 * Decides which of the texts that a screen went through are kept. Each text that stood there is found in what is told:
 * as it was, or within a later one that only went on from it.
 */
export interface ShownLines {
  /** The cursor's line reads so now. */
  grow(text: string, timeMicros: number): void;
  /** A line feed has left this line. */
  close(text: string, timeMicros: number): void;
  /** The screen as it is known to stand, before it is drawn on anywhere. */
  know(texts: readonly string[]): void;
  /** This line has scrolled off while the screen was drawn on. */
  pass(text: string, timeMicros: number): void;
  /** All lines of the screen, after it was drawn on. What another screen hides is no news when it comes back. */
  draw(texts: readonly string[], timeMicros: number, screen: 'normal' | 'alternate'): void;
  /** Those that may still go on. */
  pending(): readonly ShownLine[];
  /** Tells those too. */
  flush(): void;
}

/** A line that has stood for so long is told as it is; what goes on from it later is another. */
const SETTLED_MICROS = 2_000_000;
/** Of a line that is read as a window: how much of its end is looked for in the next one. */
const OVERLAP_CHARS = 256;

type Known = ReadonlyMap<string, Entry>;

interface Entry {
  text: string;
  timeMicros: number;
  isTold: boolean;
}

export function createShownLines(tell: (line: ShownLine) => void): ShownLines {
  /** The cursor's line, while output is written line by line. */
  let open: Entry | undefined;
  /** The screen's lines, while it is drawn on. */
  let drawn: readonly Entry[] = [];
  let known: Known = new Map();
  /** Those that the alternate screen hides. */
  let hidden: Known | undefined;
  const passed = new Set<string>();
  let last: ShownLine = { text: '', timeMicros: -1 };

  function tellOnce(entry: Entry): void {
    if (entry.isTold) return;
    entry.isTold = true;
    const { text, timeMicros } = entry;
    if (text === last.text && timeMicros === last.timeMicros) return;
    last = { text, timeMicros };
    tell(last);
  }

  /** Whether it went on from it, so that it need not be told by itself. */
  function goOn(entry: Entry, text: string, timeMicros: number): boolean {
    if (entry.isTold || !text.startsWith(entry.text)) return false;
    if (timeMicros - entry.timeMicros > SETTLED_MICROS) return false;
    entry.text = text;
    entry.timeMicros = timeMicros;
    return true;
  }

  function leaveDrawing(text: string): void {
    if (drawn.length === 0) return;
    open = drawn.find((entry) => !entry.isTold && entry.text !== '' && text.startsWith(entry.text));
    for (const entry of drawn) if (entry !== open) tellOnce(entry);
    drawn = [];
    known = new Map();
  }

  function grow(text: string, timeMicros: number): void {
    leaveDrawing(text);
    if (text === '' || open?.text.startsWith(text)) return;
    if (open && goOn(open, text, timeMicros)) return;
    let fresh = text;
    if (open) {
      tellOnce(open);
      // The start of a line that is too long to be read as one has moved on.
      const { text: before } = open;
      const seen = before.length > OVERLAP_CHARS ? text.indexOf(before.slice(-OVERLAP_CHARS)) : -1;
      if (seen > 0) fresh = text.slice(seen);
    }
    open = { text: fresh, timeMicros, isTold: false };
  }

  return {
    grow,
    close(text, timeMicros) {
      grow(text, timeMicros);
      if (open) tellOnce(open);
      open = undefined;
    },
    know(texts) {
      const before = open ? [...drawn, open] : drawn;
      const untold = new Map(before.filter(({ isTold }) => !isTold).map((entry) => [entry.text, entry]));
      drawn = texts.map((text) => untold.get(text) ?? { text, timeMicros: last.timeMicros, isTold: true });
      const kept = new Set(drawn);
      for (const entry of untold.values()) if (!kept.has(entry)) tellOnce(entry);
      known = toKnown(drawn);
      open = undefined;
    },
    pass(text, timeMicros) {
      if (text === '' || known.has(text) || passed.has(text)) return;
      passed.add(text);
      tellOnce({ text, timeMicros, isTold: false });
    },
    draw(texts, timeMicros, screen) {
      const before = drawn;
      const behind = screen === 'normal' ? hidden : undefined;
      if (screen === 'normal') hidden = undefined;
      else hidden ??= known;
      const used = new Set<Entry>();
      drawn = texts.map((text, place) => {
        const same = known.get(text) ?? behind?.get(text);
        if (same) {
          used.add(same);
          return same;
        }
        const here = before[place];
        if (here && here.text !== '' && !used.has(here) && goOn(here, text, timeMicros)) {
          used.add(here);
          return here;
        }
        // What was only taken off the end of a line was read with the line; what has scrolled by, then.
        const isRead = text === '' || passed.has(text) || here?.text.startsWith(text) === true;
        return { text, timeMicros, isTold: isRead };
      });
      for (const entry of before) if (!used.has(entry)) tellOnce(entry);
      for (const entry of drawn) if (timeMicros - entry.timeMicros > SETTLED_MICROS) tellOnce(entry);
      known = toKnown(drawn);
      passed.clear();
    },
    pending() {
      const lines = open ? [open, ...drawn] : drawn;
      return lines.filter(({ isTold, text }) => !isTold && text !== '');
    },
    flush() {
      if (open) tellOnce(open);
      open = undefined;
      for (const entry of drawn) tellOnce(entry);
      drawn = [];
      known = new Map();
    },
  };
}

function toKnown(entries: readonly Entry[]): Known {
  return new Map(entries.map((entry) => [entry.text, entry]));
}
