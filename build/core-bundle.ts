/** What of the core is built: the same entries for out/ and for packages. */

import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { drawTrayIcons } from './tray-icons.ts';

/** Bundled file, without its ending, to the source that it begins with. */
export const DESKTOP_ENTRIES: Readonly<Record<string, string>> = { main: 'main/index.ts' };
export const COMMAND_ENTRIES: Readonly<Record<string, string>> = { cli: 'main/cli.ts' };
export const THREAD_ENTRIES: Readonly<Record<string, string>> = {
  'search-worker': 'main/search/search-worker.ts',
  'export-worker': 'main/exchange/export-worker.ts',
  'survey-worker': 'main/replay/survey-worker.ts',
};

const trayIcons = await drawTrayIcons(fileURLToPath(new URL('../renderer/icon.svg', import.meta.url)));

export const coreOptions: BuildOptions = {
  bundle: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"', TRAY_ICONS: JSON.stringify(trayIcons) },
  outExtension: { '.js': '.mjs' },
  platform: 'node',
  format: 'esm',
  target: 'node24',
};

/** A sandboxed preload script is one CommonJS file. */
export const preloadOptions: BuildOptions = {
  bundle: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  format: 'cjs',
  target: 'chrome150',
  external: ['electron'],
  entryPoints: { preload: 'preload/preload.ts' },
};

/** What stands beside the page's bundle, as it is. */
export const PAGE_FILES: readonly string[] = ['index.html', 'icon.svg'];
