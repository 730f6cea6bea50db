// covers: renderer/desktop/file-dialog.tsx
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Calls } from '../../../preload/contract.ts';
import type { DesktopWish, OpenedFile } from '../../../preload/contract-desktop.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import { until } from '../../fakes/until.ts';

const FILE: OpenedFile = {
  fileId: 'f1',
  name: 'theirs\u202e.cast',
  bytes: 1_234,
  format: 'asciicast v2',
  packing: 'gzip',
  size: { cols: 100, rows: 30 },
  startedAtMs: Date.UTC(2020, 0, 5),
  title: '<b>hello</b>',
  pod: { namespace: 'shop', name: 'web-1', container: 'app' },
};

describe.skipIf(!chromiumPath)('what the desktop wishes of the page', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    host = await startPageBrowser({ hasWebgl: false });
  });
  afterAll(() => host.close());

  const wish = (wished: DesktopWish): Promise<void> =>
    page.evaluate((one) => {
      (globalThis as unknown as { core: PageCore }).core.emit('desktop.wished', one);
    }, wished);
  const calls = (name: string): Promise<PageCore['calls']> =>
    page.evaluate(
      (wanted) =>
        (globalThis as unknown as { core: PageCore }).core.calls.filter((call) => call.name === wanted),
      name,
    );
  const offered = async (): Promise<readonly string[]> => {
    const last = (await calls('desktop.attend')).at(-1)?.input as
      | Calls['desktop.attend']['input']
      | undefined;
    return last?.commands ?? [];
  };

  test('a menu’s command is carried out, and nothing under a question', async () => {
    page = await host.show('sessions');
    await wish({ kind: 'command', command: 'find' });
    await page.getByRole('dialog').getByRole('combobox').waitFor();
    await wish({ kind: 'command', command: 'settings' });
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.getByRole('tab', { name: /^Settings/ }).count()).toBe(0);
    await wish({ kind: 'command', command: 'settings' });
    await page.getByRole('tab', { name: /^Settings/, selected: true }).waitFor();
  });

  test('what the page can do is told, each time that it changes', async () => {
    page = await host.show('nothing');
    await expect.poll(offered).toContain('find');
    expect(await offered()).not.toContain('tab.close');
    const before = (await calls('desktop.attend')).length;
    await wish({ kind: 'command', command: 'library' });
    await until(async () => (await offered()).includes('tab.close'));
    // What cannot be done is not done when it is wished all the same.
    await wish({ kind: 'command', command: 'mark' });
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect((await calls('desktop.attend')).length).toBeGreaterThan(before);
  });

  test('a shell and a recording are shown', async () => {
    page = await host.show('sessions');
    const [sessionId, recordingId] = await page.evaluate(() => {
      const { state } = (globalThis as unknown as { core: PageCore }).core;
      return [[...state.sessions.keys()].at(-1), [...state.recordings.keys()][0]];
    });
    if (sessionId === undefined || recordingId === undefined) throw new Error('the scene is empty');
    await wish({ kind: 'recording', recordingId, timeMicros: 1_000_000 });
    await page
      .locator(`[id="tab-replay:${recordingId}"][aria-selected=true]`)
      .or(page.getByRole('tab', { name: /^Replay of/, selected: true }))
      .first()
      .waitFor();
    await wish({ kind: 'session', sessionId });
    await page.getByRole('tab', { name: /^(?!Replay)/, selected: true }).waitFor();
  });

  test('an opened file says what it is before anything is imported, and then is replayed', async () => {
    page = await host.show('shop');
    await wish({ kind: 'file', file: FILE });
    const dialog = page.getByRole('dialog', { name: 'Import theirs\\u{202e}.cast?' });
    await dialog.waitFor();
    const words = await dialog.textContent();
    for (const fact of [
      'asciicast v2, packed with gzip, 1.2 kB',
      '100×30',
      '2020',
      'shop/web-1, app',
      '<b>hello</b>',
    ])
      expect(words).toContain(fact);
    expect(await calls('desktop.import')).toEqual([]);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Imported theirs\\u{202e}.cast').waitFor();
    expect(await calls('desktop.import')).toEqual([{ name: 'desktop.import', input: { fileId: 'f1' } }]);
    await page.getByRole('tab', { selected: true }).waitFor();
  });

  test('Escape imports nothing; the next file is asked about then', async () => {
    page = await host.show('shop');
    await wish({ kind: 'file', file: FILE });
    await wish({ kind: 'file', file: { ...FILE, fileId: 'f2', name: 'other.cast' } });
    await page.getByRole('dialog', { name: /theirs/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Import other.cast?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await calls('desktop.import')).toEqual([]);
    const left = async () => (await calls('desktop.leave')).map(({ input }) => input);
    await expect.poll(left).toEqual([{ fileId: 'f1' }, { fileId: 'f2' }]);
  });

  test('what could not be opened stays to be read', async () => {
    page = await host.show('shop');
    await wish({
      kind: 'refused',
      title: 'notes.txt was not opened',
      problem: { code: 'recording-unreadable', message: 'it has no header' },
    });
    await page.getByText('notes.txt was not opened').waitFor();
  });
});
