/**
 * Tells output that changes nothing but the line it is written to, and goes on to the next one by line feeds alone,
 * from output that may change any row. After the first, reading the cursor's line is enough; after the other, the
 * whole screen is read. In doubt it is the other.
 */
export interface InlineOutput {
  /** Of the next piece; sequences may go on from one to the next. */
  isInline(text: string, cols: number): boolean;
}

/**
 * Colours, modes that move nothing, titles, key pads and character sets; moving and erasing within the row (ECMA-48
 * 8.3; xterm, "Control Sequences").
 */
const HARMLESS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for
  /\u001b(?:\[[0-9;:]*m|\[\?(?:1|12|25|1000|1002|1004|1006|2004|2026)[hl]|\][^\u0007\u001b\u0080-\u009f]*(?:\u0007|\u001b\\)|[=>]|[()][0AB])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are these
const MOVING = /\u001b\[[0-9]*[CDG]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are these
const ERASING = /\u001b\[[0-9]*[KJPX@]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are these
const OTHER_CONTROL = /[\u001b\u0080-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are these
const OPEN_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*|\][^\u0007\u001b\u0080-\u009f]*\u001b?|[ -/]*)$/;
/** A longer sequence that is still open counts as any other. */
const LONGEST_OPEN = 512;

export function createInlineOutput(): InlineOutput {
  /** The start of a sequence whose end has not come yet. */
  let open = '';
  return {
    isInline(text, cols) {
      if (open === '' && !OTHER_CONTROL.test(text)) return true;
      const all = open + text;
      open = OPEN_SEQUENCE.exec(all.slice(-LONGEST_OPEN))?.[0] ?? '';
      const closed = (open === '' ? all : all.slice(0, -open.length)).replace(HARMLESS, '');
      const unmoved = closed.replace(MOVING, '');
      const plain = unmoved.replace(ERASING, '');
      if (OTHER_CONTROL.test(plain)) return false;
      // Erasing parts a wrapped line in two, and the upper one is not the cursor's any more.
      return plain.length === unmoved.length || (unmoved.length === closed.length && fitsRows(plain, cols));
    },
  };
}

/** Whether it surely wraps nowhere. Where the first part of it begins is not known. */
function fitsRows(text: string, cols: number): boolean {
  const [first = '', ...others] = text.split(/[\r\n]/);
  return !/[^\b]/.test(first) && others.every((part) => widthAtMost(part) <= cols);
}

function widthAtMost(text: string): number {
  let width = 0;
  for (const character of text) width += character === '\t' ? TAB_COLS : character < '\u007f' ? 1 : 2;
  return width;
}

const TAB_COLS = 8;
