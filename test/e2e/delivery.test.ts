import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppInBrowser, type AppWindow, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { BARE_ENVIRONMENT, CLI } from '../fakes/kubereel-cli.ts';
import { until } from '../fakes/until.ts';

const shots = fileURLToPath(new URL('../../artefacts/uploads', import.meta.url));

describe.skipIf(!chromiumPath)('recordings on their way to a recorder', () => {
  let opened: AppInBrowser;
  let window: AppWindow;
  let folder: string;
  let recorder: ChildProcess;
  let port: string;

  /** `kubereel recorder` as a process of its own; port 0 takes a free one. */
  async function startRecorder(listen: string, more: readonly string[] = []): Promise<void> {
    const place = ['--listen', `127.0.0.1:${listen}`, '--dir', join(folder, 'kept'), '--keep-free', '1KiB'];
    const environment = { ...BARE_ENVIRONMENT, HOME: folder, KUBEREEL_HOME: folder };
    const child = spawn(process.execPath, [CLI, 'recorder', ...place, ...more], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    recorder = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        output += bytes.toString();
      });
    }
    port = await until(() => /^The recorder is at https?:\/\/127\.0\.0\.1:(\d+)/m.exec(output)?.[1]);
  }

  async function killRecorder(): Promise<void> {
    const ended = once(recorder, 'exit');
    recorder.kill('SIGKILL');
    await ended;
  }

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'kubereel-delivery-'));
    await startRecorder('0');
    opened = await startAppInBrowser();
    window = opened.window;
    const policy = `version: 1
rules:
  - name: everything
    recorders: [{ kind: tsrecorder, url: "http://127.0.0.1:${port}", name: vault }]
`;
    await writeFile(join(opened.app.home, 'policy.yaml'), policy);
    await window.pod(/^web-/).waitFor();
  });
  afterAll(async () => {
    await opened?.stop();
    recorder?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** The casts in a folder, by their SHA-256. */
  async function hashesIn(place: string): Promise<readonly string[]> {
    const names = (await readdir(place, { recursive: true })).filter((name) => name.endsWith('.cast'));
    const files = await Promise.all(names.map((name) => readFile(join(place, name))));
    return files.map((bytes) => createHash('sha256').update(bytes).digest('hex')).sort();
  }

  test('one is lost midway, owed, and delivered by a press once the recorder is there again', async () => {
    const { page } = window;
    const foot = page.getByRole('contentinfo');
    await window.openShell('web');
    await window.seen('web-');
    await foot.getByText('at vault').waitFor();

    await killRecorder();
    await window.type('echo af""ter\n');
    await window.seen(/^after/m);
    await foot.getByRole('button', { name: /^Not on record at vault since / }).waitFor();
    await window.tab(/not on record at vault since/).waitFor();
    await window.type('exit\n');
    await page.getByRole('region', { name: 'Session ended' }).waitFor();

    await foot.getByRole('button', { name: '1 not delivered' }).click();
    const row = page.getByRole('listbox', { name: 'Recordings that were not delivered' }).getByRole('option');
    await row.filter({ hasText: 'web-' }).filter({ hasText: 'vault' }).waitFor();
    await page.screenshot({ path: `${shots}/e2e-owed.png` });

    // One that refuses us is not tried again by itself: what delivers it then is the press.
    await writeFile(join(folder, 'token'), 'a-token-that-the-policy-does-not-name');
    await startRecorder(port, ['--token-file', join(folder, 'token')]);
    await row.click();
    await page.keyboard.press('Enter');
    await row.filter({ hasText: 'not tried again' }).waitFor();
    await page.screenshot({ path: `${shots}/e2e-refused.png` });
    await killRecorder();
    await startRecorder(port);
    await row.click();
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is owed to a recorder').waitFor();
    await foot.getByRole('button', { name: /not delivered/ }).waitFor({ state: 'detached' });
    expect(await hashesIn(join(folder, 'kept'))).toContain(
      (await hashesIn(join(opened.app.home, 'recordings')))[0],
    );

    await page.getByRole('button', { name: 'Library' }).click();
    const details = page.getByRole('region', { name: 'Recording', exact: true });
    await details.getByText(/^Delivered to vault, \d\d:\d\d/).waitFor();
    await page.screenshot({ path: `${shots}/e2e-delivered.png` });
  }, 120_000);

  test('the settings send it a test recording, which arrives', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Settings' }).click();
    const recorders = page.getByRole('region', { name: 'Recorders' });
    await recorders.getByRole('button', { name: 'Send a test recording' }).click();
    await recorders.getByText('It has confirmed all of it').waitFor();
    await recorders.getByText(/The test recording \S+ arrived/).waitFor();
    await page.screenshot({ path: `${shots}/e2e-trial.png` });
  });
});
