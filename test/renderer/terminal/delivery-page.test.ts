// covers: renderer/terminal/attempts-dialog.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordingState } from '../../../preload/contract.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import { VAULT } from '../../fakes/page-uploads.ts';

const shots = fileURLToPath(new URL('../../../artefacts/uploads', import.meta.url));
type Delivery = NonNullable<(RecordingState & { kind: 'recording' })['delivery']>;

const FAR = {
  kind: 'asciinema',
  url: 'https://recorder-of-the-whole-company.internal.example.com:8443/',
  name: 'recorder-of-the-whole-company-in-the-second-building',
} as const;
const ATTEMPTS = [
  {
    recorder: FAR,
    problem: {
      code: 'recorder-unreachable',
      message: 'recorder far cannot be reached: nothing listens there',
    },
  },
  {
    recorder: VAULT,
    problem: {
      code: 'recorder-refused',
      message: 'recorder vault refused us: 401 Unauthorized',
      hint: 'Put a token that it knows into its tokenFile',
    },
  },
];

describe.skipIf(!chromiumPath)('a shell and its recorders, in a browser', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host?.close());

  const foot = (): Locator => page.getByRole('contentinfo');
  const dialog = (): Locator => page.getByRole('dialog');
  async function shoot(name: string): Promise<void> {
    await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
    await page.screenshot({ path: `${shots}/${name}.png` });
  }
  /** How the shell's recording stands with its recorders from now on. */
  async function deliver(delivery: Delivery, kind: 'recording' | 'stored' = 'recording'): Promise<void> {
    await page.evaluate(
      ({ delivery, kind }) => {
        const core = (globalThis as unknown as { core: PageCore }).core;
        const session = core.state.sessions.get('s1');
        if (!session) throw new Error('the scene has no such session');
        const common = { recordingId: 'r1', bytes: 48_213, lostBytes: 0, delivery };
        const startedAtMs = Date.now() - 761_000;
        core.putSession({
          ...session,
          recording: kind === 'stored' ? { kind, ...common } : { kind, startedAtMs, ...common },
          ...(kind === 'stored' && {
            state: {
              kind: 'ended',
              startedAtMs,
              endedAtMs: Date.now(),
              end: { kind: 'exited', exitCode: 0 },
            },
          }),
        });
      },
      { delivery, kind },
    );
  }
  async function openShell(delivery: Delivery, options?: PageOptions): Promise<void> {
    page = await host.show('sessions', { ...options, isStill: true });
    await page.getByRole('tab', { name: /web-7f9/ }).click();
    await deliver(delivery);
  }

  test('one that is on record elsewhere says where', async () => {
    await openShell({ kind: 'live', recorder: VAULT, ackedBytes: 40_000 });
    await foot().getByText('at vault').waitFor();
    expect(
      await foot()
        .getByTitle(/has 40\.0 kB of it/)
        .textContent(),
    ).toMatch(/^RECat vault00:1/);
    await shoot('shell-recorded');
  });

  test('one that is not on record there says so for good, and a press tells who was tried', async () => {
    await openShell({ kind: 'owed', sinceMs: Date.now(), attempts: ATTEMPTS }, { colours: 'dark' });
    const badge = foot().getByRole('button', { name: /^Not on record at vault since (\w{3} )?\d/ });
    await page.getByRole('tab', { name: /live, not on record at vault since/ }).waitFor();
    await shoot('shell-owed-dark');
    await badge.focus();
    await page.keyboard.press('Enter');
    await dialog().getByText('delivered when the shell has ended').waitFor();
    const tried = dialog().getByRole('list', { name: 'Recorders that were tried' }).getByRole('listitem');
    expect(await tried.allTextContents()).toEqual([
      expect.stringContaining('nothing listens there'),
      expect.stringContaining('Put a token that it knows into its tokenFile.'),
    ]);
    await shoot('shell-attempts-dark');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  test('where the policy ends it the time that is left counts down, also in the window’s title', async () => {
    const far = { kind: 'owed', sinceMs: Date.now(), attempts: ATTEMPTS.slice(0, 1) } as const;
    await openShell({ ...far, endsAtMs: Date.now() + 3_600_000 }, { width: 480, height: 720 });
    const badge = foot().getByRole('button', { name: /ends in \d/ });
    await badge.click();
    await dialog()
      .getByText(/The shell ends in .*as the policy has it/)
      .waitFor();
    await expect.poll(() => page.title()).toMatch(/^Ends soon/);
    await expect.poll(() => page.evaluate(() => document.querySelector('.page')?.scrollWidth)).toBe(480);
    await shoot('shell-ends-narrow');
    // A recorder has it by now: there is nothing to tell any more.
    await deliver({ kind: 'delivered', recorder: VAULT, atMs: Date.now() });
    await dialog().waitFor({ state: 'detached' });
    await foot().getByText('at vault').waitFor();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    ).toBe(true);
  });

  test('one that has ended and is owed leads to the queue', async () => {
    await openShell({ kind: 'live', recorder: VAULT });
    await deliver({ kind: 'owed', sinceMs: Date.now(), attempts: ATTEMPTS }, 'stored');
    await foot()
      .getByRole('button', { name: /^Recorded, not delivered/ })
      .click();
    await dialog().getByText('tried again until a recorder has it').waitFor();
    await dialog().getByRole('button', { name: 'Show in the queue' }).click();
    await page.getByRole('tab', { name: 'Not delivered', selected: true }).waitFor();
  });

  test('one that no recorder took lists them with their answers', async () => {
    page = await host.show('sessions', { width: 900, height: 720, isStill: true });
    await page.evaluate(() => {
      const core = (globalThis as unknown as { core: PageCore }).core;
      const session = core.state.sessions.get('s1');
      if (!session) throw new Error('the scene has no such session');
      core.putSession({
        ...session,
        recording: { kind: 'none' },
        state: {
          kind: 'ended',
          endedAtMs: Date.now(),
          end: {
            kind: 'failed',
            problem: {
              code: 'delivery-required',
              message:
                'this shell has to be on record at a recorder, and none took it:\n1. recorder vault cannot be reached: nothing listens there\n2. recorder far refused us: 401 Unauthorized. Put a token that it knows into its tokenFile',
              hint: 'the rule "production" in /etc/kubereel/policy.yaml:8 has it so',
            },
          },
        },
      });
    });
    await page.getByRole('tab', { name: /web-7f9/ }).click();
    const failure = page.getByRole('alert', { name: 'The shell did not open' });
    await failure.getByText('none took it:').waitFor();
    expect(await failure.getByRole('listitem').allTextContents()).toEqual([
      'Recorder vault cannot be reached: nothing listens there.',
      'Recorder far refused us: 401 Unauthorized. Put a token that it knows into its tokenFile.',
    ]);
    await shoot('shell-refused');
  });
});
