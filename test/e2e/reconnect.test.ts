import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type AppInBrowser, type AppWindow, startAppInBrowser } from '../fakes/app-window.ts';
import { type BreakableLink, startBreakableLink } from '../fakes/breakable-link.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { startTestDemo } from '../fakes/demo-start.ts';

const shots = fileURLToPath(new URL('../../artefacts/reconnect', import.meta.url));

describe.skipIf(!chromiumPath)('a shell whose connection is cut', () => {
  let demo: Awaited<ReturnType<typeof startTestDemo>>;
  let link: BreakableLink;
  let folder: string;
  let opened: AppInBrowser;
  let window: AppWindow;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    demo = await startTestDemo();
    link = await startBreakableLink(Number(new URL(demo.server).port));
    folder = await mkdtemp(join(tmpdir(), 'kubereel-cut-'));
    const config = parse(await readFile(demo.kubeconfigPath, 'utf8'));
    config.clusters[0].cluster.server = `https://127.0.0.1:${link.port}`;
    await writeFile(join(folder, 'config'), stringify(config));
    opened = await startAppInBrowser({ args: [], environment: { KUBECONFIG: join(folder, 'config') } });
    window = opened.window;
  });
  afterAll(async () => {
    await opened?.stop();
    await link?.close();
    await demo?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const type = (text: string): Promise<void> => window.type(text);
  const shoot = (name: string): Promise<unknown> => window.page.screenshot({ path: `${shots}/${name}.png` });

  test('keeps its tab and its screen, says what happened, and takes no keys', async () => {
    await window.page.getByRole('listbox', { name: 'Contexts' }).getByRole('option').first().click();
    await window.pod(/^web-/).waitFor();
    await window.openShell('web');
    await window.tab(/^web-.*being recorded/).waitFor();
    await window.seen('web-');
    await type('echo before-$((40 + 2))\n');
    await window.seen('before-42');
    link.cut();
    await window.tab(/^web-.*connection lost, reconnecting/).waitFor();
    await window.seen(/— connection lost: .* —/);
    await window.page.getByText(/^Attempt \d+/).waitFor();
    expect(await window.screen()).toContain('before-42');
    expect(await window.page.title()).toMatch(/^Reconnecting/);
    await type('echo typed-into-nothing\n');
    await shoot('1-lost');
  });

  test('goes on in a new shell in the same tab as soon as there is one', async () => {
    link.mend();
    // By itself, or by this press: whichever comes first.
    await window.page
      .getByRole('button', { name: 'Try now' })
      .click({ timeout: 2_000 })
      .catch(() => {});
    await window.tab(/^web-.*live, being recorded/).waitFor();
    await window.seen(/— reconnected after \d+ s, in a new shell —/);
    // The bar has gone, and the focus is the terminal's again.
    await type('echo after-$((40 + 3))\n');
    await window.seen('after-43');
    const screen = await window.screen();
    expect(screen).toContain('before-42');
    expect(screen).not.toContain('typed-into-nothing');
    await shoot('2-back');
  });

  test('has the gap in its recording, on the timeline and on the screen', async () => {
    await type('exit\n');
    await window.page
      .getByText(/exit code 0/)
      .filter({ visible: true })
      .first()
      .waitFor();
    await window.page.getByRole('button', { name: 'Open recording' }).click();
    await window.tab(/^Replay of/).waitFor();
    await window.page.keyboard.press('End');
    await window.seen(/— reconnected after \d+ s, in a new shell —/);
    await window.seen('after-43');
    expect(await window.page.getByRole('button', { name: /^Marker at .*: connection lost/ }).count()).toBe(1);
    expect(await window.page.getByRole('button', { name: /^Marker at .*: reconnected/ }).count()).toBe(1);
    await shoot('3-replay');
  });
});
