import { readFile } from 'node:fs/promises';
import { drawIcon } from './package/icons.ts';

/** The signs beside the clock and on the task bar, drawn from the page's icon and put into the bundle: 32 pixels each. */
const SIZE = 32;
/** Of renderer/ui/theme.css: what is live, owed and lost in the dark. */
const LIVE = '#4fc66e';
const OWED = '#e5ad45';
const LOST = '#ff8b86';

/** PNGs in base64, by what they say. */
export async function drawTrayIcons(svgPath: string): Promise<Readonly<Record<string, string>>> {
  const svg = await readFile(svgPath, 'utf8');
  if (!svg.includes(LIVE)) throw new Error(`${svgPath} has no live sign to be drawn in other colours`);
  const draw = async (text: string): Promise<string> => (await drawIcon(text, SIZE)).toString('base64');
  const dot = svg.replace(/viewBox="[^"]*"/, 'viewBox="17.5 17.5 8 8"').replace(/<(rect|path)[^>]*>/g, '');
  return {
    recorded: await draw(svg),
    owed: await draw(svg.replaceAll(LIVE, OWED)),
    'not recorded': await draw(svg.replaceAll(LIVE, LOST)),
    // macOS colours it itself, by its transparency.
    template: await draw(svg.replace(/<rect[^>]*>/, '').replaceAll(/#[0-9a-f]{6}/g, '#000000')),
    'dot recorded': await draw(dot),
    'dot owed': await draw(dot.replaceAll(LIVE, OWED)),
    'dot not recorded': await draw(dot.replaceAll(LIVE, LOST)),
  };
}
