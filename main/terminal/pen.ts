/** Colours and flags of text as escape sequences (ECMA-48 8.3.117 and xterm's additions). */
import type { Pen, TerminalInternals } from './terminal-internals.ts';

const COLOUR = 0x3ffffff;
const COLOUR_MODE = 0x3000000;
const MODE_16 = 0x1000000;
const MODE_256 = 0x2000000;
const HAS_EXTENDED = 0x10000000;

const FG_FLAGS: readonly (readonly [flag: number, code: number])[] = [
  [0x4000000, 7],
  [0x8000000, 1],
  [0x20000000, 5],
  [0x40000000, 8],
  [0x80000000, 9],
];
const UNDERLINE = 0x10000000;
const BG_FLAGS: readonly (readonly [flag: number, code: number])[] = [
  [0x4000000, 3],
  [0x8000000, 2],
  [0x40000000, 53],
];

/** What has no extension has none whatever stands there. */
export function isSamePen(one: Pen, other: Pen): boolean {
  if (one.fg !== other.fg || one.bg !== other.bg) return false;
  if (!(one.bg & HAS_EXTENDED)) return true;
  return one.extended._ext === other.extended._ext && one.extended._urlId === other.extended._urlId;
}

/** Of a cell that is used for the next one too. */
export function copyPen({ fg, bg, extended }: Pen): Pen {
  return { fg, bg, extended: { _ext: extended._ext, _urlId: extended._urlId } };
}

/** As after a reset. */
export const CLEAN_PEN: Pen = { fg: 0, bg: 0, extended: { _ext: 0, _urlId: 0 } };

/** Of what is erased, only the background is seen. */
export function backgroundOf({ bg }: Pen): number {
  return bg & COLOUR;
}

/** From any pen to this one. */
export function selectPen({ fg, bg, extended }: Pen): string {
  const codes: (number | string)[] = [0];
  for (const [flag, code] of FG_FLAGS) if (fg & flag) codes.push(code);
  for (const [flag, code] of BG_FLAGS) if (bg & flag) codes.push(code);
  const { _ext: extension } = extended;
  if (fg & UNDERLINE) {
    const style = bg & HAS_EXTENDED ? (extension >> 26) & 7 : 1;
    codes.push(style > 1 ? `4:${style}` : 4);
  }
  if (bg & HAS_EXTENDED && extension & COLOUR_MODE) codes.push(...colourCodes(extension, 50));
  codes.push(...colourCodes(fg, 30), ...colourCodes(bg, 40));
  return `\x1b[${codes.join(';')}m`;
}

export function selectBackground(background: number): string {
  return `\x1b[${[0, ...colourCodes(background, 40)].join(';')}m`;
}

/** Opens or closes a hyperlink (OSC 8), where this pen has another than the last. */
export function selectLink(internals: TerminalInternals, last: number, next: Pen): string {
  const urlId = linkOf(next);
  if (urlId === last) return '';
  const link = urlId === 0 ? undefined : internals._oscLinkService.getLinkData(urlId);
  if (!link) return last === 0 ? '' : CLOSE_LINK;
  return `\x1b]8;${link.id === undefined ? '' : `id=${link.id}`};${link.uri}\x1b\\`;
}

export const CLOSE_LINK = '\x1b]8;;\x1b\\';

/** 0 where it is none. */
export function linkOf({ bg, extended }: Pen): number {
  return bg & HAS_EXTENDED ? extended._urlId : 0;
}

/** `base` is 30 for the foreground, 40 for the background, 50 for the underline, which has no sixteen of its own. */
function colourCodes(packed: number, base: 30 | 40 | 50): (number | string)[] {
  const value = packed & 0xffffff;
  switch (packed & COLOUR_MODE) {
    case 0:
      return [];
    case MODE_16:
      if (base === 50) return [`58:5:${value & 0xff}`];
      return [(value & 0xff) < 8 ? base + (value & 7) : base + 60 + (value & 7)];
    case MODE_256:
      return base === 50 ? [`58:5:${value & 0xff}`] : [base + 8, 5, value & 0xff];
    default: {
      const rgb = [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
      return base === 50 ? [`58:2::${rgb.join(':')}`] : [base + 8, 2, ...rgb];
    }
  }
}
