/** Every view and state of the page with the way to it, for tests that must see all of it. In Node. */
import type { Page } from 'playwright-core';
import type { PageCore } from './page-core.ts';
import type { SceneName } from './page-scenes.ts';

export interface PageView {
  readonly name: string;
  readonly scene: SceneName;
  /** Leads there from the page as it starts, by keys and presses as a user would. */
  reach(page: Page): Promise<void>;
}

const inCore = (page: Page, deed: (core: PageCore) => void | Promise<void>): Promise<void> =>
  page.evaluate(`(${deed.toString()})(globalThis.core)`);

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

async function choosePods(page: Page, context = 'staging'): Promise<void> {
  await page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name: context }).click();
  await page
    .getByRole('listbox', { name: /^Pods of/ })
    .getByRole('option')
    .first()
    .waitFor();
}

async function openPodMenu(page: Page): Promise<void> {
  await choosePods(page);
  await page.getByRole('option', { name: /^api-0/ }).click({ button: 'right' });
  await page.getByRole('menu').waitFor();
}

/** By the command's words, as they are typed into the one field that finds. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await press(page, 'Control+Shift+K');
  await page.getByRole('combobox', { name: 'Find a pod, a session, a command' }).fill(title);
  await page.getByRole('option', { name: title }).first().click();
}

async function openLibrary(page: Page): Promise<void> {
  await press(page, 'Control+Shift+L');
  await page.getByRole('listbox', { name: /^Recordings/ }).waitFor();
}

async function chooseRecording(page: Page): Promise<void> {
  await openLibrary(page);
  await page
    .getByRole('option', { name: /api-1 . app/ })
    .first()
    .click();
  await page.getByRole('region', { name: 'Recording', exact: true }).waitFor();
}

async function openReplay(page: Page): Promise<void> {
  await chooseRecording(page);
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByRole('slider', { name: 'Position' }).waitFor();
}

async function openElsewhere(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Others' }).click();
  await page.getByRole('region', { name: 'Your kubectl' }).getByRole('switch').first().waitFor();
}

/** What is asked of itself hears no key at first: what was typed ahead is not meant for it. */
async function untilHeard(page: Page): Promise<void> {
  const hasRefusal = (): Promise<boolean> =>
    page.getByRole('button', { name: 'Don’t allow' }).evaluate((button) => document.activeElement === button);
  const deadline = Date.now() + 30_000;
  while (await hasRefusal()) {
    if (Date.now() > deadline) throw new Error('the question never heard the Tab key');
    await page.keyboard.press('Tab');
  }
}

/** Once the field has the focus, as somebody does who sees it. */
async function type(page: Page, field: string, text: string): Promise<void> {
  await page.getByLabel(field, { exact: true }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type(text);
}

async function tab(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('tab', { name }).click();
  await page.getByRole('tab', { name, selected: true }).waitFor();
}
const dialog = (page: Page): Promise<void> => page.getByRole('dialog').waitFor();

export const VIEWS: readonly PageView[] = [
  { name: 'the start', scene: 'shop', reach: (page) => page.getByText('Recent').first().waitFor() },
  {
    name: 'no kubeconfig',
    scene: 'nothing',
    reach: (page) => page.getByRole('button', { name: 'Details' }).click(),
  },
  { name: 'pods', scene: 'shop', reach: choosePods },
  {
    name: 'no pods',
    scene: 'shop',
    async reach(page) {
      await page.getByRole('option', { name: 'kind-dev' }).click();
      await page.getByRole('button', { name: 'Show all namespaces' }).waitFor();
    },
  },
  {
    name: 'pods that cannot be listed',
    scene: 'failing',
    async reach(page) {
      await page.getByRole('option', { name: 'staging' }).click();
      await page.getByRole('alert').getByRole('button', { name: 'Details' }).click();
    },
  },
  {
    name: 'namespaces',
    scene: 'shop',
    async reach(page) {
      await choosePods(page);
      await page.getByRole('button', { name: 'Namespace: shop' }).click();
      await page.getByRole('listbox', { name: /Namespace/ }).waitFor();
    },
  },
  { name: 'a pod’s menu', scene: 'shop', reach: openPodMenu },
  {
    name: 'containers',
    scene: 'shop',
    async reach(page) {
      await choosePods(page);
      await page.getByLabel('Filter pods').fill('api-0');
      await press(page, 'ArrowRight');
      await page.getByRole('menu', { name: 'Containers of api-0' }).waitFor();
    },
  },
  {
    name: 'find',
    scene: 'everything',
    async reach(page) {
      await press(page, 'Control+Shift+K');
      await type(page, 'Find a pod, a session, a command', 'web');
      await page.getByRole('dialog').getByRole('option').first().waitFor();
    },
  },
  {
    name: 'the keys',
    scene: 'everything',
    async reach(page) {
      await runCommand(page, 'Show the keys');
      await dialog(page);
    },
  },
  { name: 'a live shell', scene: 'everything', reach: (page) => tab(page, /^web-7f9.*being recorded/) },
  {
    name: 'a live shell, read aloud',
    scene: 'everything',
    async reach(page) {
      await inCore(page, async (core) => {
        await core.client.call('settings.set', { changes: { screenReader: true } });
      });
      await page.locator('.xterm-accessibility').first().waitFor({ state: 'attached' });
    },
  },
  {
    name: 'find in a terminal',
    scene: 'sessions',
    async reach(page) {
      await page.locator('.xterm-helper-textarea').first().focus();
      await press(page, 'Control+Shift+F');
      await type(page, 'Find', 'srv');
    },
  },
  {
    name: 'a terminal’s menu',
    scene: 'sessions',
    async reach(page) {
      await page.locator('.xterm-screen').first().click({ button: 'right' });
      await page.getByRole('menu', { name: 'Terminal' }).waitFor();
    },
  },
  {
    name: 'a paste is asked about',
    scene: 'sessions',
    async reach(page) {
      await page
        .locator('.xterm-helper-textarea')
        .first()
        .evaluate((field) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text/plain', 'kubectl get pods\nrm -r /tmp/x\n');
          field.dispatchEvent(
            new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
          );
        });
      await dialog(page);
    },
  },
  {
    name: 'an ended shell',
    scene: 'everything',
    async reach(page) {
      await tab(page, /^api-0 \/ api, prod-eu, ended/);
      await page.getByRole('button', { name: 'Open again' }).filter({ visible: true }).waitFor();
    },
  },
  {
    name: 'a shell that failed',
    scene: 'everything',
    async reach(page) {
      await tab(page, /failed/);
      await page.getByText('The shell did not open').filter({ visible: true }).waitFor();
    },
  },
  { name: 'a shell that reconnects', scene: 'everything', reach: (page) => tab(page, /reconnecting/) },
  {
    name: 'a shell that is not recorded',
    scene: 'everything',
    async reach(page) {
      await tab(page, /not recorded/);
      await page.getByRole('contentinfo').getByRole('button', { name: 'Not recorded' }).click();
      await page.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'a tab’s menu',
    scene: 'everything',
    async reach(page) {
      await page.getByRole('tab').first().click({ button: 'right' });
      await page.getByRole('menu', { name: 'Tab' }).waitFor();
    },
  },
  {
    name: 'live sessions',
    scene: 'everything',
    async reach(page) {
      await page.getByRole('button', { name: /sessions? live/ }).click();
      await page.getByRole('menu', { name: 'Live sessions' }).waitFor();
    },
  },
  {
    name: 'a shell is to be ended',
    scene: 'sessions',
    async reach(page) {
      await press(page, 'Control+Shift+W');
      await dialog(page);
    },
  },
  {
    name: 'a marker',
    scene: 'sessions',
    async reach(page) {
      await press(page, 'Control+Shift+M');
      await dialog(page);
    },
  },
  {
    name: 'input is to be recorded',
    scene: 'sessions',
    async reach(page) {
      await runCommand(page, 'Record what I type');
      await page.getByRole('dialog').getByRole('button').first().waitFor();
    },
  },
  {
    name: 'a plugin asks',
    scene: 'asking',
    async reach(page) {
      await inCore(page, (core) =>
        core.request([
          {
            requestId: 'q1',
            kind: 'consent',
            context: 'staging',
            kubeconfigPath: '/home/ada/.kube/config',
            command: 'kubelogin',
            path: '/usr/local/bin/kubelogin',
            args: ['get-token', '--server-id', '•••'],
            waiting: 3,
          },
        ]),
      );
      await dialog(page);
      await untilHeard(page);
    },
  },
  {
    name: 'a login',
    scene: 'asking',
    async reach(page) {
      await inCore(page, (core) =>
        core.request([
          {
            requestId: 'q2',
            kind: 'login',
            context: 'prod-eu',
            kubeconfigPath: '/home/ada/.kube/config',
            command: 'kubelogin',
            path: '/usr/local/bin/kubelogin',
            args: ['get-token'],
            waiting: 1,
          },
        ]),
      );
      await page
        .getByRole('option', { name: /prod-eu/ })
        .first()
        .click();
      await page.getByRole('region', { name: 'Log in with kubelogin' }).waitFor();
    },
  },
  {
    name: 'terms of the policy',
    scene: 'everything',
    async reach(page) {
      await choosePods(page, 'prod-eu');
      await page.getByRole('option', { name: /x2x9z/ }).first().dblclick();
      await page.getByRole('dialog').getByText('What the policy says of this shell').click();
    },
  },
  {
    name: 'what the policy says',
    scene: 'everything',
    async reach(page) {
      await choosePods(page, 'prod-eu');
      await page.getByRole('option', { name: /^api-0/ }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: /What the policy says of it/ }).click();
      await dialog(page);
    },
  },
  {
    name: 'a debug container',
    scene: 'shop',
    async reach(page) {
      await openPodMenu(page);
      await page.getByRole('menuitem', { name: 'Open a debug container…' }).click();
      await dialog(page);
    },
  },
  {
    name: 'a shell on a node',
    scene: 'shop',
    async reach(page) {
      await openPodMenu(page);
      await page.getByRole('menuitem', { name: /Open a shell on its node…/ }).click();
      await dialog(page);
    },
  },
  {
    name: 'the doctor',
    scene: 'shop',
    async reach(page) {
      await choosePods(page);
      await runCommand(page, 'Check this connection');
      await page.getByRole('tab', { name: /^Connection, staging/ }).waitFor();
      await page.locator('.doctor-summary').waitFor();
    },
  },
  {
    name: 'an empty library',
    scene: 'nothing',
    async reach(page) {
      await press(page, 'Control+Shift+L');
      await page.getByText('No recordings yet').waitFor();
    },
  },
  { name: 'the library', scene: 'everything', reach: chooseRecording },
  {
    name: 'the library in groups',
    scene: 'everything',
    async reach(page) {
      await openLibrary(page);
      await page.getByRole('button', { name: 'Newest first' }).click();
      await page.getByRole('menuitemradio', { name: 'By pod', exact: true }).click();
      await press(page, 'Home');
    },
  },
  {
    name: 'the library’s order',
    scene: 'everything',
    async reach(page) {
      await openLibrary(page);
      await page.getByRole('button', { name: 'Newest first' }).click();
      await page.getByRole('menu', { name: 'Order and groups' }).waitFor();
    },
  },
  {
    name: 'the library, filtered',
    scene: 'everything',
    async reach(page) {
      await openLibrary(page);
      await press(page, '/');
      await type(page, 'Filter recordings', 'context:staging tag:');
      await page.getByRole('listbox', { name: 'Filters' }).waitFor();
    },
  },
  {
    name: 'the library, several selected',
    scene: 'everything',
    async reach(page) {
      await openLibrary(page);
      await page.getByRole('listbox', { name: /^Recordings/ }).focus();
      await press(page, 'Home', 'Shift+ArrowDown', 'Shift+ArrowDown');
      await page.getByRole('toolbar', { name: 'Selected recordings' }).waitFor();
    },
  },
  {
    name: 'found on screens',
    scene: 'everything',
    async reach(page) {
      await openLibrary(page);
      await page.getByLabel('Search what was on the screens').fill('config');
      await page
        .getByRole('option', { name: /config-/ })
        .first()
        .waitFor();
    },
  },
  {
    name: 'a recording’s menu',
    scene: 'everything',
    async reach(page) {
      await chooseRecording(page);
      await page
        .getByRole('option', { name: /api-1 . app/ })
        .first()
        .click({ button: 'right' });
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'an export',
    scene: 'everything',
    async reach(page) {
      await chooseRecording(page);
      await page.getByRole('button', { name: 'Export…' }).click();
      await dialog(page);
    },
  },
  {
    name: 'a recording is to be deleted',
    scene: 'everything',
    async reach(page) {
      await chooseRecording(page);
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await dialog(page);
    },
  },
  {
    name: 'tags',
    scene: 'everything',
    async reach(page) {
      await chooseRecording(page);
      await page.getByRole('button', { name: 'Tags…' }).click();
      await dialog(page);
    },
  },
  { name: 'a replay', scene: 'everything', reach: openReplay },
  {
    name: 'a replay with its text',
    scene: 'everything',
    async reach(page) {
      await openReplay(page);
      await page.getByRole('button', { name: 'Show the text (T)' }).click();
      await page.getByRole('region', { name: 'Text of the recording' }).getByText('config-0').waitFor();
    },
  },
  {
    name: 'a replay’s moments',
    scene: 'everything',
    async reach(page) {
      await openReplay(page);
      await page.getByRole('button', { name: 'Show the text (T)' }).click();
      await page.getByRole('tab', { name: 'Moments' }).click();
      await page.getByRole('option', { name: /before the restart/ }).waitFor();
    },
  },
  {
    name: 'find in a replay',
    scene: 'everything',
    async reach(page) {
      await openReplay(page);
      await press(page, 'Control+f');
      await type(page, 'Find in the recording', 'config');
    },
  },
  {
    name: 'the settings',
    scene: 'everything',
    async reach(page) {
      await press(page, 'Control+,');
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
    },
  },
  {
    name: 'shells of other programs',
    scene: 'everything',
    reach: openElsewhere,
  },
  {
    name: 'no shell of another program',
    scene: 'shop',
    reach: openElsewhere,
  },
  {
    name: 'the token of a page that was allowed',
    scene: 'everything',
    async reach(page) {
      await openElsewhere(page);
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.getByText('it is not shown again').waitFor();
    },
  },
  {
    name: 'a proxy that does not run',
    scene: 'everything',
    async reach(page) {
      await openElsewhere(page);
      await inCore(page, (core) => {
        const problem = {
          code: 'proxy-failed',
          message: '/home/ada/.local/share/kubereel/proxy cannot be written to',
          hint: 'Look at its owner and rights',
          detail: 'EACCES',
        };
        const { proxy } = core.state.elsewhere;
        core.emit('proxy.changed', { ...proxy, run: { kind: 'failed', problem } });
      });
      await page.getByRole('alert').getByRole('button', { name: 'Details' }).click();
    },
  },
  {
    name: 'a shell of another program is to be ended',
    scene: 'everything',
    async reach(page) {
      await openElsewhere(page);
      await page.getByRole('button', { name: 'End…' }).first().click();
      await dialog(page);
    },
  },
  {
    name: 'what was not delivered',
    scene: 'everything',
    async reach(page) {
      await runCommand(page, 'Show what was not delivered');
      await page.getByRole('tab', { name: /^Not delivered/ }).waitFor();
    },
  },
  {
    name: 'a delivery is to be dropped',
    scene: 'owing',
    async reach(page) {
      await runCommand(page, 'Show what was not delivered');
      await page.getByRole('button', { name: /^Drop/ }).first().click();
      await dialog(page);
    },
  },
];
