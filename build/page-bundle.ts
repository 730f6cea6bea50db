/** How the page is bundled: the same for out/page and for tests that serve a page of their own. */

import type { BuildOptions } from 'esbuild';

export const pageOptions: BuildOptions = {
  bundle: true,
  sourcemap: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
  platform: 'browser',
  format: 'esm',
  target: 'chrome150',
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.woff2': 'file', '.svg': 'file' },
};
