import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyCharacter } from '../fakes/any-text.ts';
import { type AppWindow, createWindow } from '../fakes/app-window.ts';
import type { DesktopApp } from '../fakes/electron/desktop-app.ts';
import { DESKTOP_HOSTS } from '../fakes/electron/desktop-hosts.ts';
import { eventually } from '../fakes/until.ts';

/** What every recording of this home says of itself, once the app has ended. */
async function readSidecars(home: string): Promise<Record<string, unknown>[]> {
  const folder = join(home, 'recordings');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(
      async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>,
    ),
  );
}

/** The last words of a shell stand in its recording: what was on the way when the app was told to end is not lost. */
async function readCasts(home: string): Promise<string> {
  const folder = join(home, 'recordings');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cast'));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('');
}

async function openShell(app: DesktopApp): Promise<AppWindow> {
  const window = createWindow(await app.firstPage());
  await window.pod(/^web-/).waitFor();
  await window.openShell('web');
  await window.tab(/^web-.*being recorded/).waitFor();
  await window.seen('web-');
  await window.page.keyboard.type('echo last words\n');
  await window.seen(/\nlast words/);
  return window;
}

/** Each starts an app and a browser of its own, on a machine that does other things as well. */
const START_AND_END_MS = 180_000;
const OPTIONS = { args: ['--demo'], settings: { screenReader: true } };

for (const host of DESKTOP_HOSTS.filter(({ isMissing }) => !isMissing)) {
  describe(`one app in a home, ${host.name}`, () => {
    let app: DesktopApp;

    beforeAll(async () => {
      app = await host.start(OPTIONS);
      await createWindow(await app.firstPage())
        .pod(/^web-/)
        .waitFor();
    });
    afterAll(() => app?.stop());

    test('a second start ends at once, and brings the window of the first to the front', async () => {
      await app.control('window', { id: 1, does: { kind: 'minimize' } });
      expect(await app.startAnother(['--demo'])).toBe(0);
      await eventually(async () => {
        const windows = await app.control('windows', {});
        expect(windows).toMatchObject([{ isMinimized: false, isVisible: true }]);
      });
    });

    test('it hands over what it was asked to open', async () => {
      expect(await app.startAnother(['kubereel://recording/no-such'])).toBe(0);
      const page = await app.firstPage();
      await page.getByRole('tab', { name: /removed recording/i }).waitFor();
      expect(await app.control('windows', {})).toHaveLength(1);
    });

    test('no arguments of a start, no address and no path make it throw or open another window', async () => {
      const argument = fc.oneof(
        fc.string({ unit: anyCharacter }),
        fc.constantFrom(
          '',
          '--',
          '-',
          'kubereel:',
          'kubereel://',
          'kubereel://recording/%',
          '--demo',
          '/',
          '.cast',
        ),
        fc.string().map((text) => `kubereel://recording/${text}`),
        fc.webUrl(),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(argument, { maxLength: 6 }), argument, async (argv, address) => {
          await app.control('emit', { event: 'second-instance', argv });
          expect(await app.control('emit', { event: 'open-url', url: address })).toEqual({
            isPrevented: true,
          });
          await app.control('emit', { event: 'open-file', path: address });
        }),
        { numRuns: 30 },
      );
      expect(await app.control('windows', {})).toHaveLength(1);
      expect(app.errors()).not.toMatch(/Error/);
    });

    test('closing the last window ends it, but for macOS', async () => {
      await app.control('window', { id: 1, does: { kind: 'close' } });
      if (process.platform === 'darwin') {
        expect(await app.control('windows', {})).toEqual([]);
        await app.control('quit', {});
      }
      expect(await app.exited).toBe(0);
    });
  });

  describe(`the end of the app, ${host.name}`, () => {
    test('quitting with a live shell finishes its recording: whole, closed and sealed by the keychain’s key', {
      timeout: START_AND_END_MS,
    }, async () => {
      const app = await host.start({ ...OPTIONS, machine: { keychain: 'gnome_libsecret' } });
      try {
        await openShell(app);
        await app.control('answerDialog', { dialog: 'message box', response: 1 });
        await app.control('quit', {});
        expect(await app.exited).toBe(0);
        expect(await readSidecars(app.home)).toMatchObject([
          { state: { kind: 'closed' }, seal: { signature: expect.any(String) } },
        ]);
        expect(await readCasts(app.home)).toMatch(/last words\\r\\n/);
        if (host.isStandIn) expect(await readdir(join(app.home, 'keys'))).toContain('signing-key.keychain');
      } finally {
        await app.stop();
      }
    });

    test.skipIf(process.platform === 'win32')(
      'told to end by the system it does the same; a keychain whose password is known to all keeps no key',
      { timeout: START_AND_END_MS },
      async () => {
        const app = await host.start({ ...OPTIONS, machine: { keychain: 'basic_text' } });
        try {
          await openShell(app);
          app.process.kill('SIGTERM');
          expect(await app.exited).toBe(0);
          expect(await readSidecars(app.home)).toMatchObject([{ state: { kind: 'closed' }, seal: {} }]);
          if (host.isStandIn) expect(await readdir(join(app.home, 'keys'))).toContain('signing-key');
        } finally {
          await app.stop();
        }
      },
    );
  });
}

for (const { name } of DESKTOP_HOSTS.filter(({ isMissing }) => isMissing)) {
  test.skip(`how the app begins and ends, ${name}: it is not on this machine`, () => {});
}
