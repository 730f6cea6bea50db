// covers: renderer/settings/updates-section.tsx
// covers: renderer/frame/update-notice.tsx
// covers: renderer/store-updates.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UpdatesInfo } from '../../../preload/contract-updates.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';

const shots = fileURLToPath(new URL('../../../artefacts/page', import.meta.url));
const POLICY = '/etc/kubereel/policy.yaml';
const IDLE: UpdatesInfo = {
  version: '0.1.0',
  stage: { kind: 'idle' },
  choice: { channel: 'stable', check: 'automatic' },
  liveShells: 0,
};
const READY: UpdatesInfo = { ...IDLE, stage: { kind: 'ready', version: '0.2.0', atQuit: true } };

describe.skipIf(!chromiumPath)('updates in the page', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host?.close());

  const tell = (updates: UpdatesInfo): Promise<void> =>
    page.evaluate((next) => {
      const { core } = globalThis as unknown as { core: PageCore };
      core.state.updates = next;
      core.emit('updates.changed', next);
    }, updates);
  const called = (): Promise<readonly string[]> =>
    page.evaluate(() =>
      (globalThis as unknown as { core: PageCore }).core.calls
        .map(({ name }) => name)
        .filter((name) => name.startsWith('updates.') && name !== 'updates.state'),
    );
  const shoot = async (name: string): Promise<void> => {
    await page.getByRole('region', { name: 'Updates' }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${shots}/${name}.png` });
  };

  async function open(options?: PageOptions): Promise<Locator> {
    page = await host.show('shop', { ...options, isStill: true });
    await page.keyboard.press('Control+,');
    const section = page.getByRole('region', { name: 'Updates' });
    await section.getByText('This page is served to a browser').waitFor();
    return section;
  }

  test('in a browser there is nothing to choose', async () => {
    const section = await open({ colours: 'light' });
    expect(await section.getByRole('switch').count()).toBe(0);
    expect(await section.getByRole('button').count()).toBe(0);
    await shoot('updates-browser-light');
  });

  test('an update is looked for, downloaded and installed by pressing', async () => {
    const section = await open({ colours: 'dark' });
    await tell(IDLE);
    await section.getByRole('button', { name: 'Check now' }).click();
    await section.getByText(/^The newest, as of/).waitFor();
    await tell({ ...IDLE, stage: { kind: 'available', version: '0.2.0' } });
    await shoot('updates-available-dark');
    await section.getByRole('button', { name: 'Download' }).click();
    await section.getByText('Kubereel 0.2.0 is downloaded.').waitFor();
    await section.getByRole('button', { name: 'Restart to update' }).click();
    await section.getByText('Kubereel ends, to be started again as 0.2.0.').waitFor();
    expect(await called()).toEqual(['updates.check', 'updates.download', 'updates.install']);
  });

  test('what is ready waits for the last shell, and says so in each part of the page', async () => {
    const section = await open({ colours: 'light' });
    await tell({ ...READY, liveShells: 2 });
    await section.getByText('2 shells are live: end them first.').waitFor();
    const buttons = page.getByRole('button', { name: 'Restart to update' });
    expect(await buttons.count()).toBe(2);
    expect(await buttons.evaluateAll((all) => all.every((one) => (one as HTMLButtonElement).disabled))).toBe(
      true,
    );
    await shoot('updates-ready-live-light');
    await tell(READY);
    const notice = page
      .getByRole('main')
      .getByRole('status')
      .filter({ hasText: 'Kubereel 0.2.0 is downloaded.' });
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await buttons.count()).toBe(1);
    expect(await buttons.isEnabled()).toBe(true);
    expect(await notice.getByRole('button', { name: 'Dismiss' }).count()).toBe(0);
    await tell({ ...READY, stage: { ...READY.stage, version: '0.2.1' } as UpdatesInfo['stage'] });
    await page.getByRole('button', { name: 'Dismiss' }).waitFor();
  });

  test('what the administrator has set cannot be changed, and says whose word it is', async () => {
    const section = await open({ colours: 'light' });
    const by = { file: POLICY, isLocked: true };
    await tell({ ...IDLE, stage: { kind: 'off' }, choice: { channel: 'stable', check: 'off', checkBy: by } });
    await section.getByText(`Set by the administrator, in ${POLICY}.`).waitFor();
    expect(await section.getByRole('switch', { name: 'Update by itself' }).isDisabled()).toBe(true);
    expect(await section.getByLabel('Versions').isDisabled()).toBe(false);
    await shoot('updates-locked-light');
    await tell({ ...IDLE, choice: { channel: 'beta', check: 'by-hand', channelBy: by, checkBy: by } });
    await section.getByText('Looked for when you say so.').waitFor();
    expect(await section.getByLabel('Versions').isDisabled()).toBe(true);
  });

  test('a failure is told with what to do, on a narrow window too', async () => {
    const section = await open({ colours: 'dark' });
    const problem = {
      code: 'update-untrusted',
      message: 'the update was refused: it is not the file that was promised',
      hint: 'It was deleted. It is tried again later; if that goes on, tell whoever gives you Kubereel.',
      detail: 'sha512 checksum mismatch, expected aGVsbG8=, got d29ybGQ=',
    };
    await tell({ ...IDLE, stage: { kind: 'failed', during: 'download', problem } });
    await section.getByText('The update was not taken').waitFor();
    expect(await section.getByRole('button', { name: 'Check now' }).isEnabled()).toBe(true);
    await shoot('updates-failed-dark');
    await page.setViewportSize({ width: 420, height: 800 });
    await shoot('updates-failed-narrow-dark');
  });
});
