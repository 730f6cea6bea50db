import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { expect, test } from 'vitest';
import { findElectron } from '../../build/start-decision.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = findElectron(process.env, root);
const canRun = binary !== undefined && existsSync(join(root, 'out', 'main.mjs'));

/** The one test that only a real Electron can pass; counted as skipped where its binary is not. */
test.skipIf(!canRun)(
  'the desktop app opens a shell in the demo cluster and asks nobody for a secret',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'kubereel-electron-'));
    const app = await _electron.launch({
      executablePath: binary ?? '',
      args: [root, '--demo'],
      env: { ...process.env, KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none') } as Record<string, string>,
    });
    const page = await app.firstWindow();
    await page
      .getByRole('listbox', { name: /^Pods of/ })
      .getByRole('option', { name: /^web-/ })
      .waitFor();
    expect(new URL(page.url()).protocol).toBe('app:');
    expect(await page.evaluate(() => 'require' in globalThis || 'process' in globalThis)).toBe(false);
    await page.getByLabel('Filter pods').fill('web');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: /^web-.*being recorded/ }).waitFor();
    await app.close();
    await rm(home, { recursive: true, force: true });
  },
  60_000,
);
