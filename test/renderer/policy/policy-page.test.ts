// covers: renderer/policy/policy-dialogs.tsx
// covers: renderer/policy/policy-rows.tsx
// covers: renderer/policy/terms-dialog.tsx
// covers: renderer/settings/policy-section.tsx
// covers: renderer/settings/recorders-section.tsx
// covers: renderer/store-policy.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import type { SceneName } from '../../fakes/page-scenes.ts';

const shots = fileURLToPath(new URL('../../../artefacts/page', import.meta.url));

describe.skipIf(!chromiumPath)('the policy in a browser', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host.close());

  async function open(scene: SceneName, options?: PageOptions): Promise<void> {
    page = await host.show(scene, options);
  }
  const tell = (deed: (core: PageCore) => void): Promise<void> =>
    page.evaluate(`(${deed.toString()})(globalThis.core)`);
  /** As it stands once nothing moves any more. */
  async function shoot(name: string): Promise<void> {
    await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
    await page.screenshot({ path: `${shots}/${name}.png` });
  }
  const opened = (): Promise<readonly { target: { reason?: string }; confirmation?: string }[]> =>
    page.evaluate(() =>
      (globalThis as unknown as { core: PageCore }).core.calls.flatMap((call) =>
        call.name === 'sessions.open' ? [call.input as never] : [],
      ),
    );
  const dialog = (): Locator => page.getByRole('dialog');

  /** Under a policy that asks for both, in production. */
  async function askForTerms(options?: PageOptions): Promise<void> {
    await open('shop', options);
    await tell((core) => {
      const file = '/etc/kubereel/policy.yaml';
      core.state.policyAnswer = () => ({
        recording: 'required',
        recorders: [],
        atStart: 'open',
        midway: 'open',
        graceSeconds: 30,
        apiRequests: 'untold',
        reason: 'required',
        confirm: 'typed',
        colour: 'red',
        input: 'allowed',
        redaction: 'user',
        pause: 'never',
        because: [
          { setting: 'recording', value: 'required', file, line: 8, rule: 'production' },
          { setting: 'reason', value: 'required', file, line: 9, rule: 'production' },
          { setting: 'confirm', value: 'typed', file, line: 10, rule: 'production' },
          { setting: 'colour', value: 'red', file, line: 11, rule: 'production' },
          { setting: 'pause', value: 'never', file, line: 8, rule: 'production' },
        ],
      });
    });
    await page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name: 'prod-eu' }).click();
    await page
      .getByRole('listbox', { name: /^Pods of/ })
      .getByRole('option', { name: /x2x9z/ })
      .dblclick();
    await dialog().waitFor();
  }

  test('a reason and a name are asked for before a shell opens, and handed on', async () => {
    await askForTerms();
    const press = dialog().getByRole('button', { name: 'Open the shell' });
    expect(await press.isDisabled()).toBe(true);
    await dialog().getByLabel('Why, or a ticket').last().fill('INC-4711: cart is empty');
    expect(await press.isDisabled()).toBe(true);
    await dialog().getByPlaceholder('prod-eu').fill('prod');
    expect(await press.isDisabled()).toBe(true);
    await dialog().getByText('What the policy says of this shell').click();
    await shoot('policy-terms');
    await dialog().getByPlaceholder('prod-eu').fill('prod-eu');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await expect
      .poll(opened)
      .toMatchObject([
        { target: { context: 'prod-eu', reason: 'INC-4711: cart is empty' }, confirmation: 'prod-eu' },
      ]);
  });

  test('nothing is opened by cancelling; it fits a narrow window', async () => {
    await askForTerms({ width: 480, height: 720, colours: 'dark' });
    await dialog().getByText('What the policy says of this shell').click();
    await shoot('policy-terms-narrow');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await opened()).toEqual([]);
  });

  test('where the policy cannot be told the shell is asked for all the same, and its tab says why', async () => {
    await open('shop');
    await tell((core) => {
      core.state.failing.set('policy.explain', { code: 'policy-invalid', message: 'no shell is opened' });
    });
    await page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name: 'prod-eu' }).click();
    await page
      .getByRole('listbox', { name: /^Pods of/ })
      .getByRole('option', { name: /x2x9z/ })
      .dblclick();
    await page.getByRole('tab', { name: /x2x9z/ }).waitFor();
    await expect.poll(opened).toHaveLength(1);
  });

  test('a live shell tells what holds for it, and has the colour of the policy', async () => {
    await open('sessions');
    await tell((core) => {
      const session = core.state.sessions.get('s1');
      if (!session) throw new Error('the scene has no session');
      const file = '/etc/kubereel/policy.yaml';
      core.putSession({
        ...session,
        recording: {
          kind: 'recording',
          recordingId: 'r1',
          startedAtMs: Date.now(),
          bytes: 812,
          lostBytes: 0,
          delivery: {
            kind: 'owed',
            sinceMs: Date.now(),
            attempts: [
              {
                recorder: { kind: 'tsrecorder', url: 'recorder.example.com:80', name: 'vault' },
                problem: { code: 'recorder-lost', message: 'recorder vault cut the connection' },
              },
            ],
          },
        },
        policy: {
          ...core.state.policyAnswer({ context: '', namespace: '', pod: '' }),
          recorders: [{ kind: 'tsrecorder', url: 'recorder.example.com:80', name: 'vault' }],
          colour: 'red',
          retentionDays: 365,
          because: [
            { setting: 'colour', value: 'red', file, line: 11, rule: 'production' },
            { setting: 'retentionDays', value: '365', file, line: 14, rule: 'production' },
            { setting: 'recorders', value: 'vault', file, line: 12, rule: 'production' },
          ],
        },
      });
    });
    await page.getByRole('tab', { name: /web-7f9/ }).click();
    await page.getByText(/^Not on record at vault since /).waitFor();
    await expect.poll(() => page.locator('.tab.is-active').getAttribute('class')).toContain('context-8');
    await page.getByRole('button', { name: 'What the policy says of this shell' }).click();
    await dialog().getByText('for 365 days').waitFor();
    expect(await dialog().textContent()).toContain('/etc/kubereel/policy.yaml:14');
    await shoot('policy-of-shell');
  });

  test('a shell that no recorder takes and one has to: its tab tells what each answered, a line each', async () => {
    await open('sessions');
    await tell((core) => {
      const session = core.state.sessions.get('s1');
      if (!session) throw new Error('the scene has no session');
      const problem = {
        code: 'delivery-required',
        message: [
          'this shell has to be on record at a recorder, and none took it:',
          '1. recorder vault (recorder.example.com:80) cannot be reached: nothing listens there',
          '2. recorder spare (192.0.2.7:80) refused it: not you. Check its tokenFile.',
        ].join('\n'),
        hint: 'The policy says so: rule "production", /etc/kubereel/policy.yaml:12.',
      };
      const state = { kind: 'ended', endedAtMs: Date.now(), end: { kind: 'failed', problem } } as const;
      core.putSession({ ...session, state, recording: { kind: 'none' } });
    });
    await page.getByRole('tab', { name: /web-7f9/ }).click();
    const alert = page.getByRole('alert', { name: 'The shell did not open' });
    await alert
      .getByText('This shell has to be on record at a recorder, and none took it:', { exact: true })
      .waitFor();
    // The list numbers them.
    await expect
      .poll(() => alert.getByRole('listitem').allTextContents())
      .toEqual([
        'Recorder vault (recorder.example.com:80) cannot be reached: nothing listens there.',
        'Recorder spare (192.0.2.7:80) refused it: not you. Check its tokenFile.',
      ]);
    expect(await alert.getByRole('list').evaluate((list) => getComputedStyle(list).listStyleType)).toBe(
      'decimal',
    );
    await shoot('policy-no-recorder');
  });

  test('a pod’s menu tells what would hold, also that no rule speaks of it', async () => {
    await open('shop');
    await page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name: 'prod-eu' }).click();
    await page
      .getByRole('listbox', { name: /^Pods of/ })
      .getByRole('option', { name: /x2x9z/ })
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: /What the policy says of it/ }).click();
    await dialog().getByText('No rule speaks of it').waitFor();
    await shoot('policy-of-pod');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    expect(await opened()).toEqual([]);
  });

  async function openSection(deed: (core: PageCore) => void, options?: PageOptions): Promise<Locator> {
    await open('shop', options);
    await tell(deed);
    await page.keyboard.press('Control+,');
    const section = page.getByRole('region', { name: 'Policy' });
    await section.scrollIntoViewIfNeeded();
    return section;
  }

  test('the settings show both files with what they say', async () => {
    const section = await openSection(
      (core) => {
        core.state.policy = {
          files: [
            {
              path: '/etc/kubereel/policy.yaml',
              isLocked: true,
              state: 'followed',
              problems: [],
              rules: [
                {
                  name: 'production',
                  line: 8,
                  match: { cluster: ['*.prod.example.com'] },
                  except: { namespace: ['sandbox'] },
                  says: [
                    { setting: 'recording', value: 'required' },
                    { setting: 'reason', value: 'required' },
                    { setting: 'retentionDays', value: '365' },
                  ],
                },
              ],
            },
            {
              path: '/home/ada/.local/share/kubereel/policy.yaml',
              isLocked: false,
              state: 'absent',
              problems: [],
              rules: [],
            },
          ],
        };
        core.state.untold = [
          {
            context: 'prod-eu',
            count: 12,
            sinceMs: 0,
            reasons: ['recorder vault takes no events (/v2/event)'],
          },
        ];
      },
      { colours: 'dark' },
    );
    await section.getByText('Followed; 1 rule').waitFor();
    expect(await section.textContent()).toContain('For cluster *.prod.example.com; not namespace sandbox');
    expect(await section.textContent()).toContain('Recording: required; no shell without it');
    expect(await section.textContent()).toContain(
      '12 requests to prod-eu went out though no recorder took the event',
    );
    await shoot('policy-settings');
    await tell((core) => {
      core.state.policy = { files: [] };
      core.emit('policy.changed', {});
    });
    await section.getByText('Followed; 1 rule').waitFor({ state: 'detached' });
  });

  test('what is wrong in a file stands there with its lines, in a narrow window too', async () => {
    const section = await openSection(
      (core) => {
        core.state.policy = {
          files: [
            {
              path: '/home/ada/.local/share/kubereel-with-a-long-name/policy.yaml',
              isLocked: false,
              state: 'failed',
              rules: [],
              problems: [
                {
                  line: 4,
                  column: 5,
                  message: 'a rule has no key "recordng"',
                  hint: 'Did you mean recording?',
                },
                { line: 128, column: 16, message: 'recording must be required, best-effort or off' },
              ],
            },
          ],
        };
      },
      { width: 480, height: 720 },
    );
    await section.getByText('No shell is opened: 2 mistakes in it').waitFor();
    expect(await section.textContent()).toContain('128:16');
    await section.getByText('128:16').scrollIntoViewIfNeeded();
    await shoot('policy-settings-narrow');
  });

  test('the recorders stand there with their addresses and whose recordings they get', async () => {
    const url = `https://${'recorder-with-a-long-name.'.repeat(4)}example.com:8443/of-the-whole-company`;
    const tell = (core: PageCore): void => {
      const long = `https://${'recorder-with-a-long-name.'.repeat(4)}example.com:8443/of-the-whole-company`;
      core.state.policy = {
        files: [
          {
            path: '/etc/kubereel/policy.yaml',
            isLocked: true,
            state: 'followed',
            problems: [],
            rules: [
              {
                name: 'production',
                line: 8,
                match: { cluster: ['*.prod.example.com'] },
                says: [{ setting: 'recorders', value: 'vault' }],
                recorders: [
                  { kind: 'tsrecorder', url: 'http://recorder.example.com', name: 'vault' },
                  { kind: 'asciinema', url: long },
                ],
              },
            ],
          },
          {
            path: '/home/ada/policy.yaml',
            isLocked: false,
            state: 'followed',
            problems: [],
            rules: [
              {
                name: 'payments',
                match: {},
                says: [],
                recorders: [{ kind: 'tsrecorder', url: 'http://recorder.example.com', name: 'vault' }],
              },
            ],
          },
        ],
      };
    };
    await openSection(tell);
    const recorders = page.getByRole('region', { name: 'Recorders' }).getByRole('list').first();
    await recorders.getByText('vault', { exact: true }).waitFor();
    const vault = await recorders.getByRole('listitem').first().textContent();
    expect(vault).toMatch(/^vaulttsrecorder.*http:\/\/recorder\.example\.com/);
    expect(vault).toContain('The administrator’s rule “production”, for cluster *.prod.example.com');
    expect(vault).toContain('Your rule “payments”, for every shell');
    await recorders.scrollIntoViewIfNeeded();
    await shoot('recorders');
    await page.setViewportSize({ width: 480, height: 720 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await recorders.getByText(url).scrollIntoViewIfNeeded();
    await expect
      .poll(() =>
        page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      )
      .toBe(true);
    await shoot('recorders-narrow-dark');
  });

  test('without files it says so', async () => {
    const section = await openSection((core) => {
      core.state.policy = {
        files: [
          { path: '/etc/kubereel/policy.yaml', isLocked: true, state: 'absent', rules: [], problems: [] },
          { path: '/home/ada/policy.yaml', isLocked: false, state: 'absent', rules: [], problems: [] },
        ],
      };
    });
    await section.getByText('Neither is there').waitFor();
    await section.getByText('To begin one').waitFor();
    expect(await section.getByRole('button', { name: 'Copy an example' }).getAttribute('title')).toContain(
      'version: 1',
    );
    await page.getByRole('region', { name: 'Recorders' }).getByText('The policy names none').waitFor();
    await shoot('policy-settings-empty');
  });
});
