/** A real browser for tests of the page; where the machine has none they are skipped, and counted as such. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CANDIDATES = [
  process.env['KUBEREEL_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Undefined where there is none: `describe.skipIf(!chromiumPath)`. */
export const chromiumPath: string | undefined = CANDIDATES.find((path) => path && existsSync(path));

export interface ChromiumOptions {
  /** False: terminals fall back to the DOM, where a test can read what is drawn. */
  readonly hasWebgl?: boolean;
}

export function launchChromium({ hasWebgl = true }: ChromiumOptions = {}): Promise<Browser> {
  if (!chromiumPath) throw new Error(`no Chromium at any of: ${CANDIDATES.filter(Boolean).join(', ')}`);
  // SwiftShader: WebGL without a graphics card; to put whole pages together in it would cost a fifth more of the processor.
  const webgl = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-gpu-compositing'];
  // The root of a container has no sandbox to start.
  const args = hasWebgl ? webgl : ['--disable-3d-apis'];
  return chromium.launch({ executablePath: chromiumPath, args });
}
