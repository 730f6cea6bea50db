/** Builds everything that runs into out/: the core's entries and its threads, the preload script and the page. */

import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
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
const placed = { absWorkingDir: root, outdir: 'out', sourcemap: true };

const startedAt = performance.now();
await mkdir(`${root}/out/page`, { recursive: true });
await Promise.all([
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
    entryPoints: { app: 'renderer/app.tsx' },
  }),
  ...PAGE_FILES.map((file) => copyFile(`${root}/renderer/${file}`, `${root}/out/page/${file}`)),
]);
if (!isQuiet) process.stdout.write(`built out/ in ${Math.round(performance.now() - startedAt)} ms\n`);
