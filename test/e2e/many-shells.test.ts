import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContractClient } from '../../preload/client.ts';
import { connectToApp, type Watched, watchSession } from '../fakes/app-client.ts';
import { type AppProcess, startApp } from '../fakes/app-process.ts';
import { type AppInBrowser, DRAWN_ROWS, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';

const SIZE = { cols: 100, rows: 30 };
const SHELLS = 20;
/** Of the one that is looked at in the browser. */
const ECHOES = 10;
/** The goal on an idle machine; what a busy one takes is printed, and proves nothing. */
const GOAL_MS = 100;

function formatTimes(samples: readonly number[]): string {
  const sorted = samples.toSorted((left, right) => left - right);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return `median ${middle.toFixed(0)} ms, slowest ${sorted.at(-1)?.toFixed(0)} ms (goal ${GOAL_MS} ms)`;
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

  test('each of the others answers while the flood goes on, and all are on record', async () => {
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
    const [flooding, ...others] = shells as [(typeof shells)[number], ...typeof shells];
    await flooding.type('yes\r');
    await flooding.seen('y\r\ny\r\ny');
    const samples: number[] = [];
    for (const [index, shell] of others.entries()) {
      const flooded = flooding.text().length;
      samples.push(await echo(shell, index));
      // An echo that had to wait for the end of the flood would never have come.
      await flooding.seen('y\r\n', flooded);
    }
    process.stdout.write(`echo over ${SHELLS} shells, one flooding: ${formatTimes(samples)}\n`);
    await flooding.type('\u0003');
    await Promise.all(shells.map(({ sessionId }) => client.call('sessions.close', { sessionId })));
    const states = (await client.call('sessions.list', {})).map(({ recording }) => recording.kind);
    expect(states).toEqual(Array(SHELLS).fill('stored'));
    const recordings = await client.call('library.list', {});
    expect(new Set(recordings.map(({ path }) => path)).size).toBe(SHELLS);
    client.close();
  });
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
    for (let count = 1; count <= SHELLS; count += 1) {
      await window.openShell('web');
      await page.getByText(`REC ${count} live`).waitFor();
    }
    await window.show(window.tab(/^web-/).first());
    await window.type('yes\n');
    await window.seen('y\ny\ny');
    await window.show(window.tab(/^web-/).last());
    await window.seen('web-');
    const samples: number[] = [];
    for (let index = 0; index < ECHOES; index += 1) {
      const mark = `m${index}x`;
      await window.type(mark.slice(0, -1));
      await window.seen(mark.slice(0, -1));
      // Armed before the key is pressed: keys and scripts reach the page by different ways.
      await page.evaluate(armEcho, { rows: DRAWN_ROWS, mark });
      await page.keyboard.type(mark.slice(-1));
      samples.push(await page.evaluate(() => (globalThis as unknown as EchoClock).drawnMs));
      await page.keyboard.press('Control+u');
    }
    process.stdout.write(
      `key to drawn echo in a browser with ${SHELLS} shells, one flooding: ${formatTimes(samples)}\n`,
    );
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
