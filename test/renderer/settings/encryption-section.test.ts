// covers: renderer/settings/encryption-section.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';

const shots = fileURLToPath(new URL('../../../artefacts/page', import.meta.url));
const THEIRS = `age1${'z'.repeat(58)}`;

describe.skipIf(!chromiumPath)('encryption in the settings', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host?.close());

  async function open(options?: PageOptions): Promise<Locator> {
    page = await host.show('shop', { ...options, isStill: true });
    await page.keyboard.press('Control+,');
    const section = page.getByRole('region', { name: 'Encryption' });
    await section.getByText('None: nothing that is encrypted can be replayed here.').waitFor();
    return section;
  }
  const shoot = async (name: string): Promise<void> => {
    await page.getByRole('region', { name: 'Encryption' }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${shots}/${name}.png` });
  };
  const tell = (deed: (core: PageCore) => void): Promise<void> =>
    page.evaluate(`(${deed.toString()})(globalThis.core)`);
  const chosen = (): Promise<readonly (readonly string[])[]> =>
    page.evaluate(() =>
      (globalThis as unknown as { core: PageCore }).core.calls.flatMap(({ name, input }) => {
        const { changes } = input as { changes?: { encryption?: { recipients: string[] } } };
        return name === 'settings.set' && changes?.encryption ? [changes.encryption.recipients] : [];
      }),
    );

  test('a public key is added, cannot be read here, and is removed', async () => {
    const section = await open({ colours: 'dark' });
    await section.getByText('Off: recordings are in the clear.').waitFor();
    await shoot('encryption-off-dark');
    const field = section.getByLabel('Add a public key');
    await field.fill(` ${THEIRS}\n`);
    await field.press('Enter');
    await section.getByText('the secret key of none of these is here').waitFor();
    await section.getByText('secret key is elsewhere').waitFor();
    expect(await field.inputValue()).toBe('');
    await shoot('encryption-elsewhere-dark');
    await section.getByRole('button', { name: `Remove ${THEIRS}` }).click();
    await section.getByText('Off: recordings are in the clear.').waitFor();
    expect(await chosen()).toEqual([[THEIRS], []]);
  });

  test('what the core refuses stays in its field, with the reason', async () => {
    const section = await open();
    await tell((core) =>
      core.state.failing.set('settings.set', {
        code: 'bad-input',
        message: 'not an age recipient: age1nonsense',
        hint: 'a recipient begins with age1 and has 62 characters',
      }),
    );
    const field = section.getByLabel('Add a public key');
    await field.fill('age1nonsense');
    await field.press('Enter');
    await section.getByText('Not an age recipient: age1nonsense. A recipient begins with age1').waitFor();
    expect(await field.inputValue()).toBe('age1nonsense');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await shoot('encryption-refused-light');
    const secret = section.getByLabel('Add a secret key');
    await secret.fill('nonsense');
    await secret.press('Enter');
    await section.getByText('Line 1: this is no age identity.').waitFor();
  });

  test('a key is made, used, and its secret half can be copied once', async () => {
    const section = await open({ width: 480, height: 900 });
    await section.getByRole('button', { name: 'Make a key' }).click();
    await section.getByText('it is not shown again, and without it the recordings are lost').waitFor();
    await section.getByText('They can be replayed here.').waitFor();
    expect(await section.textContent()).not.toContain('AGE-SECRET-KEY-1Q');
    await shoot('encryption-made-480');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(480);
    await section.getByRole('button', { name: 'I have a copy' }).click();
    await section.getByText('Those of the list above.').waitFor();
    expect((await chosen())[0]?.[0]).toMatch(/^age1/);
  });

  test('a secret key is added, and can be encrypted to', async () => {
    const section = await open();
    const secret = section.getByLabel('Add a secret key');
    await secret.fill(`# made by age-keygen\nAGE-SECRET-KEY-1${'Q'.repeat(58)}`);
    await secret.press('Enter');
    await section.getByText('Added. What is encrypted to it can be replayed here.').waitFor();
    expect(await secret.inputValue()).toBe('');
    await shoot('encryption-added-light');
    await section.getByRole('button', { name: 'Encrypt to it' }).click();
    await section.getByText('secret key is here').waitFor();
  });

  test('what stands wrong in the file says that nothing is recorded', async () => {
    const section = await open();
    await tell((core) =>
      core.emit('settings.changed', {
        ...core.state.settings,
        settings: { ...core.state.settings.settings, encryption: { recipients: ['(no key)'] } },
      }),
    );
    await section.getByText('Nothing is recorded while one of these is no key.').waitFor();
    await shoot('encryption-wrong-light');
  });

  test('the library leads from a locked recording to where its key is added', async () => {
    await open();
    await tell((core) => {
      if (core.state.recordings.size === 0) throw new Error('the scene has no recording');
      // Whichever stands first in the library.
      for (const one of core.state.recordings.values()) {
        const recording = { ...one, encryptedTo: [`age1${'z'.repeat(58)}`], isLocked: true as const };
        // Whichever comes last in the page, the list or the change.
        core.state.recordings.set(recording.recordingId, recording);
        core.emit('library.changed', { kind: 'put', recording });
      }
    });
    await page.keyboard.press('Control+Shift+L');
    await page.getByRole('button', { name: 'Add its key' }).waitFor();
    await page.getByText('Encrypted, and none of its keys is here.').waitFor();
    await page.screenshot({ path: `${shots}/library-locked-light.png` });
    await page.getByRole('button', { name: 'Add its key' }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('encryption-secret');
  });
});
