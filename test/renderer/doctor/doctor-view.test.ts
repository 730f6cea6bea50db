// covers: renderer/doctor/check-row.tsx
// covers: renderer/open/context-menu.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DoctorCheck } from '../../../preload/contract.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import { checksWith, reportOf, untrustedChecks, waitingChecks } from '../../fakes/doctor-checks.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import type { SceneName } from '../../fakes/page-scenes.ts';
import { requestNamed } from '../../fakes/page-things.ts';

const shots = fileURLToPath(new URL('../../../artefacts/doctor', import.meta.url));

describe.skipIf(!chromiumPath)('a connection checked in the page', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host?.close());

  async function open(
    scene: SceneName,
    checks: readonly DoctorCheck[],
    options?: PageOptions,
  ): Promise<void> {
    page = await host.show(scene, { ...options, isStill: true });
    await page.evaluate((all) => {
      (globalThis as unknown as { core: PageCore }).core.state.doctorChecks = all;
    }, checks);
  }
  const tell = (checks: readonly DoctorCheck[]): Promise<void> =>
    page.evaluate(
      (report) => {
        const { core } = globalThis as unknown as { core: PageCore };
        core.emit('doctor.changed', report);
      },
      reportOf(checks, { runId: 'run-2' }),
    );
  const asked = (name = 'doctor.run'): Promise<unknown[]> =>
    page.evaluate(
      (wanted) =>
        (globalThis as unknown as { core: PageCore }).core.calls
          .filter((call) => call.name === wanted)
          .map((call) => call.input),
      name,
    );
  const context = (name: string): Locator =>
    page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name });
  const row = (title: string): Locator =>
    page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
  const summary = (): Locator => page.locator('.doctor-summary');
  const shoot = (name: string): Promise<unknown> => page.screenshot({ path: `${shots}/${name}.png` });

  test('from a list of pods that failed, to the reason and its details', async () => {
    await open('failing', untrustedChecks());
    await context('staging').click();
    await page.getByRole('button', { name: 'Check this connection' }).click();
    await page.getByRole('tab', { name: 'Connection, staging' }).waitFor();
    await expect.poll(() => summary().textContent()).toBe('No shell would open: the cluster is not trusted');
    expect(await asked()).toEqual([{ context: 'staging', namespace: 'shop' }]);
    await row('TLS certificates').getByRole('img', { name: 'failed' }).waitFor();
    await row('Credential').getByRole('img', { name: 'skipped' }).waitFor();
    await page.getByRole('button', { name: 'Details of TLS certificates' }).click();
    await page.getByText('no authority that the kubeconfig trusts has signed it').waitFor();
    await page.getByText('staging: cluster staging-eu, user ada', { exact: true }).waitFor();
    await shoot('failed-light');
  });

  test('row by row as each comes to its end, and nothing moves', async () => {
    await open('shop', waitingChecks());
    await context('staging').click();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('check this');
    await page.getByRole('option', { name: /Check this connection/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await row('Credential')
      .getByText('Waits for your answer: may /usr/local/bin/kubelogin be run?')
      .waitFor();
    const top = async (): Promise<number | undefined> => (await row('May I attach here').boundingBox())?.y;
    const before = await top();
    await shoot('running-light');
    await tell(checksWith());
    await expect.poll(() => summary().textContent()).toBe('A shell would open here');
    expect(await top()).toBe(before);
    await shoot('well-light');
  });

  test('from a context’s own menu, by keyboard, again, and away with its tab', async () => {
    await open('shop', checksWith());
    await context('staging').focus();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menu', { name: 'Context staging' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => summary().textContent()).toBe('A shell would open here');
    const again = page.getByRole('button', { name: 'Check again' });
    await again.press('Enter');
    await expect.poll(async () => (await asked()).length).toBe(2);
    await page.evaluate((all) => {
      (globalThis as unknown as { core: PageCore }).core.state.doctorChecks = all;
    }, waitingChecks());
    await expect.poll(() => again.isEnabled()).toBe(true);
    await again.press('Enter');
    await expect.poll(() => again.isEnabled()).toBe(false);
    await page.getByRole('tab', { name: 'Connection, staging' }).press('Delete');
    await expect.poll(async () => (await asked('doctor.stop')).length).toBe(1);
  });

  test('from a shell that did not open, for its pod', async () => {
    await open('sessions', checksWith());
    await page.getByRole('tab', { name: /^search-5c8d7/ }).click();
    await page.getByRole('button', { name: 'Check this connection' }).click();
    await expect
      .poll(() => asked())
      .toEqual([{ context: 'staging', namespace: 'shop', pod: 'search-5c8d7' }]);
    await page.getByText('Connection to staging, namespace shop, pod search-5c8d7').waitFor();
  });

  test('a login that it waits for is one press away', async () => {
    await open('asking', waitingChecks());
    await context('prod-eu').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Check this connection' }).click();
    await page.evaluate(
      (one) => (globalThis as unknown as { core: PageCore }).core.request([one]),
      requestNamed('q1', { kind: 'login', context: 'prod-eu' }),
    );
    const view = page.getByRole('region', { name: 'Connection to prod-eu' });
    await view.getByText('kubelogin asks you to log in').waitFor();
    await view.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('region', { name: 'Log in with kubelogin' }).waitFor();
  });

  test('the report is copied whole', async () => {
    await open('shop', untrustedChecks());
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await context('staging').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Check this connection' }).click();
    // It says so for two seconds, which a busy machine may spend elsewhere.
    await page.evaluate(() => {
      const { setTimeout } = globalThis;
      globalThis.setTimeout = ((run: () => void, ms = 0) =>
        ms < 2_000 ? setTimeout(run, ms) : 0) as typeof globalThis.setTimeout;
    });
    await page.getByRole('button', { name: 'Copy report' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(/^Kubereel 0\.1\.0, connection to staging\n[\s\S]*failed {3}TLS certificates/);
  });

  test('a core that cannot begin says so, and it can be tried again', async () => {
    await open('shop', checksWith());
    await page.evaluate(() => {
      const { state } = (globalThis as unknown as { core: PageCore }).core;
      state.failing.set('doctor.run', { code: 'bad-input', message: '8 connections are checked already' });
    });
    await context('staging').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Check this connection' }).click();
    await page.getByText('8 connections are checked already.').waitFor();
    await page.evaluate(() => (globalThis as unknown as { core: PageCore }).core.state.failing.clear());
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect.poll(() => summary().textContent()).toBe('A shell would open here');
  });

  test('it looks right in the dark, and where there is little room', async () => {
    await open('shop', untrustedChecks(), { colours: 'dark' });
    await context('staging').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Check this connection' }).click();
    await page.getByRole('button', { name: 'Details of TLS certificates' }).click();
    await shoot('failed-dark');
    await page.setViewportSize({ width: 420, height: 800 });
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
      .toBe(true);
    const view = page.locator('.doctor');
    await expect
      .poll(() => view.evaluate((element) => element.scrollWidth <= element.clientWidth))
      .toBe(true);
    await shoot('failed-narrow-dark');
  });
});
