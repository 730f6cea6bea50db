/** Serves the bundled page over HTTP as a host does, and opens it in a browser at a scene. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { pageOptions } from '../../build/page-bundle.ts';
import { type ChromiumOptions, launchChromium } from './chromium.ts';
import type { SceneName } from './page-scenes.ts';
import { shareTab } from './shared-tab.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colours?: 'light' | 'dark';
  /** From the first moment on. */
  readonly isStill?: boolean;
}

export interface PageBrowser {
  readonly browser: Browser;
  /** In a tab of its own, which is the test's to close. */
  open(scene: SceneName, options?: PageOptions): Promise<Page>;
  /** In the tab of the test before, where there is one; not to be closed. */
  show(scene: SceneName, options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function startPageBrowser(options: ChromiumOptions = {}): Promise<PageBrowser> {
  const files = await bundlePage();
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' });
    response.end(file?.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  const browser = await launchChromium(options);
  const tab = shareTab(browser);
  return {
    browser,
    async open(scene, options) {
      const page = await browser.newPage(lookOf(options));
      await page.goto(url);
      return begin(page, scene);
    },
    async show(scene, options) {
      return begin(await tab.load(url, lookOf(options)), scene);
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function lookOf({ width = 1280, height = 800, colours = 'light', isStill = false }: PageOptions = {}) {
  return {
    viewport: { width, height },
    colorScheme: colours,
    reducedMotion: isStill ? 'reduce' : 'no-preference',
  } as const;
}

async function begin(page: Page, scene: SceneName): Promise<Page> {
  await page.waitForFunction(() => 'start' in globalThis);
  await page.evaluate(
    (name) => (globalThis as unknown as { start(name: string): Promise<void> }).start(name),
    scene,
  );
  await page.getByRole('contentinfo').waitFor();
  return page;
}

async function bundlePage(): Promise<Map<string, { readonly type: string; readonly text: string }>> {
  const bundle = await build({
    ...pageOptions,
    absWorkingDir: root,
    entryPoints: { app: 'test/fakes/page-app.ts', style: 'renderer/page.css' },
    outdir: 'out/page-test',
    sourcemap: false,
    write: false,
  });
  const html =
    '<!doctype html><html lang="en"><head><title>Kubereel</title><link rel="stylesheet" href="/style.css">' +
    '<script type="module" src="/app.js"></script></head><body><div id="page"></div></body></html>';
  const files = new Map([['/', { type: 'text/html; charset=utf-8', text: html }]]);
  for (const { path, text } of bundle.outputFiles) {
    const name = path.slice(path.lastIndexOf('/'));
    files.set(name, { type: name.endsWith('.css') ? 'text/css' : 'text/javascript', text });
  }
  return files;
}
