import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContractClient } from '../../preload/client.ts';
import { connectToApp, type Watched, watchSession } from '../fakes/app-client.ts';
import { type AppProcess, startApp } from '../fakes/app-process.ts';
import { type AppInBrowser, DRAWN_ROWS, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';

const SIZE = { cols: 100, rows: 30 };
const SHELLS = 20;
const ECHOES = 100;
/**
 * The goal is 100 ms at the 95th percentile on an idle machine; a busy one is compared with itself, without the
 * flood.
 */
const GOAL_MS = 100;

function percentile(samples: readonly number[], part: number): number {
  return [...samples].sort((left, right) => left - right)[Math.floor(samples.length * part)] ?? Number.NaN;
}

async function podOf(client: ContractClient): Promise<string> {
  const pods = new Promise<readonly { name: string }[]>((resolve) =>
    client.on('pods.changed', ({ reset, upserted }) => reset && resolve(upserted)),
  );
  await client.call('pods.watch', { context: 'kubereel-demo', namespace: 'shop' });
  return (await pods).find(({ name }) => name.startsWith('web-'))?.name ?? '';
}

describe(`${SHELLS} shells at once, one of them flooding`, () => {
  let app: AppProcess;

  beforeAll(async () => {
    app = await startApp({ args: ['--demo'] });
  });
  afterAll(() => app?.stop());

  async function echo(shell: Watched, index: number): Promise<number> {
    const from = shell.text().length;
    const startedAt = performance.now();
    const mark = `m${index}x`;
    await shell.type(mark);
    await shell.seen(mark, from);
    const tookMs = performance.now() - startedAt;
    await shell.type('\u0015');
    return tookMs;
  }

  test('echo in the others stays quick', async () => {
    const { client } = await connectToApp(app.link);
    const target = { context: 'kubereel-demo', namespace: 'shop', pod: await podOf(client) };
    const shells = await Promise.all(
      Array.from({ length: SHELLS }, async () => {
        const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
        const shell = watchSession(client, sessionId);
        await shell.seen('web-');
        return { ...shell, sessionId };
      }),
    );
    const [flooding, ...others] = shells;
    const measure = async (): Promise<number[]> => {
      const samples: number[] = [];
      for (let index = 0; index < ECHOES; index += 1) {
        const shell = others[index % others.length];
        if (shell) samples.push(await echo(shell, index));
      }
      return samples;
    };
    await measure();
    const quiet = await measure();
    await flooding?.type('yes\r');
    await flooding?.seen('y\r\ny\r\ny');
    const loud = await measure();
    const [quietMs, loudMs] = [percentile(quiet, 0.95), percentile(loud, 0.95)];
    process.stdout.write(
      `echo over ${SHELLS} shells, p95: ${loudMs.toFixed(1)} ms with one flooding, ${quietMs.toFixed(1)} ms without (goal ${GOAL_MS} ms)\n`,
    );
    expect(loudMs).toBeLessThan(Math.max(GOAL_MS, 20 * quietMs));
    await flooding?.type('\u0003');
    await Promise.all(shells.map(({ sessionId }) => client.call('sessions.close', { sessionId })));
    const states = (await client.call('sessions.list', {})).map(({ recording }) => recording.kind);
    expect(states).toEqual(Array(SHELLS).fill('stored'));
    const recordings = await client.call('library.list', {});
    expect(new Set(recordings.map(({ path }) => path)).size).toBe(SHELLS);
    client.close();
  }, 120_000);
});

describe.skipIf(!chromiumPath)(`${SHELLS} shells in a real browser`, () => {
  let opened: AppInBrowser;

  beforeAll(async () => {
    opened = await startAppInBrowser({ reading: 'drawn rows' });
  });
  afterAll(() => opened?.stop());

  test('one floods in the background, and typing in another is answered', async () => {
    const { window } = opened;
    const { page } = window;
    await window.pod(/^web-/).waitFor();
    await window.openShell('web');
    await window.seen('web-');
    await page.keyboard.type('yes\n');
    await window.seen('y\ny\ny');
    for (let count = 1; count < SHELLS; count += 1) {
      await window.openShell('web');
      await page.getByText(`REC ${count + 1} live`).waitFor();
    }
    await window.seen('web-');
    const samples: number[] = [];
    for (let index = 0; index < 40; index += 1) {
      const mark = `m${index}x`;
      await page.keyboard.type(mark.slice(0, -1));
      await window.seen(mark.slice(0, -1));
      // Armed before the key is pressed: keys and scripts reach the page by different ways.
      await page.evaluate(armEcho, { rows: DRAWN_ROWS, mark });
      await page.keyboard.type(mark.slice(-1));
      samples.push(await page.evaluate(() => (globalThis as unknown as EchoClock).drawnMs));
      await page.keyboard.press('Control+u');
    }
    process.stdout.write(
      `key to drawn echo in a browser with ${SHELLS} shells, one flooding: p50 ${percentile(samples, 0.5).toFixed(0)} ms, p95 ${percentile(samples, 0.95).toFixed(0)} ms (goal ${GOAL_MS} ms)\n`,
    );
    expect(samples).toHaveLength(40);
    await page.screenshot({ path: 'artefacts/twenty-shells.png' });
  }, 120_000);
});

interface EchoClock {
  drawnMs: Promise<number>;
}

/** Runs in the page: measures the milliseconds from the next key to the frame in which its echo is drawn. */
function armEcho({ rows, mark }: { rows: string; mark: string }): void {
  const { promise, resolve } = Promise.withResolvers<number>();
  (globalThis as unknown as EchoClock).drawnMs = promise;
  const isDrawn = (): boolean =>
    [...document.querySelectorAll<HTMLElement>(rows)].some(
      (row) => row.offsetParent !== null && row.textContent?.includes(mark),
    );
  const start = ({ timeStamp }: KeyboardEvent): void => {
    const look = (): void => {
      if (isDrawn()) resolve(performance.now() - timeStamp);
      else requestAnimationFrame(look);
    };
    look();
  };
  window.addEventListener('keydown', start, { capture: true, once: true });
}
