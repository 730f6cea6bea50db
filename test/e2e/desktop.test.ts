// covers: main/hosts/electron/electron-host.ts
// covers: main/index.ts
// covers: preload/preload.ts
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppWindow, createWindow } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { type DesktopApp, startDesktopApp } from '../fakes/electron/desktop-app.ts';
import { until } from '../fakes/until.ts';

const shots = fileURLToPath(new URL('../../artefacts/desktop', import.meta.url));

describe.skipIf(!chromiumPath)('the first five minutes, in Chromium with a stand-in for Electron', () => {
  let app: DesktopApp;
  let window: AppWindow;
  let second: AppWindow;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    app = await startDesktopApp({ args: ['--demo'], settings: { screenReader: true } });
    window = createWindow(await app.firstPage());
  });
  afterAll(() => app?.stop());

  const press = (key: string): Promise<void> => window.page.keyboard.press(key);
  const shoot = (name: string): Promise<unknown> => window.page.screenshot({ path: `${shots}/${name}.png` });

  test('its window shows the pods of the demo cluster, and asks nobody for a secret', async () => {
    await window.pod(/^web-/).waitFor();
    await window.page.locator('#pod-filter:focus').waitFor();
    expect(window.page.url()).toBe(app.address('app://kubereel/'));
    await shoot('1-pods');
  });

  test('part of a name and Enter open a shell, recorded; what is typed is answered, after a sleep too', async () => {
    await window.page.keyboard.type('web');
    await press('Enter');
    await window.tab(/^web-.*being recorded/).waitFor();
    await window.seen('web-');
    await window.type('printf "gr%bn\\n" "\\0303\\0274"\n');
    await window.seen('grün');
    await window.page.getByText('REC 1 live').waitFor();
    for (const event of ['suspend', 'resume', 'lock-screen', 'unlock-screen'] as const) {
      await app.control('power', { event });
    }
    await window.type('echo wo$((0))ken\n');
    await window.seen('wo0ken');
    await shoot('2-shell');
  });

  test('a shell that has ended is replayed', async () => {
    await window.type('exit 3\n');
    await window.page
      .getByText(/exit code 3/)
      .filter({ visible: true })
      .first()
      .waitFor();
    await window.page.getByRole('button', { name: 'Open recording' }).click();
    await window.page.getByRole('slider').first().waitFor();
    await press('End');
    await window.seen('grün');
    await shoot('3-replay');
  });

  test('the library lists it, with how it ended', async () => {
    await press('Control+Shift+L');
    const row = window.page
      .getByRole('region', { name: 'Library' })
      .getByRole('option', { name: /web-/ })
      .first();
    await row.waitFor();
    expect(await row.textContent()).toMatch(/3/);
    await shoot('4-library');
  });

  test('a second start of the app brings its window to the front and ends', async () => {
    await app.control('window', { id: 1, does: { kind: 'minimize' } });
    expect(await app.startAnother([])).toBe(0);
    await until(async () => {
      const [first] = await app.control('windows', {});
      return first && !first.isMinimized && first.isFocused;
    });
    expect(await app.control('windows', {})).toHaveLength(1);
  });

  test('another window is at home too, and its shell lives with the first window’s', async () => {
    await window.find('new window');
    const page = await until(async () => (await app.pages())[1]);
    second = createWindow(page);
    await second.pod(/^web-/).waitFor();
    await second.openShell('checkout');
    await second.tab(/^checkout-.*being recorded/).waitFor();
    await second.seen('checkout-');
    await second.page.screenshot({ path: `${shots}/5-second-window.png` });
    await app.control('window', { id: 1, does: { kind: 'close' } });
    await until(async () => (await app.pages()).length === 1);
    await second.type('echo still here\n');
    await second.seen(/\nstill here/);
  });

  test('quitting with a live shell finishes its recording first: whole, sealed, told how it ended', async () => {
    await app.control('answerDialog', { dialog: 'message box', response: 1 });
    await app.control('quit', {});
    expect(await app.exited).toBe(0);
    const folder = join(app.home, 'recordings');
    const sidecars = (await readdir(folder)).filter((name) => /^[\w-]+\.json$/.test(name));
    expect(sidecars).toHaveLength(2);
    for (const name of sidecars) {
      const sidecar = JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>;
      expect(sidecar, name).toMatchObject({
        state: { kind: 'closed' },
        seal: { signature: expect.any(String) },
      });
    }
    expect(app.errors()).not.toMatch(/Error/);
  });
});
