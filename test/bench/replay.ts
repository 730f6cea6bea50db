import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { formatEvent, formatHeader } from '../../main/recording/cast/cast.ts';
import { startApp } from '../fakes/app-process.ts';
import { launchChromium } from '../fakes/chromium.ts';
import { median } from './statistics.ts';

/**
 * A long recording in a page: time until it is seen, until a moment of it is, and what that takes of memory. Ours and
 * asciinema-player on the same file in the same Chromium. It is laid there and opened at once, so that nothing of it is
 * known yet. Run by hand: `node test/bench/replay.ts 100`, in MB.
 */
const MEGABYTES = Number(process.argv[2] ?? 100);
const SIZE = { cols: 120, rows: 40 };
const SHARES = [0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6, 0.05, 0.95];
/** Of which nothing can be known when it is asked for first. */
const FIRST_SHARE = 0.85;
const MB = 1_000_000;

interface Figures {
  readonly firstFrameMs: number;
  readonly seeksMs: readonly number[];
  readonly heapMb: number;
}

const app = await startApp();
const browser = await launchChromium();
try {
  const path = join(app.home, 'recordings', 'long.cast');
  await mkdir(join(app.home, 'recordings'), { recursive: true });
  const seconds = await writeCast(path, MEGABYTES * MB);
  process.stdout.write(`${MEGABYTES} MB, ${seconds} s recorded\n`);
  tell('kubereel', await measureOurs(browser, seconds));
  const [now, peak] = await Promise.all([app.residentBytes(), app.peakBytes()]);
  process.stdout.write(
    `kubereel's core: ${Math.round(now / MB)} MB resident, ${Math.round(peak / MB)} at most\n`,
  );
  if (MEGABYTES < 500) tell('asciinema-player', await measurePeer(browser, path, seconds));
} finally {
  await browser.close();
  await app.stop();
  await rm(app.home, { recursive: true, force: true });
}

function tell(name: string, { firstFrameMs, seeksMs, heapMb }: Figures): void {
  const seeks = seeksMs.map((ms) => Math.round(ms));
  process.stdout.write(
    `${name}: first frame ${Math.round(firstFrameMs)} ms, ${Math.round(heapMb)} MB of heap\n` +
      `  seeks ${seeks.join(', ')} ms: median ${Math.round(median(seeks))}, longest ${Math.max(...seeks)}\n`,
  );
}

/** Log lines with colours, now and then a screen that is drawn anew. */
async function writeCast(path: string, bytes: number): Promise<number> {
  const file = createWriteStream(path);
  let written = 0;
  let index = 0;
  file.write(formatHeader({ size: SIZE }));
  for (; written < bytes; index += 1) {
    const lines = Array.from(
      { length: 20 },
      (_, row) =>
        `\x1b[90m${index}.${row}\x1b[0m GET /cart/${index * row} \x1b[32m200\x1b[0m ${'x'.repeat(60)}\r\n`,
    );
    const text = index % 50 === 0 ? `\x1b[H\x1b[2J${lines.join('')}` : lines.join('');
    const line = formatEvent({ kind: 'output', timeMicros: index * 100_000, text });
    written += line.length;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  return Math.floor(index / 10);
}

async function measureOurs(chromium: Browser, seconds: number): Promise<Figures> {
  const page = await chromium.newPage();
  page.setDefaultTimeout(600_000);
  await page.goto(app.link);
  await page.locator('#content').waitFor();
  const opened = performance.now();
  await page.evaluate(() => {
    location.hash = '#kubereel://recording/long';
  });
  await page.getByRole('button', { name: 'Pause (Space)' }).waitFor();
  const firstFrameMs = performance.now() - opened;
  await page.keyboard.press('Space');
  await page.locator('.player-timeline').waitFor();
  const [glimpseMs, atOnceMs] = await Promise.all([
    untilGlimpse(page),
    seekOurs(page, seconds * FIRST_SHARE),
  ]);
  process.stdout.write(
    `a seek before it was surveyed: its last part after ${Math.round(glimpseMs)} ms, all after ${Math.round(atOnceMs)} ms\n`,
  );
  await page.locator('.player-unsurveyed').waitFor({ state: 'detached' });
  process.stdout.write(`surveyed after ${Math.round((performance.now() - opened) / 1_000)} s\n`);
  const seeksMs: number[] = [];
  for (const share of SHARES) seeksMs.push(await seekOurs(page, seconds * share));
  const heapMb = await heapOf(page);
  await page.close();
  return { firstFrameMs, seeksMs, heapMb };
}

async function seekOurs(page: Page, toSeconds: number): Promise<number> {
  return page.evaluate(async (micros) => {
    const slider = document.querySelector('.player-seek') as HTMLInputElement;
    const began = performance.now();
    slider.value = String(micros);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const isSeeking = (): boolean => document.querySelector('.terminal-wait') !== null;
    const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
    await frame();
    while (isSeeking()) await frame();
    return performance.now() - began;
  }, toSeconds * 1e6);
}

/** Of the next seek, from now on. */
async function untilGlimpse(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const began = performance.now();
    while (!document.querySelector('.terminal-wait.is-glimpse')) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return performance.now() - began;
  });
}

async function measurePeer(chromium: Browser, path: string, seconds: number): Promise<Figures> {
  const bundle = fileURLToPath(new URL('./bundle/', import.meta.resolve('asciinema-player')));
  const files = new Map([
    ['/player.js', join(bundle, 'asciinema-player.min.js')],
    ['/player.css', join(bundle, 'asciinema-player.css')],
    ['/long.cast', path],
  ]);
  const server = createServer(async ({ url = '' }, response) => {
    const file = files.get(url);
    if (file) response.end(await readFile(file));
    else {
      response.setHeader('content-type', 'text/html');
      response.end(
        '<link rel="stylesheet" href="/player.css"><script src="/player.js"></script><div id="p"></div>',
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await chromium.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const times = await page.evaluate(
    async ({ at }) => {
      interface Player {
        play(): Promise<void>;
        pause(): Promise<void>;
        seek(seconds: number): Promise<void>;
      }
      const { AsciinemaPlayer } = globalThis as unknown as {
        AsciinemaPlayer: { create(url: string, place: Element | null, options: object): Player };
      };
      const began = performance.now();
      const player = AsciinemaPlayer.create('/long.cast', document.querySelector('#p'), {});
      await player.play();
      const firstFrameMs = performance.now() - began;
      await player.pause();
      const seeksMs: number[] = [];
      for (const moment of at) {
        const sought = performance.now();
        await player.seek(moment);
        seeksMs.push(performance.now() - sought);
      }
      return { firstFrameMs, seeksMs };
    },
    { at: SHARES.map((share) => share * seconds) },
  );
  const heapMb = await heapOf(page);
  await page.close();
  await new Promise((resolve) => server.close(resolve));
  return { ...times, heapMb };
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / MB;
}
