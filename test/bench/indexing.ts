import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { formatEvent, formatHeader } from '../../main/recording/cast/cast.ts';
import { openTextStore } from '../../main/search/text-store.ts';
import { startApp } from '../fakes/app-process.ts';
import { launchChromium } from '../fakes/chromium.ts';
import { logLine } from './log-line.ts';

/**
 * What the page feels of recordings that are read for the search in the background: how many of its frames come late,
 * without and with that, and how fast it goes. Nothing is asserted.
 */
const CAST_BYTES = 100_000_000;
const IDLE_MS = 5_000;
const MB = 1e6;
/** Of two frames at 60 Hz, and a little. */
const LATE_MS = 36;
const POLL_MS = 100;

interface Frames {
  readonly shown: number;
  readonly late: number;
  readonly longestMs: number;
}

const app = await startApp();
const browser = await launchChromium();
try {
  const outputBytes = await writeCast(join(app.home, 'long.cast'));
  const page = await browser.newPage();
  await page.goto(app.link);
  await page.locator('#content').waitFor();
  await watchFrames(page);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const before = await takeFrames(page);
  const folder = join(app.home, 'recordings');
  await mkdir(folder, { recursive: true });
  await rename(join(app.home, 'long.cast'), join(folder, 'long.cast'));
  const seconds = await waitUntilRead(join(app.home, 'cache', 'screen-text.sqlite'));
  const during = await takeFrames(page);
  process.stdout.write(`Reading ${(outputBytes / MB).toFixed(0)} MB of raw output in the background\n`);
  process.stdout.write(`  ${(outputBytes / MB / seconds).toFixed(1)} MB/s\n`);
  for (const [name, frames] of Object.entries({ before, during })) {
    const { shown, late, longestMs } = frames;
    process.stdout.write(
      `  frames of the page ${name}: ${shown}, of them late ${late}, the longest after ${longestMs.toFixed(0)} ms\n`,
    );
  }
  process.stdout.write(`  core: ${Math.round((await app.residentBytes()) / MB)} MB resident\n`);
} finally {
  await browser.close();
  await app.stop();
  await rm(app.home, { recursive: true, force: true });
}

async function writeCast(path: string): Promise<number> {
  const lines: string[] = [formatHeader({ size: { cols: 120, rows: 40 } })];
  let outputBytes = 0;
  for (let number = 0; outputBytes < CAST_BYTES; ) {
    let text = '';
    for (; text.length < 8_192; number += 1) text += `${logLine(number)}\r\n`;
    outputBytes += Buffer.byteLength(text);
    lines.push(formatEvent({ kind: 'output', timeMicros: lines.length * 16_000, text }));
  }
  await writeFile(path, lines.join(''));
  return outputBytes;
}

/** Seconds from its first block to its last. */
async function waitUntilRead(storePath: string): Promise<number> {
  const store = openTextStore(storePath, () => {});
  try {
    let begun: { readonly ms: number; readonly offset: number } | undefined;
    while (true) {
      const state = store.state('long');
      if (state && !begun) begun = { ms: performance.now(), offset: state.offset };
      if (state?.isWhole && begun) {
        const share = 1 - begun.offset / state.castBytes;
        return (performance.now() - begun.ms) / 1_000 / share;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    store.close();
  }
}

async function watchFrames(page: Page): Promise<void> {
  await page.evaluate((lateMs) => {
    const frames = { shown: 0, late: 0, longestMs: 0 };
    Object.assign(globalThis, { frames });
    let last = performance.now();
    const look = (now: number): void => {
      const gap = now - last;
      last = now;
      frames.shown += 1;
      if (gap > lateMs) frames.late += 1;
      frames.longestMs = Math.max(frames.longestMs, gap);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, LATE_MS);
}

/** Since it was last asked. */
async function takeFrames(page: Page): Promise<Frames> {
  return page.evaluate(() => {
    const { frames } = globalThis as unknown as {
      frames: { shown: number; late: number; longestMs: number };
    };
    const taken = { ...frames };
    Object.assign(frames, { shown: 0, late: 0, longestMs: 0 });
    return taken;
  });
}
