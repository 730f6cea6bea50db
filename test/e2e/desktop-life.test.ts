// covers: main/hosts/electron/desktop.ts
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AppWindow, createWindow } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import type { MenuEntry, Note } from '../fakes/electron/control-contract.ts';
import { type DesktopApp, startDesktopApp } from '../fakes/electron/desktop-app.ts';
import { until } from '../fakes/until.ts';

const CAST = '{"version":2,"width":100,"height":30,"title":"theirs"}\n[0.5,"o","hello from afar"]\n';

describe.skipIf(!chromiumPath)('the life on a desktop, in Chromium with a stand-in for Electron', () => {
  let app: DesktopApp;
  let window: AppWindow;

  beforeAll(async () => {
    app = await startDesktopApp({ args: ['--demo'], settings: { screenReader: true, theme: 'dark' } });
    window = createWindow(await app.firstPage());
    await window.pod(/^web-/).waitFor();
  });
  afterAll(() => app?.stop());

  async function entry(id: string): Promise<MenuEntry | undefined> {
    const all = (entries: readonly MenuEntry[]): MenuEntry[] =>
      entries.flatMap((one) => [one, ...all(one.submenu ?? [])]);
    return all(await app.control('menu', {})).find((one) => one.id === id);
  }
  const canChoose = (id: string): Promise<boolean> =>
    until(async () => (await entry(id))?.isEnabled === true);
  /** The last note of one kind, once there is one more than the test began with. */
  let noticed = 0;
  beforeEach(async () => {
    noticed = app.process.connected ? (await app.control('notes', {})).length : 0;
  });
  const noted = <Kind extends Note['kind']>(kind: Kind): Promise<Extract<Note, { kind: Kind }>> =>
    until(async () =>
      (await app.control('notes', {})).slice(noticed).findLast((note) => note.kind === kind),
    ) as never;
  const recordings = async (): Promise<string[]> =>
    (await readdir(join(app.home, 'recordings'))).filter((name) => name.endsWith('.cast'));

  test('what the page can do can be chosen in the menu, and is done by it', async () => {
    await canChoose('find');
    expect((await entry('tab.close'))?.isEnabled).toBe(false);
    await app.control('clickMenu', { id: 'find' });
    await window.page.getByRole('dialog').getByRole('combobox').waitFor();
    await window.page.keyboard.press('Escape');
    await app.control('clickMenu', { id: 'library' });
    await window.tab(/^Library/).waitFor();
    await canChoose('tab.close');
    await app.control('clickMenu', { id: 'tab.close' });
    await window.tab(/^Library/).waitFor({ state: 'detached' });
    await until(async () => (await entry('tab.close'))?.isEnabled === false);
  });

  test('all of the page grows with its text size, in windows that come later too', async () => {
    const width = (page: Page): Promise<number> => page.evaluate(() => innerWidth);
    const before = await width(window.page);
    await app.control('clickMenu', { id: 'settings' });
    await window.page.getByLabel('Text size').fill('200');
    await window.page.keyboard.press('Enter');
    await expect.poll(() => width(window.page)).toBe(Math.round(before / 2));
    await app.control('clickMenu', { id: 'window.new' });
    const later = await until(async () => (await app.pages())[1]);
    await expect.poll(() => width(later)).toBeLessThan(before * 0.6);
    await window.page.getByLabel('Text size').fill('100');
    await window.page.keyboard.press('Enter');
    await expect.poll(() => width(window.page)).toBe(before);
    const second = (await app.control('windows', {}))[1]?.id ?? 0;
    await app.control('window', { id: second, does: { kind: 'close' } });
    await until(async () => (await app.control('windows', {})).length === 1);
    await window.page.getByRole('button', { name: /^Close Settings/ }).click();
  });

  test('the licences are opened, or it is said where they are', async () => {
    await app.control('answerDialog', { dialog: 'message box', response: 0 });
    await app.control('clickMenu', { id: 'licences' });
    expect((await noted('message box')).options.detail).toMatch(/LICENSES\.html/);
  });

  test('a file of another start says what it is, and becomes a recording only by a press', async () => {
    const path = join(app.home, 'theirs.cast');
    await writeFile(path, CAST);
    expect(await app.startAnother([path])).toBe(0);
    const dialog = window.page.getByRole('dialog', { name: 'Import theirs.cast?' });
    await dialog.waitFor();
    expect(await recordings()).toEqual([]);
    await dialog.getByRole('button', { name: 'Do not import' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await recordings()).toEqual([]);

    await app.control('answerDialog', { dialog: 'open dialog', filePaths: [path] });
    await app.control('clickMenu', { id: 'open-file' });
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await window.page.getByText('Imported theirs.cast').waitFor();
    await window.page.getByRole('slider').first().waitFor();
    expect(await recordings()).toHaveLength(1);
  });

  test('a link of another start shows the recording that it names; what is none is told', async () => {
    const [name = ''] = await recordings();
    await canChoose('tab.close');
    await app.control('clickMenu', { id: 'tab.close' });
    await window.page.getByRole('slider').waitFor({ state: 'detached' });
    expect(await app.startAnother([`kubereel://recording/${name.replace('.cast', '')}?t=0.1`])).toBe(0);
    await window.page.getByRole('slider').first().waitFor();
    await app.control('emit', { event: 'open-url', url: 'kubereel://shell/prod/web' });
    await window.page.getByText('The link was not opened').waitFor();
    await app.control('emit', { event: 'open-file', path: join(app.home, 'gone.cast') });
    await window.page.getByText('gone.cast was not opened').waitFor();
  });

  test('a second window stands beside the first', async () => {
    await app.control('window', {
      id: 1,
      does: { kind: 'move', bounds: { x: 100, y: 100, width: 900, height: 600 } },
    });
    await app.control('clickMenu', { id: 'window.new' });
    const [, second] = await until(async () => {
      const windows = await app.control('windows', {});
      return windows.length === 2 && windows[1]?.isVisible === true && windows;
    });
    expect(second?.bounds).toEqual({ x: 128, y: 128, width: 900, height: 600 });
    await app.control('window', { id: second?.id ?? 0, does: { kind: 'close' } });
    await until(async () => (await app.control('windows', {})).length === 1);
  });

  test('a live shell has its sign and menu; quitting asks, by its name, and keeps it where that is wished', async () => {
    await window.openShell('web');
    await window.tab(/^web-.*being recorded/).waitFor();
    const tray = await until(async () => {
      const facts = await app.control('tray', {});
      return facts?.toolTip === 'Kubereel: 1 shell live, 1 recorded' && facts;
    });
    expect(tray.menu.map(({ label }) => label)).toContainEqual(
      expect.stringMatching(/^web-.*\/web in kubereel-demo$/),
    );
    await app.control('clickMenu', { id: 'library' });
    await window
      .tab(/^Library/)
      .and(window.page.locator('[aria-selected=true]'))
      .waitFor();
    await app.control('clickMenu', { id: tray.menu[2]?.id ?? '', menu: 'tray' });
    await window.tab(/^web-/).and(window.page.locator('[aria-selected=true]')).waitFor();
    await app.control('notes', {});
    await app.control('quit', {});
    const { options } = await noted('message box');
    expect(options).toMatchObject({
      message: 'A shell is still open',
      detail: expect.stringMatching(/^web-.* in kubereel-demo/),
      buttons: ['Keep working', 'End the shell and quit'],
      defaultId: 0,
      cancelId: 0,
    });
    await app.control('answerDialog', { dialog: 'message box', response: 0 });
    await window.type('echo still $((20 + 22))\n');
    await window.seen('still 42');
  });

  test('so does closing the last window; answered so, the recording is finished and the window’s place kept', async () => {
    await app.control('notes', {});
    await app.control('window', { id: 1, does: { kind: 'close' } });
    await noted('message box');
    expect(await app.control('windows', {})).toHaveLength(1);
    await app.control('answerDialog', { dialog: 'message box', response: 1 });
    expect(await app.exited).toBe(0);
    const folder = join(app.home, 'recordings');
    const sidecars = await Promise.all(
      (await readdir(folder))
        .filter((name) => /^[\w-]+\.json$/.test(name))
        .map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as object),
    );
    expect(sidecars).toContainEqual(
      expect.objectContaining({
        state: expect.objectContaining({ kind: 'closed' }),
        details: expect.objectContaining({ pod: expect.stringMatching(/^web-/) }),
        seal: expect.objectContaining({ signature: expect.any(String) }),
      }),
    );
    expect(app.errors()).not.toMatch(/Error/);
  });

  test('the next start opens its window where that one stood, on a display that is there', async () => {
    const state = JSON.parse(await readFile(join(app.home, 'window.json'), 'utf8')) as object;
    expect(state).toMatchObject({ mode: 'normal', bounds: { x: 100, y: 100, width: 900, height: 600 } });
    const path = join(app.home, 'theirs.cast');
    const next = await startDesktopApp({
      home: app.home,
      args: [path],
      machine: { workArea: { x: 0, y: 0, width: 800, height: 500 } },
    });
    try {
      const page = await next.firstPage();
      // The file that it was started with is there when the page is.
      await page.getByRole('dialog', { name: 'Import theirs.cast?' }).waitFor();
      const [opened] = await next.control('windows', {});
      expect(opened?.bounds).toEqual({ x: 0, y: 0, width: 800, height: 500 });
      await next.control('quit', {});
      expect(await next.exited).toBe(0);
    } finally {
      await next.stop();
    }
  });

  test('a quit while it starts is no failure', async () => {
    const next = await startDesktopApp();
    try {
      await next.control('quit', {});
      expect(await next.exited).toBe(0);
      expect(next.errors()).not.toMatch(/Error|could not start/);
    } finally {
      await next.stop();
    }
  });
});
