/** Serves one bundled script of test/fakes with the page's styles, so that a test can drive it in a browser. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { pageOptions } from '../../build/page-bundle.ts';
import { launchChromium } from './chromium.ts';
import { shareTab, type TabLook } from './shared-tab.ts';

export interface StagePage {
  /** A loopback address: the clipboard is for secure places only. */
  readonly url: string;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const STYLES = [
  'renderer/ui/kit.css',
  'renderer/settings/settings.css',
  'renderer/terminal/terminal.css',
  'renderer/library/library.css',
  'renderer/library/recording-list.css',
  'renderer/library/exchange.css',
  'renderer/library/keeping.css',
  'renderer/library/thumbnail.css',
  'renderer/library/transcript.css',
];

export interface Stage {
  readonly url: string;
  /** Loads it anew, as it is first seen. */
  load(changes?: Partial<TabLook>): Promise<Page>;
  errors(): readonly string[];
  close(): Promise<void>;
}

/** The same in a browser, in one tab for all tests of a file. */
export async function startStage(
  script: string,
  look: TabLook,
  options: { readonly deviceScaleFactor?: number } = {},
): Promise<Stage> {
  const served = await serveStage(script);
  const browser = await launchChromium();
  const tab = shareTab(browser, options);
  return {
    url: served.url,
    async load(changes) {
      const page = await tab.load(served.url, { ...look, ...changes });
      await page.waitForFunction(() => 'stage' in globalThis);
      return page;
    },
    errors: tab.errors,
    async close() {
      await browser.close();
      await served.close();
    },
  };
}

export async function serveStage(script: string): Promise<StagePage> {
  const bundle = await build({
    ...pageOptions,
    absWorkingDir: root,
    entryPoints: [script, ...STYLES],
    outbase: root,
    outdir: 'out/stage',
    sourcemap: false,
    minify: false,
    write: false,
  });
  const files = new Map(bundle.outputFiles.map(({ path, text }) => [path.replaceAll('\\', '/'), text]));
  const find = (ending: string): string =>
    [...files].find(([path]) => path.endsWith(ending))?.[1] ?? `/* no ${ending} */`;
  const bodies = new Map([
    [
      '/',
      {
        type: 'text/html; charset=utf-8',
        text:
          '<!doctype html><html lang="en" data-theme="dark"><title>stage</title>' +
          '<link rel="stylesheet" href="/stage.css"><body><script type="module" src="/stage.js"></script></body></html>',
      },
    ],
    ['/stage.css', { type: 'text/css', text: STYLES.map(find).join('\n') }],
    ['/stage.js', { type: 'text/javascript', text: find(script.replace(/\.tsx?$/, '.js')) }],
  ]);
  const server = createServer((request, response) => {
    const body = bodies.get(request.url ?? '');
    response.writeHead(body ? 200 : 404, { 'content-type': body?.type ?? 'text/plain' });
    response.end(body?.text ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
