// covers: renderer/library/moment-list.tsx
// covers: renderer/library/recording-find-bar.tsx
// covers: renderer/library/recording-find-hook.ts
// covers: renderer/library/replay-focus.ts
// covers: renderer/library/replay-hits.ts
// covers: renderer/library/replay-problem.tsx
// covers: renderer/library/timeline-marks.tsx
// covers: renderer/library/transcript-list.tsx
// covers: renderer/library/transcript-pane.tsx
// covers: renderer/terminal/terminal-edge.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import type { LibraryStage } from '../../fakes/page-library.tsx';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: LibraryStage;

const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000, interval: 20 });
const shots = fileURLToPath(new URL('../../../artefacts/library', import.meta.url));

describe.skipIf(!chromiumPath)('the text of a replay in a browser', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage('test/fakes/page-library.tsx', {
      viewport: { width: 1100, height: 560 },
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
    });
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    page = await opened.load();
  });
  afterEach(() => expect(opened.errors()).toEqual([]));

  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/${name}.png` });
  const slider = (): Locator => page.getByRole('slider', { name: 'Position' });
  const position = (): Promise<number> =>
    slider().evaluate((input: HTMLInputElement) => input.valueAsNumber / 1e6);
  const line = (words: string): Locator => page.getByRole('option', { name: words });
  const current = (): Promise<string | null> =>
    page.locator('.transcript-line[aria-current="time"] .transcript-text').textContent();

  /** Its keys are heard once it has the focus, a frame after it is there. */
  async function pause(): Promise<void> {
    const terminal = page.locator('.xterm-helper-textarea');
    await eventually(() => terminal.evaluate((box) => box === document.activeElement)).toBe(true);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
  }

  async function start(): Promise<void> {
    await page.evaluate(() => stage.replay());
    await pause();
  }

  async function seekTo(seconds: number): Promise<void> {
    await slider().evaluate((input: HTMLInputElement, to) => {
      input.value = String(to * 1e6);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, seconds);
    await eventually(position).toBe(seconds);
  }

  async function openText(): Promise<void> {
    await page.getByRole('button', { name: 'Show the text (T)' }).click();
    await page.getByRole('listbox', { name: 'Lines' }).waitFor();
  }

  async function find(text: string): Promise<void> {
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+F');
    await page.getByRole('textbox', { name: 'Find in the recording' }).fill(text);
  }

  test('stands beside it, the line of the moment marked and kept in view', async () => {
    await start();
    await openText();
    await page.getByText('44 lines').waitFor();
    await seekTo(5.5);
    await eventually(current).toBe('14:03:40 GET /cart/30 200');
    await line('/cart/30').waitFor();
    await shot('replay-text');
    await seekTo(1);
    await eventually(() => page.locator('.transcript-line[aria-current="time"]').count()).toBe(0);
    await page.evaluate(() => stage.setTheme('light'));
    await seekTo(12);
    await shot('replay-text-light');
    await page.setViewportSize({ width: 480, height: 640 });
    await shot('replay-text-480');
  });

  test('a line that is clicked, or chosen by keys, is gone to', async () => {
    await start();
    await openText();
    await line('/cart/12').click();
    await eventually(position).toBeCloseTo(4.6, 3);
    await eventually(current).toContain('/cart/12');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await eventually(position).toBeCloseTo(4.7, 3);
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Control+C');
    await page.getByText('Copied 2 lines.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      '14:03:24 GET /cart/14 200\n14:03:25 GET /cart/15 200',
    );
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause (Space)' }).waitFor();
  });

  test('what the user has scrolled to stays, until it is to be followed again', async () => {
    await start();
    await openText();
    await seekTo(14);
    await line('sleep 900').waitFor();
    await page.locator('.transcript-list').hover();
    await page.mouse.wheel(0, -5_000);
    await page.getByRole('button', { name: 'Follow' }).waitFor();
    await seekTo(915);
    await seekTo(14);
    expect(await line('kubectl logs web').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Follow' }).click();
    await line('sleep 900').waitFor();
    expect(await page.getByRole('button', { name: 'Follow' }).count()).toBe(0);
  });

  test('find goes through all of the recording, and its hits stand on the timeline and in the lines', async () => {
    await start();
    await openText();
    await find('get /CART/1');
    await page.getByText('11 hits').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 11').waitFor();
    await eventually(position).toBeCloseTo(4.05, 3);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('3 of 11').waitFor();
    await page.keyboard.press('Shift+Enter');
    await page.getByText('2 of 11').waitFor();
    await eventually(position).toBeCloseTo(4.5, 3);
    expect(
      await page.getByRole('button', { name: /^Hit at 14:03:04: .*and \d+ more/ }).count(),
    ).toBeGreaterThan(0);
    await page.getByRole('checkbox', { name: 'Only hits' }).check();
    await eventually(() =>
      page
        .getByRole('listbox', { name: /^Lines with/ })
        .getByRole('option')
        .count(),
    ).toBe(11);
    await shot('replay-hits');
    await line('/cart/19').click();
    await page.getByText('11 of 11').waitFor();
    await page.getByRole('button', { name: 'Match case' }).click();
    await page.getByText('no hits', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Close (Escape)' }).click();
    expect(await page.locator('.player-mark.is-hit').count()).toBe(0);
    await page.getByText('44 lines').waitFor();
  });

  test('find says where it has not looked, and then looks in the terminal', async () => {
    await start();
    await seekTo(6.5);
    await page.evaluate(() => stage.setText('encrypted'));
    await find('cart/3');
    await page.getByText('Encrypted: its text is kept nowhere').waitFor();
    await page.getByText(/of 11/).waitFor();
    await shot('replay-find-encrypted');
    await page.evaluate(() => stage.setText('under-way'));
    await page.getByRole('textbox', { name: 'Find in the recording' }).fill('nowhere');
    await page.getByText('no hits yet').waitFor();
    await page.getByText('Still being read: there may be more.').waitFor();
    await page.evaluate(() => stage.setText('whole'));
    await page.getByText('no hits', { exact: true }).waitFor();
    await page.evaluate(() => stage.setText('whole', 'the search has stopped'));
    await page.getByRole('textbox', { name: 'Find in the recording' }).fill('cart/3');
    await page.getByText('The search has stopped').waitFor();
    await page.evaluate(() => stage.setText('whole'));
    await page.getByRole('button', { name: 'Regular expression' }).click();
    await page.getByRole('textbox', { name: 'Find in the recording' }).fill('cart/3\\d 2');
    await page.getByText('A pattern is looked for in the terminal’s lines only.').waitFor();
    await page.getByText(/of 10/).waitFor();
  });

  test('where there is no text it says why', async () => {
    await start();
    await page.evaluate(() => stage.setText('encrypted'));
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('t');
    await page.getByText('No text is kept').waitFor();
    await shot('replay-text-encrypted');
    await page.keyboard.press('t');
    expect(await page.locator('.transcript').count()).toBe(0);
    await page.evaluate(() => stage.setText('whole', 'the search has stopped'));
    await page.keyboard.press('t');
    await page.getByRole('alert', { name: 'The text cannot be shown' }).waitFor();
    await page.evaluate(() => stage.setText('whole'));
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('44 lines').waitFor();
  });

  test('all moments are a list to walk', async () => {
    await page.evaluate(() =>
      stage.replay({ state: 'damaged' }, undefined, { damages: [{ fromMicros: 300e6, toMicros: 310e6 }] }),
    );
    await pause();
    await page.getByRole('button', { name: 'Show the text (T)' }).click();
    await page.getByRole('tab', { name: 'Moments' }).click();
    await page.getByRole('option', { name: 'cannot be read from here' }).waitFor();
    await page.getByRole('option', { name: 'resized to 60×20' }).waitFor();
    await page.getByRole('option', { name: 'connection lost' }).click();
    await eventually(position).toBe(400);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await eventually(position).toBe(300);
    await find('cart/2');
    await page.getByRole('option', { name: '/cart/22' }).waitFor();
    await page.getByRole('button', { name: 'Damage at 14:08:00: cannot be read from here' }).hover();
    await shot('replay-moments');
  });
});
