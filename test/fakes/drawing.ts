/** What draws, for tests of pictures; where the machine has no monospace font they are skipped, and counted as such. */
import { createCanvas, GifEncoder, GlobalFonts } from '@napi-rs/canvas';
import type { Drawing } from '../../main/exchange/gif-film.ts';
import { chooseTerminalFont } from '../../main/exchange/terminal-font.ts';

export const drawing: Drawing = { createCanvas, GlobalFonts, GifEncoder };
export const loadDrawing = async (): Promise<Drawing> => drawing;

const isMonospace = (family: string): boolean => {
  const probe = createCanvas(1, 1).getContext('2d');
  probe.font = `16px "${family}"`;
  return probe.measureText('i').width === probe.measureText('M').width;
};

/** Undefined where there is none: `describe.skipIf(!terminalFont)`. */
export const terminalFont: string | undefined = findFont();

function findFont(): string | undefined {
  const families = GlobalFonts.families.map(({ family }) => family);
  try {
    return chooseTerminalFont(families, isMonospace);
  } catch {
    return undefined;
  }
}
