import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { PlayerFiles } from './player-page.ts';

/** Out of the package, as it was published. */
export async function readPlayerFiles(): Promise<PlayerFiles> {
  const require = createRequire(import.meta.url);
  const style = require.resolve('asciinema-player/dist/bundle/asciinema-player.css');
  const folder = join(style, '..');
  const [script, css, license] = await Promise.all([
    readFile(join(folder, 'asciinema-player.min.js'), 'utf8'),
    readFile(style, 'utf8'),
    readFile(join(folder, '..', '..', 'LICENSE'), 'utf8'),
  ]);
  return { script, style: css, license };
}
