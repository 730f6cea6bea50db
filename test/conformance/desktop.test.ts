import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DesktopApp } from '../fakes/electron/desktop-app.ts';
import { DESKTOP_HOSTS } from '../fakes/electron/desktop-hosts.ts';
import { RELIED_ON } from './desktop.ts';

for (const host of DESKTOP_HOSTS.filter(({ isMissing }) => !isMissing)) {
  describe(`what we rely on of Electron, ${host.name}`, () => {
    let app: DesktopApp;
    let page: Page;

    beforeAll(async () => {
      app = await host.start({ args: ['--demo'] });
      page = await app.firstPage();
      await page.getByRole('listbox', { name: /^Pods of/ }).waitFor();
    });
    afterAll(() => app?.stop());

    for (const { sentence, check } of RELIED_ON) {
      test(sentence, async () => {
        await check(app, page);
        expect(app.errors()).not.toMatch(/Error/);
      });
    }
  });
}

for (const { name } of DESKTOP_HOSTS.filter(({ isMissing }) => isMissing)) {
  test.skip(`what we rely on of Electron, ${name}: it is not on this machine`, () => {});
}
