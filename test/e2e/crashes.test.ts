import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppWindow, createWindow } from '../fakes/app-window.ts';
import { readOutput } from '../fakes/cast-folder.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { type DesktopApp, startDesktopApp } from '../fakes/electron/desktop-app.ts';
import { INSPECTED, throwInside } from '../fakes/inspector.ts';
import { runKubereel } from '../fakes/kubereel-cli.ts';
import { until } from '../fakes/until.ts';

const shots = fileURLToPath(new URL('../../artefacts/desktop', import.meta.url));
const SECRET = 'hunter2-in-a-message';

/** An app and its browser are started up to twice in a test. */
const TIMEOUT_MS = 180_000;

describe.skipIf(!chromiumPath)(
  'crashes, in Chromium with a stand-in for Electron',
  {
    timeout: TIMEOUT_MS,
  },
  () => {
    const homes: string[] = [];
    let home: string;
    let app: DesktopApp;
    let window: AppWindow;

    beforeAll(async () => {
      await mkdir(shots, { recursive: true });
    });
    afterAll(async () => {
      await app?.stop();
      for (const made of homes) await rm(made, { recursive: true, force: true, maxRetries: 10 });
    });

    /** With no recording in it. */
    async function makeHome(): Promise<void> {
      home = await mkdtemp(join(tmpdir(), 'kubereel-crash-'));
      homes.push(home);
    }

    /** A recorded shell that has said something. */
    async function openShell(): Promise<void> {
      await window.pod(/^web-/).waitFor();
      await window.openShell('web');
      await window.tab(/^web-.*being recorded/).waitFor();
      await window.seen('web-');
      await window.type('echo be$((40+2))fore\n');
      await window.seen('be42fore');
    }

    async function start(environment: NodeJS.ProcessEnv = {}): Promise<void> {
      app = await startDesktopApp({ args: ['--demo'], settings: { screenReader: true }, home, environment });
      window = createWindow(await app.firstPage());
    }

    async function readRecording() {
      const folder = join(home, 'recordings');
      const names = await readdir(folder);
      const cast = join(folder, names.find((name) => name.endsWith('.cast')) ?? '');
      const sidecar = JSON.parse(await readFile(cast.replace(/\.cast$/, '.json'), 'utf8'));
      return { cast, sidecar };
    }

    test('a page that dies is loaded again and says so; its shell has gone on', async () => {
      await makeHome();
      await start(INSPECTED);
      await openShell();
      await app.control('window', { id: 1, does: { kind: 'crash' } });
      window = createWindow(
        await until(async () => {
          const page = await app.firstPage();
          // The dead one answers nothing.
          const count = await page
            .getByText('This window failed and was loaded again.')
            .count()
            .catch(() => 0);
          return count > 0 && page;
        }),
      );
      await window.show(window.tab(/^web-/));
      await window.seen('be42fore');
      await window.page.screenshot({ path: `${shots}/crash-page.png` });
      await window.type('echo af$((40+2))ter\n');
      await window.seen('af42ter');
      const { sidecar } = await readRecording();
      expect(sidecar.state.kind).toBe('live');
    });

    test('what nobody catches ends the app, with its recordings finished and sealed, and its words kept out of the log', async () => {
      await throwInside(app.errors, SECRET);
      expect(await app.exited).toBe(1);
      expect(app.errors()).toContain('Kubereel has ended because of a mistake of its own');
      const { cast, sidecar } = await readRecording();
      expect(sidecar).toMatchObject({
        state: {
          kind: 'closed',
          end: { kind: 'failed', note: 'Kubereel ended because of a mistake of its own' },
        },
      });
      expect(await readOutput(cast)).toContain('be42fore');
      const verified = await runKubereel(join(home, 'none'), ['verify', basename(cast, '.cast')], {
        KUBEREEL_HOME: home,
      });
      expect(verified.stderr).toBe('');
      expect(verified.code).toBe(0);
      const log = await readFile(join(home, 'kubereel.log'), 'utf8');
      expect(log).toContain('nobody caught this');
      expect(log + app.errors()).not.toContain(SECRET);
      await app.stop();
    });

    test('where it is killed outright, the next start mends what was cut off and says so', async () => {
      await makeHome();
      await start();
      await openShell();
      await until(async () => (await readFile((await readRecording()).cast, 'utf8')).includes('be42fore'));
      app.process.kill('SIGKILL');
      expect(await app.exited).toBeNull();
      await app.stop();
      await start();
      const words = '1 recording was cut off when Kubereel, or this machine, stopped.';
      await window.page.getByText(words).waitFor();
      await window.page.screenshot({ path: `${shots}/crash-recovered.png` });
      await window.page.getByRole('button', { name: 'Open recording' }).click();
      await window.page.getByRole('slider').first().waitFor();
      await window.page.getByText(words).waitFor({ state: 'detached' });
      expect((await readRecording()).sidecar.state.kind).toBe('recovered');
    });
  },
);
