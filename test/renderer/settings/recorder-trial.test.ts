import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UploadTrial } from '../../../preload/contract-uploads.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import { VAULT } from '../../fakes/page-uploads.ts';

const shots = fileURLToPath(new URL('../../../artefacts/uploads', import.meta.url));

describe.skipIf(!chromiumPath)('a test recording, sent from the settings', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host?.close());

  const vault = (): Locator =>
    page
      .getByRole('region', { name: 'Recorders' })
      .getByRole('listitem')
      .filter({ hasText: 'vault' })
      .first();
  const send = (): Locator => vault().getByRole('button', { name: 'Send a test recording' });
  async function shoot(name: string): Promise<void> {
    await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
    await send().scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${shots}/${name}.png` });
  }

  /** A policy that names one recorder; a test of it becomes this, or nothing yet. */
  async function openRecorders(trial: UploadTrial | undefined, options?: PageOptions): Promise<void> {
    page = await host.show('shop', { ...options, isStill: true });
    await page.evaluate(
      ({ recorder, trial }) => {
        const { state } = (globalThis as unknown as { core: PageCore }).core;
        state.uploads.trial = trial;
        const rule = { name: 'production', match: { context: ['prod-*'] }, says: [], recorders: [recorder] };
        const file = { path: '/etc/kubereel/policy.yaml', isLocked: true, problems: [], rules: [rule] };
        state.policy = { files: [{ ...file, state: 'followed' }] };
      },
      { recorder: VAULT, trial },
    );
    await page.keyboard.press('Control+,');
    await send().waitFor();
  }

  const went = (step: UploadTrial['steps'][number]['step'], elapsedMs: number) => ({ step, elapsedMs });

  test('while it is on its way it says so and is not sent twice', async () => {
    await openRecorders(undefined);
    await send().click();
    await vault().getByText('Sending a test recording to vault').waitFor();
    expect(await send().isDisabled()).toBe(true);
    await shoot('trial-running');
    expect(
      await page.evaluate(() =>
        (globalThis as unknown as { core: PageCore }).core.calls.filter(
          ({ name }) => name === 'uploads.test',
        ),
      ),
    ).toEqual([{ name: 'uploads.test', input: { recorder: { nameOrUrl: VAULT.url, kind: 'tsrecorder' } } }]);
  });

  test('what arrived is told step by step, with the recorder’s receipt', async () => {
    const url = 'http://vault.example.com/recordings/20261121T160500Z-7f3a';
    await openRecorders({
      recorder: VAULT,
      steps: [went('check', 12.4), went('open', 3), went('send', 1), went('confirm', 2_104)],
      receipt: { recordingId: '20261121T160500Z-7f3a', bytes: 412, url, message: 'kept on disk' },
    });
    await send().focus();
    await page.keyboard.press('Enter');
    const steps = vault().getByRole('list', { name: 'Steps of the test of vault' }).getByRole('listitem');
    await steps.last().waitFor();
    expect(await steps.allTextContents()).toEqual([
      'It is there12 ms',
      'It takes the recording3 ms',
      'All of it was sent1 ms',
      'It has confirmed all of it2 s',
    ]);
    await vault()
      .getByText('The test recording 20261121T160500Z-7f3a arrived, 412 B. Kept on disk.')
      .waitFor();
    expect(await vault().getByRole('link', { name: 'Open it there' }).getAttribute('href')).toBe(url);
    await shoot('trial-arrived');
  });

  test('a step that failed is told with why and what to do, and can be tried again', async () => {
    await openRecorders(
      {
        recorder: VAULT,
        steps: [
          went('check', 12),
          {
            ...went('open', 40),
            problem: {
              code: 'recorder-refused',
              message: 'recorder vault (http://vault.example.com) refused us: 401 Unauthorized',
              hint: 'Put a token that it knows into its tokenFile',
              detail: '401 Unauthorized\nWWW-Authenticate: Bearer',
            },
          },
        ],
      },
      { width: 480, height: 720, colours: 'dark' },
    );
    await send().click();
    const failure = vault().getByRole('alert', { name: 'It does not take the recording' });
    await failure.getByText('Put a token that it knows into its tokenFile.').waitFor();
    expect(
      await vault()
        .getByRole('list', { name: /^Steps/ })
        .textContent(),
    ).toBe('It is there12 ms');
    expect(await vault().getByText('arrived').count()).toBe(0);
    await shoot('trial-failed-narrow-dark');
    expect(await send().isDisabled()).toBe(false);
  });

  test('a core that cannot even try says so', async () => {
    await openRecorders(undefined);
    await page.evaluate(() =>
      (globalThis as unknown as { core: PageCore }).core.state.failing.set('uploads.test', {
        code: 'policy-invalid',
        message: 'the policy cannot be followed',
      }),
    );
    await send().click();
    await vault().getByRole('alert', { name: 'The test recording was not sent' }).waitFor();
  });
});
