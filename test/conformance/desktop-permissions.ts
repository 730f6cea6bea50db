import { expect } from 'vitest';
import type { ReliedOn } from './desktop.ts';

export const PERMISSIONS: readonly ReliedOn[] = [
  {
    sentence: 'what a page may ask for is denied before it asks',
    async check(_app, page) {
      const states = await page.evaluate(() =>
        Promise.all(
          ['geolocation', 'notifications', 'camera', 'microphone', 'midi'].map(
            async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
          ),
        ),
      );
      expect(states).toEqual(['denied', 'denied', 'denied', 'denied', 'denied']);
    },
  },
  {
    sentence: 'and when it asks: where it is, to tell the user, to see and hear',
    async check(_app, page) {
      const answers = await page.evaluate(async () => [
        await new Promise((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve('told'),
            ({ code }) => resolve(code),
          ),
        ),
        await Notification.requestPermission(),
        await navigator.mediaDevices.getUserMedia({ audio: true }).then(
          () => 'heard',
          ({ name }: DOMException) => name,
        ),
      ]);
      expect(answers[0]).toBe(1);
      expect(answers[1]).toBe('denied');
      expect(answers[2]).toMatch(/NotAllowedError|NotFoundError/);
    },
  },
  {
    sentence: 'the clipboard is the terminal’s: text is copied and pasted',
    async check(_app, page) {
      await page.bringToFront();
      const text = await page.evaluate(async () => {
        await navigator.clipboard.writeText('kubectl get pods');
        return navigator.clipboard.readText();
      });
      expect(text).toBe('kubectl get pods');
    },
  },
];
