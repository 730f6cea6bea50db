// covers: renderer/library/player-bar.tsx
// covers: renderer/library/player-timeline.tsx
// covers: renderer/library/recording-details.tsx
// covers: renderer/library/verification.tsx
// covers: renderer/library/recording-row.tsx
// covers: renderer/library/replay-pane.tsx
// covers: renderer/timers.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import type { LibraryStage } from '../../fakes/page-library.tsx';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: LibraryStage;

/** A machine with two busy cores takes its time; what never comes fails all the same. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000, interval: 20 });

const shots = fileURLToPath(new URL('../../../artefacts/library', import.meta.url));

describe.skipIf(!chromiumPath)('the library in a browser', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage('test/fakes/page-library.tsx', {
      viewport: { width: 1000, height: 480 },
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

  const deeds = (): Promise<readonly string[]> => page.evaluate(() => stage.deeds());
  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/${name}.png` });

  describe('the list', () => {
    test('what is encrypted carries its sign, and offers a key where that is missing', async () => {
      await page.evaluate(() =>
        stage.list([
          { encryptedTo: ['age1mine'], pod: 'open-0', exitCode: 0 },
          {
            encryptedTo: ['age1theirs'],
            isLocked: true,
            pod: 'locked-with-a-name-that-is-long-7f9c5d8b4-x2x9z',
          },
          { pod: 'clear-0' },
        ]),
      );
      const row = (name: RegExp) => page.getByRole('option', { name });
      await row(/^.*open-0/)
        .getByRole('img', { name: 'encrypted', exact: true })
        .waitFor();
      expect(
        await row(/clear-0/)
          .getByRole('img', { name: /encrypted/ })
          .count(),
      ).toBe(0);
      await page.getByText('What ran is encrypted with it').waitFor();
      await row(/locked-with/).click();
      await page.getByText('Encrypted, and none of its keys is here.').waitFor();
      expect(await page.getByRole('button', { name: 'Replay' }).count()).toBe(0);
      await shot('list-encrypted');
      await page.evaluate(() => stage.setTheme('light'));
      await page.setViewportSize({ width: 480, height: 480 });
      await shot('list-encrypted-480');
      await page.getByRole('button', { name: 'Add its key' }).click();
      expect(await deeds()).toEqual(['add a key']);
      await page.getByLabel('Filter recordings').fill('key missing');
      await eventually(() => page.getByRole('option').count()).toBe(1);
    });

    test('a locked recording that is opened all the same says what is missing', async () => {
      await page.evaluate(() => stage.replay({ encryptedTo: ['age1theirs'], isLocked: true }, 0));
      await page.getByText('This recording cannot be played').waitFor();
      await page.getByText('the key that opens it is not here').waitFor();
      await shot('replay-locked');
      await page.getByRole('button', { name: 'Add its key' }).click();
      expect((await deeds()).at(-1)).toBe('add a key');
    });

    const fill = async (): Promise<void> => {
      await page.evaluate(() =>
        stage.list([
          { state: 'live', durationMicros: 761e6, bytes: 1_234_567 },
          { exitCode: 0, command: ['bash', '-l'] },
          { pod: 'api-0', container: 'api', exitCode: 137, durationMicros: 4_000e6 },
          { pod: 'worker-5d', context: 'staging', namespace: 'jobs', note: 'the pod was deleted' },
          { pod: 'db-0', container: 'postgres', state: 'cut', bytes: 912 },
          { pod: 'old-1', state: 'unreadable', note: 'line 1 is no asciicast header', bytes: 12 },
          ...Array.from({ length: 300 }, (_, index) => ({ pod: `batch-${1000 + index}`, exitCode: 0 })),
        ]),
      );
      await page.getByRole('listbox', { name: 'Recordings' }).waitFor();
    };
    const details = () => page.getByRole('region', { name: 'Recording', exact: true });

    test('each row tells when, where, how long, how it ended and how large it is', async () => {
      await fill();
      const rows = page.getByRole('option');
      await eventually(async () => (await rows.nth(2).textContent()) ?? '').toContain('api-0 / api');
      expect(await rows.nth(0).textContent()).toContain('being recorded');
      expect(await rows.nth(2).textContent()).toContain('prod-eu ▸ shop');
      expect(await rows.nth(2).textContent()).toContain('1 h 6 m');
      expect(await rows.nth(2).textContent()).toContain('exit 137');
      expect(await rows.nth(4).textContent()).toContain('cut');
      expect(await rows.count()).toBeLessThan(60);
      await shot('list');
      await page.evaluate(() => stage.setTheme('light'));
      await shot('list-light');
    });

    test('is walked, filtered and replayed by keys alone', async () => {
      await fill();
      await page.getByRole('combobox', { name: 'Filter recordings' }).focus();
      await page.keyboard.type('web bash');
      await page.getByText('1 of 306 recordings').waitFor();
      await page.keyboard.press('Enter');
      expect(await deeds()).toEqual(['replay r2']);
      await page.keyboard.press('Escape');
      await page.getByText('306 recordings', { exact: true }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await details().getByText('db-0 / postgres').waitFor();
      await page.keyboard.press('Enter');
      expect(await deeds()).toEqual(['replay r2', 'replay r5']);
    });

    test('a recording that cannot be read says why and is not replayed', async () => {
      await fill();
      await page.getByRole('option', { name: /old-1/ }).click();
      await details().getByText('Line 1 is no asciicast header.').waitFor();
      await shot('unreadable');
      await page.getByRole('listbox').focus();
      await page.keyboard.press('Enter');
      expect(await deeds()).toEqual([]);
      expect(await page.getByRole('button', { name: 'Replay' }).count()).toBe(0);
    });

    test('a recording is compared with its seal, and the verdict is about that one alone', async () => {
      await fill();
      await page.getByRole('option', { name: /web/ }).nth(1).click();
      await page.getByRole('button', { name: 'Verify' }).click();
      await details().getByText('Altered: Its bytes are not those that were sealed.').waitFor();
      expect(await details().getByRole('status').textContent()).toContain('bytes 65536 to 131072');
      await shot('altered');
      await page.getByRole('option', { name: /db-0/ }).click();
      expect(await details().getByText('Altered').count()).toBe(0);
      await page.getByRole('button', { name: 'Verify' }).click();
      await details().getByText('Intact: It is what was recorded.').waitFor();
      await shot('intact');
    });

    test('deleting asks once; what is being recorded cannot be deleted', async () => {
      await fill();
      const list = page.getByRole('listbox');
      await list.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Delete');
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(await page.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Delete');
      await page.getByRole('dialog', { name: 'Delete this recording?' }).waitFor();
      await shot('delete');
      await page.keyboard.press('Escape');
      expect(await deeds()).toEqual([]);
      await page.keyboard.press('Delete');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Enter');
      await eventually(deeds).toEqual(['remove r2']);
      await page.getByText('305 recordings', { exact: true }).waitFor();
      await eventually(() => list.evaluate((element) => element === document.activeElement)).toBe(true);
    });

    test('the path can be copied from the row`s menu', async () => {
      await fill();
      await page.getByRole('listbox').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Shift+F10');
      await page.getByRole('menuitem', { name: 'Copy path' }).waitFor();
      await shot('menu');
      await page.keyboard.press('c');
      await page.keyboard.press('Enter');
      await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toBe(
        '/home/ada/.kubereel/recordings/r2.cast',
      );
    });

    test('a filter without hits offers to show all', async () => {
      await fill();
      await page.getByLabel('Filter recordings').fill('nothing like it');
      await page.getByText('No recording has all of these words').waitFor();
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.getByRole('option').first().waitFor();
    });

    test('an empty library says what would be here and leads to it', async () => {
      await page.evaluate(() => stage.list([]));
      await page.getByText('No recordings yet').waitFor();
      await shot('empty');
      await page.getByRole('button', { name: 'Find a pod' }).click();
      expect(await deeds()).toEqual(['find a pod']);
    });
  });

  describe('a replay', () => {
    const screenText = (): Promise<string> =>
      page
        .locator('.xterm-accessibility-tree [role="listitem"]')
        .evaluateAll((rows) => rows.map((row) => (row.textContent ?? '').trimEnd()).join('\n'));
    const position = (): Promise<number> =>
      page.getByRole('slider').evaluate((box) => (box as HTMLInputElement).valueAsNumber / 1e6);
    const hasFocus = (): Promise<boolean> =>
      page.locator('.xterm-helper-textarea').evaluate((box) => box === document.activeElement);
    /** Its keys are heard once it has the focus, a frame after it is there. */
    const start = async (): Promise<void> => {
      await page.evaluate(() => stage.replay());
      await eventually(hasFocus).toBe(true);
    };
    const pause = async (): Promise<void> => {
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
    };
    const seekTo = async (seconds: number): Promise<void> => {
      await page.getByRole('slider').fill(String(seconds * 1e6));
    };

    test('plays by itself, and Space stops and goes on', async () => {
      await start();
      await eventually(screenText).toContain('root@web-7f9c:/app#');
      await eventually(screenText).toContain('kube');
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
      const stopped = await position();
      expect(stopped).toBeGreaterThan(0.9);
      await shot('replay-paused');
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Pause (Space)' }).waitFor();
      await eventually(position).toBeGreaterThan(stopped);
    });

    test('shows real time, elapsed time and the whole', async () => {
      await start();
      await pause();
      await seekTo(14);
      await page.locator('.player-now').getByText('14:03:14').waitFor();
      await page.locator('.player-times').getByText('00:00:14 / 00:15:15').waitFor();
      expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toBe('14 s of 15 m 15 s');
    });

    test('a seek back shows what a straight replay shows there, the other screen and sizes included', async () => {
      await start();
      await pause();
      await seekTo(9);
      await eventually(screenText).toContain('replicas: 3');
      expect(await screenText()).not.toContain('GET /cart');
      const straight = await screenText();
      await page.keyboard.press('End');
      await eventually(screenText).toContain('exit');
      await page.getByText('60×20', { exact: true }).waitFor();
      await shot('replay-ended');
      await seekTo(9);
      await eventually(screenText).toBe(straight);
      expect(await page.evaluate(() => stage.isFirstClosed())).toBe(true);
      await seekTo(13.5);
      await eventually(screenText).toContain('GET /cart/39');
      await shot('replay-middle');
    });

    test('arrows step by five seconds, Home leads to the start, wherever the focus is', async () => {
      await start();
      await pause();
      await seekTo(100);
      await page.keyboard.press('ArrowRight');
      await eventually(position).toBe(105);
      await page.getByRole('slider').focus();
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      await eventually(position).toBe(95);
      await page.keyboard.press('Home');
      await eventually(position).toBe(0);
      await page.keyboard.press('End');
      await page.getByRole('button', { name: 'Play again (Space)' }).waitFor();
      await page.locator('.player-outcome').getByText('exit 0').waitFor();
    });

    test('markers stand on the timeline with their words, and the brackets go from one to the next', async () => {
      await start();
      await pause();
      await eventually(() => page.locator('.player-mark.is-marker').count()).toBe(2);
      await seekTo(100);
      await page.keyboard.press(']');
      await eventually(position).toBe(400);
      await eventually(screenText).toContain('— connection lost: it was cut without a word —');
      await page.getByText('14:09:40 connection lost: it was cut without a word').waitFor();
      await shot('replay-markers');
      await page.keyboard.press(']');
      await eventually(position).toBe(490);
      await page.keyboard.press(']');
      expect(await position()).toBe(490);
      await page.keyboard.press('[');
      await eventually(position).toBe(400);
      await page.getByRole('button', { name: /^Marker at 14:11:10: reconnected after 90 s/ }).click();
      await eventually(position).toBe(490);
    });

    test('the timeline shows activity, sizes, damage, and how long it is without its pauses', async () => {
      await start();
      await pause();
      await page.getByText('/ 00:15:15').waitFor();
      await eventually(() => page.locator('.player-activity').getAttribute('d')).toContain('L');
      expect(await page.locator('.player-resize').count()).toBe(1);
      expect(await page.locator('.player-damage').count()).toBe(0);
      // Silences of 1, 4, 386, 90 and 424 s, each cut to 2 s.
      await page.getByText('shown)').waitFor();
      await page.getByLabel('Skip pauses').uncheck();
      await page.getByText('shown)').waitFor({ state: 'detached' });
      await page.evaluate(() =>
        stage.replay({ recordingId: 'r7', state: 'damaged' }, undefined, {
          damages: [{ fromMicros: 300e6, toMicros: 390e6 }],
          isComplete: false,
          lastMicros: 700e6,
        }),
      );
      await page.getByText('A part of this recording cannot be read.').waitFor();
      await page.getByTitle(/^Being read/).waitFor();
      await eventually(hasFocus).toBe(true);
      await pause();
      await seekTo(200);
      await shot('replay-damaged');
      await page.setViewportSize({ width: 480, height: 600 });
      await shot('replay-narrow');
      await page.evaluate(() => stage.setTheme('light'));
      await page.setViewportSize({ width: 1100, height: 700 });
      await shot('replay-damaged-light');
    });

    test('full stop and comma go from output to output', async () => {
      await start();
      await pause();
      await seekTo(14);
      await page.keyboard.press('.');
      await eventually(position).toBe(400);
      await page.keyboard.press('.');
      await page.keyboard.press('.');
      await eventually(position).toBe(914);
      await page.keyboard.press(',');
      await eventually(screenText).not.toContain('exit');
      await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
    });

    test('a live recording is followed at its end', async () => {
      await page.evaluate(() => stage.replayLive({ bytes: 5_000 }));
      await page.getByRole('button', { name: 'Go live' }).click();
      await page.getByText('Live', { exact: true }).waitFor();
      await page.evaluate(() => stage.write(920, 'written just now'));
      await eventually(screenText).toContain('written just now');
      await shot('replay-live');
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Go live' }).waitFor();
    });

    test('a link to the moment is copied, in real time', async () => {
      await start();
      await pause();
      await seekTo(100);
      await page.getByRole('button', { name: 'Copy a link to this moment' }).click();
      await page.getByText('Copied: kubereel://recording/').waitFor();
      await shot('replay-link');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
        /^kubereel:\/\/recording\/\S+\?t=100$/,
      );
    });

    test('a speed that is changed keeps the position', async () => {
      await start();
      await pause();
      await seekTo(4);
      await page.keyboard.press('>');
      await page.keyboard.press('>');
      expect(await page.getByRole('combobox', { name: 'Speed' }).inputValue()).toBe('4');
      expect(await position()).toBe(4);
      await page.getByRole('combobox', { name: 'Speed' }).selectOption('16');
      await page.keyboard.press('Escape');
      await eventually(() => page.evaluate(() => document.activeElement?.className)).toContain('xterm');
      await page.keyboard.press('Space');
      await eventually(position).toBeGreaterThan(8);
    });

    test('long silences are skipped, or waited out where that is wanted', async () => {
      await start();
      await pause();
      await seekTo(14);
      await page.getByRole('checkbox', { name: 'Skip pauses' }).uncheck();
      await page.getByRole('combobox', { name: 'Speed' }).selectOption('16');
      await page.locator('.xterm-helper-textarea').focus();
      await page.keyboard.press('Space');
      await eventually(position).toBeGreaterThan(20);
      expect(await position()).toBeLessThan(600);
      await page.getByRole('checkbox', { name: 'Skip pauses' }).check();
      await page.getByRole('button', { name: 'Play again (Space)' }).waitFor();
    });

    test('nothing can be typed into the past, but it can be searched and copied', async () => {
      await start();
      await pause();
      await seekTo(7);
      await eventually(screenText).toContain('GET /cart/39');
      await page.keyboard.press('Control+Shift+F');
      await page.keyboard.type('GET /cart/1');
      await page.getByText(/of 11/).waitFor();
      await shot('replay-find');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Shift+A');
      await page.keyboard.press('Control+Shift+C');
      await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toContain('GET /cart/39');
      await page.locator('.terminal-stage').click({ button: 'right' });
      expect(await page.getByRole('menuitem', { name: 'Paste' }).count()).toBe(0);
    });

    test('a recording that breaks off says so, keeps what it showed, and can be tried again', async () => {
      await page.evaluate(() => stage.replay({}, 10));
      await page
        .getByRole('alert', { name: 'This recording cannot be played' })
        .getByText('The file could not be read.')
        .waitFor();
      expect(await screenText()).toContain('root@web-7f9c');
      await shot('replay-failed');
      await page.evaluate(() => stage.repair());
      await page.getByRole('button', { name: 'Try again' }).click();
      await eventually(screenText).toContain('kubectl logs web');
    });
  });
});
