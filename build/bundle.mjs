/** Builds everything that runs into out/: the core's entries and its threads, the preload script and the page. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { placeBuiltFile } from './built-file.ts';
import {
  COMMAND_ENTRIES,
  coreOptions,
  DESKTOP_ENTRIES,
  PAGE_FILES,
  preloadOptions,
  THREAD_ENTRIES,
} from './core-bundle.ts';
import { pageOptions } from './page-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const isQuiet = process.argv.includes('--quiet');
const placed = { absWorkingDir: root, outdir: 'out', sourcemap: true, write: false };

const startedAt = performance.now();
const bundles = await Promise.all([
  build({
    ...coreOptions,
    ...placed,
    entryPoints: {
      ...DESKTOP_ENTRIES,
      ...COMMAND_ENTRIES,
      ...THREAD_ENTRIES,
      headless: 'main/headless.ts',
    },
    packages: 'external',
  }),
  build({ ...preloadOptions, ...placed }),
  build({
    ...pageOptions,
    absWorkingDir: root,
    outdir: 'out/page',
    write: false,
    entryPoints: { app: 'renderer/app.tsx' },
  }),
]);
await Promise.all([
  ...bundles.flatMap(({ outputFiles }) =>
    outputFiles.map(({ path, contents }) => placeBuiltFile(path, contents)),
  ),
  ...PAGE_FILES.map(async (file) =>
    placeBuiltFile(`${root}/out/page/${file}`, await readFile(`${root}/renderer/${file}`)),
  ),
]);
if (!isQuiet) process.stdout.write(`built out/ in ${Math.round(performance.now() - startedAt)} ms\n`);
