import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type AppInBrowser, type AppWindow, createWindow, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { startTestDemo } from '../fakes/demo-start.ts';

const shots = fileURLToPath(new URL('../../artefacts/credentials-e2e', import.meta.url));

/** Asks for a code in its terminal, as device logins and MFA do, and hands out the cluster's real token for it. */
const PLUGIN = String.raw`#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$*" >> runs
printf 'Open https://login.example.com/device\nEnter the code: ' >&2
IFS= read -r code
[ "$code" = 4711 ] || { echo "wrong code" >&2; exit 1; }
cat credential.json
`;

describe.skipIf(!chromiumPath || process.platform === 'win32')(
  'a login by a plugin, from first use to a shell',
  () => {
    let demo: Awaited<ReturnType<typeof startTestDemo>>;
    let folder: string;
    let opened: AppInBrowser;
    let window: AppWindow;
    let token: string;

    beforeAll(async () => {
      await mkdir(shots, { recursive: true });
      demo = await startTestDemo();
      folder = await mkdtemp(join(tmpdir(), 'kubereel-login-'));
      const config = parse(await readFile(demo.kubeconfigPath, 'utf8'));
      token = config.users[0].user.token;
      const exec = {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: './login-plugin',
        interactiveMode: 'Always',
      };
      const [cluster] = config.clusters;
      const credential = { apiVersion: exec.apiVersion, kind: 'ExecCredential', status: { token } };
      await writeFile(join(folder, 'credential.json'), JSON.stringify(credential));
      await writeFile(join(folder, 'login-plugin'), PLUGIN);
      await chmod(join(folder, 'login-plugin'), 0o755);
      const user = (args: readonly string[]) => ({ exec: { ...exec, args } });
      const context = (name: string) => ({
        name,
        context: { cluster: cluster.name, user: name, namespace: 'shop' },
      });
      await writeFile(
        join(folder, 'config'),
        stringify({
          apiVersion: 'v1',
          kind: 'Config',
          'current-context': 'work',
          clusters: [cluster],
          contexts: [context('work'), context('other')],
          users: [
            { name: 'work', user: user(['get-token', '--client-secret', 'hush-hush']) },
            { name: 'other', user: user(['get-token', '--tenant', 'other']) },
          ],
        }),
      );
      opened = await startAppInBrowser({ args: [], environment: { KUBECONFIG: join(folder, 'config') } });
      window = opened.window;
    });
    afterAll(async () => {
      await opened?.stop();
      await demo?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const choose = (name: string): Promise<void> =>
      window.page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name }).click();
    const question = (of: AppWindow = window) =>
      of.page.getByRole('dialog', { name: 'Let login-plugin run to log in?' });
    const login = () => window.page.getByRole('region', { name: 'Log in with login-plugin' });
    const runs = async (): Promise<number> =>
      (await readFile(join(folder, 'runs'), 'utf8').catch(() => '')).split('\n').length - 1;
    const shoot = (name: string): Promise<unknown> =>
      window.page.screenshot({ path: `${shots}/${name}.png` });

    test('nothing runs before the user has said so, and the question names what would', async () => {
      await choose('work');
      await question().getByText(join(folder, 'login-plugin')).waitFor();
      const words = (await question().textContent()) ?? '';
      for (const part of ['get-token', join(folder, 'config'), 'work']) expect(words).toContain(part);
      expect(words).not.toContain('hush-hush');
      expect(await runs()).toBe(0);
      await shoot('1-question');
      await question().getByRole('button', { name: 'Allow', exact: true }).click();
    });

    test('its login stands where the pods will be, and what is typed there reaches it', async () => {
      await login().waitFor();
      await window.seen('Enter the code:');
      await window.page.locator('.login-pane :focus').waitFor({ state: 'attached' });
      await shoot('2-login');
      await window.page.keyboard.type('4711\n');
    });

    test('then the pods are there, the pane is gone, and the filter has the focus', async () => {
      await window.pod(/^web-/).waitFor();
      await expect.poll(() => login().count()).toBe(0);
      await expect
        .poll(() => window.page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
        .toBe('Filter pods');
      await shoot('3-pods');
      expect(await runs()).toBe(1);
    });

    test('a shell opens with the same credential, which the page never sees', async () => {
      await window.openShell('web');
      await window.tab(/^web-.*being recorded/).waitFor();
      await window.seen('web-');
      await window.type('echo opened-$((40 + 2))\n');
      await window.seen('opened-42');
      expect(await runs()).toBe(1);
      const page = await window.page.content();
      expect(page).not.toContain(token);
      expect(page).not.toContain('hush-hush');
    });

    test('a question stands in every window, and is gone in all when one has answered it', async () => {
      const popup = window.page.waitForEvent('popup');
      await window.find('new window');
      const second = createWindow(await popup);
      await second.tab(/^web-/).waitFor();
      await window.page.bringToFront();
      await choose('other');
      await question().waitFor();
      await question(second).getByRole('button', { name: 'Don’t allow' }).click();
      await expect.poll(() => question().count()).toBe(0);
      const refusal = window.page.getByRole('alert', { name: 'The pods of shop on other cannot be listed' });
      await refusal.getByText(/you did not let .*login-plugin run/i).waitFor();
      await shoot('4-refused');
      expect(await runs()).toBe(1);
      await refusal.getByRole('button', { name: 'Retry' }).click();
      await question().getByText('--tenant').waitFor();
      await question().getByRole('button', { name: 'Allow', exact: true }).click();
      await login().waitFor();
      await login().getByRole('button', { name: 'Cancel' }).click();
      await window.page.getByText(/the login with .*login-plugin was given up/i).waitFor();
      await second.page.close();
    });
  },
);
