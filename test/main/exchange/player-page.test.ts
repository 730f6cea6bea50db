import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPlayerFiles } from '../../../main/exchange/player-files.ts';
import { toPlayerPage } from '../../../main/exchange/player-page.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { collectText, toOutputs, toParts } from '../../fakes/cast-parts.ts';
import { chromiumPath, launchChromium } from '../../fakes/chromium.ts';

async function makePage(events: readonly CastEvent[], title: string): Promise<string> {
  return collectText(toPlayerPage(toParts(events), await readPlayerFiles(), title));
}

test('it holds the licence of the player, and a policy that lets it load nothing', async () => {
  const page = await makePage(toOutputs('hello'), 'web/app');
  expect(page).toContain('Apache License');
  expect(page).toContain("default-src 'none'");
});

describe.skipIf(!chromiumPath)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  interface Shown {
    readonly title: string;
    readonly heading: string | null;
    readonly text: string | null;
    readonly complaints: readonly string[];
    readonly requests: readonly string[];
  }

  /** Opens the file without a network, plays it to its end and reads the screen. */
  async function show(page: string): Promise<Shown> {
    const path = join(await makeCastFolder(), 'page.html');
    await writeFile(path, page);
    const context = await browser.newContext({ offline: true, viewport: { width: 900, height: 600 } });
    const tab = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(error.message));
    tab.on('request', (request) => requests.push(request.url()));
    await tab.goto(pathToFileURL(path).href);
    await tab.locator('.ap-player').click();
    await tab.keyboard.press('End');
    await tab.keyboard.press('9');
    await expect.poll(() => tab.locator('.ap-term').textContent()).toContain('the end');
    const shown = {
      title: await tab.title(),
      heading: await tab.locator('h1').textContent(),
      text: await tab.locator('.ap-term').textContent(),
      complaints,
      requests: requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')),
    };
    await context.close();
    return shown;
  }

  test('the player plays the recording offline, and its rules hinder nothing that it does', async () => {
    const events = toOutputs(
      'grüße 漢字 </script><script>alert(1)</script>\r\n',
      '<!-- \u001b[31mred\u001b[0m\r\nthe end',
      '',
    );
    const shown = await show(await makePage(events, 'shop/<b>web</b> & "app"'));
    expect(shown).toMatchObject({
      title: 'shop/<b>web</b> & "app"',
      heading: 'shop/<b>web</b> & "app"',
      complaints: [],
      requests: [],
    });
    expect(shown.text).toContain('</script><script>alert(1)</script>');
  });

  test('a script that somebody puts into it does not run', async () => {
    const page = await makePage(toOutputs('the end', ''), 'x');
    const shown = await show(page.replace('</h1>', '</h1><script>document.title = "owned"</script>'));
    expect(shown.title).toBe('x');
    expect(shown.complaints.join()).toContain('Content Security Policy');
  });
});

test('a recording without output is one that the player takes', async () => {
  const page = await makePage([], 'x');
  const [, base64 = ''] = /id="cast">\s*([\w+/=\s]*)<\/script>/.exec(page) ?? [];
  expect(Buffer.from(base64, 'base64').toString().trimEnd().split('\n')).toHaveLength(2);
});

test('what is put in as base64 comes out as it was, however it is cut', async () => {
  const text = '漢字😀 abc '.repeat(30_000);
  const page = await makePage(toOutputs(text, 'x', text), 'x');
  const [, base64 = ''] = /id="cast">\s*([\w+/=\s]*)<\/script>/.exec(page) ?? [];
  const lines = Buffer.from(base64.replace(/\s/g, ''), 'base64').toString().trimEnd().split('\n');
  expect(lines.slice(1).map((line) => (JSON.parse(line) as [number, string, string])[2])).toEqual([
    text,
    'x',
    text,
  ]);
});

test('the player is taken as it was published', async () => {
  const { script } = await readPlayerFiles();
  const published = await readFile(
    'node_modules/asciinema-player/dist/bundle/asciinema-player.min.js',
    'utf8',
  );
  expect(script).toBe(published);
});
