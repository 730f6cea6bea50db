/** Builds everything that runs into out/: the core's entries and its threads, the preload script and the page. */

import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pageOptions } from './page-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const isQuiet = process.argv.includes('--quiet');
const shared = {
  absWorkingDir: root,
  bundle: true,
  outdir: 'out',
  sourcemap: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
};

const startedAt = performance.now();
await mkdir(`${root}/out/page`, { recursive: true });
const coreEntries = {
  main: 'main/index.ts',
  headless: 'main/headless.ts',
  cli: 'main/cli.ts',
  'search-worker': 'main/search/search-worker.ts',
  'export-worker': 'main/exchange/export-worker.ts',
  'survey-worker': 'main/replay/survey-worker.ts',
};
await Promise.all([
  build({
    ...shared,
    entryPoints: Object.fromEntries(
      Object.entries(coreEntries).filter(([, file]) => existsSync(`${root}/${file}`)),
    ),
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
  }),
  build({
    ...shared,
    entryPoints: { preload: 'preload/preload.ts' },
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    format: 'cjs',
    target: 'chrome150',
    external: ['electron'],
  }),
  build({
    ...pageOptions,
    absWorkingDir: root,
    outdir: 'out/page',
    entryPoints: { app: 'renderer/app.tsx' },
  }),
  ...['index.html', 'icon.svg']
    .filter((file) => existsSync(`${root}/renderer/${file}`))
    .map((file) => copyFile(`${root}/renderer/${file}`, `${root}/out/page/${file}`)),
]);
if (!isQuiet) process.stdout.write(`built out/ in ${Math.round(performance.now() - startedAt)} ms\n`);
