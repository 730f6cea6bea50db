import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from '../fakes/until.ts';
import type { ReliedOn } from './desktop.ts';

type Marked = typeof globalThis & { isSamePage?: boolean };

/** Ways of a page to go elsewhere. */
const WAYS = {
  link(address: string) {
    const link = document.body.appendChild(document.createElement('a'));
    link.href = address;
    link.click();
    link.remove();
  },
  location(address: string) {
    location.href = address;
  },
  form(address: string) {
    const form = document.body.appendChild(document.createElement('form'));
    form.action = address;
    form.submit();
    form.remove();
  },
  refresh(address: string) {
    const meta = document.head.appendChild(document.createElement('meta'));
    meta.httpEquiv = 'refresh';
    meta.content = `0; url=${address}`;
    meta.remove();
  },
} as const;

const ADDRESSES = [
  'https://a.example/',
  'app://kubereel/index.html',
  'app://evil/',
  'file:///etc/passwd',
  'kubereel://recording/x',
  'data:text/html,x',
  'javascript:void(globalThis.isSamePage = false)',
];

/** Later than what the page has begun: the main process has answered it something. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let round = 0; round < 3; round += 1) await fetch('/');
  });
}

export const NAVIGATION: readonly ReliedOn[] = [
  ...Object.entries(WAYS).map(
    ([name, go]): ReliedOn => ({
      sentence: `the page goes nowhere by a ${name}, whatever the address`,
      async check(app, page) {
        await page.evaluate(() => {
          (globalThis as Marked).isSamePage = true;
        });
        for (const address of ADDRESSES) {
          await page.evaluate(go, app.address(address));
          await settle(page);
          expect(await page.evaluate(() => (globalThis as Marked).isSamePage), address).toBe(true);
          expect(page.url(), address).toBe(app.address('app://kubereel/'));
        }
        const notes = await app.control('notes', {});
        expect(notes.filter(({ kind }) => kind === 'foreign request')).toEqual([]);
      },
    }),
  ),
  {
    sentence: 'a frame of the page goes nowhere either',
    async check(app, page) {
      await page.evaluate(() => {
        document.body.append(document.createElement('iframe'));
      });
      const frame = page.frames().find((each) => each !== page.mainFrame());
      for (const address of ['https://a.example/', app.address('app://kubereel/')]) {
        await frame?.evaluate((target) => {
          location.href = target;
        }, address);
        await settle(page);
        expect(frame?.url()).not.toBe(address);
      }
      const notes = await app.control('notes', {});
      expect(notes.filter(({ kind }) => kind === 'foreign request')).toEqual([]);
      await page.evaluate(() => document.querySelector('iframe')?.remove());
    },
  },
  {
    sentence: 'no window is opened for the page; web and mail addresses are handed on, and no other',
    async check(app, page) {
      const before = (await app.control('windows', {})).length;
      await page.evaluate(
        (addresses) => {
          for (const address of addresses) window.open(address);
        },
        [...ADDRESSES.slice(1).map((address) => app.address(address)), 'http://a.example/', 'about:blank'],
      );
      await page.evaluate(() => {
        window.open('https://a.example/a/../b', '_blank', 'noopener,noreferrer');
        window.open('mailto:a@b.example');
        const link = document.body.appendChild(document.createElement('a'));
        link.href = 'https://a.example/link';
        link.target = '_blank';
        link.rel = 'noopener';
        link.click();
        link.remove();
      });
      await eventually(async () => {
        const opened = (await app.control('notes', {})).filter(({ kind }) => kind === 'opened externally');
        expect(opened.map((note) => 'address' in note && note.address)).toEqual([
          'https://a.example/b',
          'mailto:a@b.example',
          'https://a.example/link',
        ]);
      });
      expect(await app.control('windows', {})).toHaveLength(before);
    },
  },
];
