// covers: build/package/stage.ts
// covers: build/package/app-walk.ts
import { cp, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { walkApp } from '../../build/package/app-walk.ts';
import { thisMachine } from '../../build/package/machine.ts';
import { stageApp } from '../../build/package/stage.ts';
import { type AppWindow, createWindow } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { MACHINE_VARIABLE } from '../fakes/electron/control-contract.ts';
import { type DesktopApp, REGISTER, startDesktopApp } from '../fakes/electron/desktop-app.ts';

/** Bundling everything, beside all else that a machine does. */
const STAGING_LIMIT_MS = 300_000;

describe.skipIf(!chromiumPath || process.platform === 'win32')(
  'the app as it is packaged, in Chromium with a stand-in for Electron and a folder for its archive',
  () => {
    let place: string;
    let archive: string;
    let app: DesktopApp;
    let window: AppWindow;

    beforeAll(async () => {
      place = await mkdtemp(join(tmpdir(), 'kubereel-packaged-'));
      archive = await layOut(place);
      app = await startDesktopApp({
        main: join(archive, 'out', 'main.mjs'),
        args: ['--demo'],
        settings: { screenReader: true },
      });
      window = createWindow(await app.firstPage());
    }, STAGING_LIMIT_MS);
    afterAll(async () => {
      await app?.stop();
      await rm(place, { recursive: true, force: true, maxRetries: 10 });
    });

    test('main part, preload script and page find each other; a shell opens in a terminal', async () => {
      await window.pod(/^web-/).waitFor();
      await window.page.locator('#pod-filter:focus').waitFor();
      await window.page.keyboard.type('web');
      await window.page.keyboard.press('Enter');
      await window.tab(/^web-.*being recorded/).waitFor();
      await window.seen('web-');
      await window.type('echo pack""aged\n');
      await window.seen('packaged');
    });

    test('what was on its screen is found by the thread that stands outside of the archive', async () => {
      const { page } = window;
      await window.type('exit 3\n');
      await page
        .getByText(/exit code 3/)
        .filter({ visible: true })
        .first()
        .waitFor();
      await page.getByRole('button', { name: 'Library' }).first().click();
      await page.getByLabel('Search what was on the screens').fill('packaged');
      await page.getByRole('listbox', { name: 'Found in recordings' }).getByRole('option').first().waitFor();
    });

    describe('walked through as an installed program is', () => {
      const environment = { ...process.env, [MACHINE_VARIABLE]: '{}' } as Record<string, string>;

      test('it shows its page, keeps to one of itself and ends', async () => {
        const home = await mkdtemp(join(place, 'home-'));
        const words = [`--user-data-dir=${join(home, 'electron')}`, '--demo'];
        const main = join(archive, 'out', 'main.mjs');
        await walkApp({
          command: [process.execPath, '--import', REGISTER, main, ...words],
          home,
          environment,
        });
      });

      test('one that ends, or whose page does not come up, is told with its words', async () => {
        const home = await mkdtemp(join(place, 'home-'));
        const script = 'process.stderr.write("no display"); process.exit(3)';
        await expect(
          walkApp({ command: [process.execPath, '--eval', script], home, environment }),
        ).rejects.toThrow(/ended with 3:\nno display/);
      });
    });
  },
);

/** As a package has it: the archive a folder here, what is unpacked beside it. Returns the archive. */
async function layOut(place: string): Promise<string> {
  const staged = join(place, 'staged');
  const archive = join(place, 'resources', 'app.asar');
  const unpacked = `${archive}.unpacked`;
  await stageApp(fileURLToPath(new URL('../..', import.meta.url)), thisMachine(), staged);
  await mkdir(join(unpacked, 'out'), { recursive: true });
  await rename(join(staged, 'out', 'command'), join(unpacked, 'out', 'command'));
  await rename(join(staged, 'node_modules'), join(unpacked, 'node_modules'));
  await cp(staged, archive, { recursive: true });
  // Electron leads from the archive to what is beside it.
  await symlink(join(unpacked, 'node_modules'), join(archive, 'node_modules'));
  return archive;
}
