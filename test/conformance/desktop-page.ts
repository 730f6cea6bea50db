import { expect } from 'vitest';
import type { ReliedOn } from './desktop.ts';

/** Paths that are no file of the page, however they are written. */
const NO_FILES = [
  '/missing.js',
  '/app.js.map',
  '/../main.mjs',
  '/%2e%2e/main.mjs',
  '/..%2fmain.mjs',
  '/..%5cmain.mjs',
  '//etc/passwd',
  '/%00',
  '/app.js/',
  '/constructor',
  '/__proto__',
];

export const PAGE: readonly ReliedOn[] = [
  {
    sentence: 'a window opens with the page on its own scheme, a secure origin of its own',
    async check(app, page) {
      const [window] = await app.control('windows', {});
      expect(window).toMatchObject({ address: 'app://kubereel/', title: 'Kubereel', isVisible: true });
      expect(page.url()).toBe(app.address('app://kubereel/'));
      const origin = app.address('app://kubereel/').slice(0, -1);
      expect(await page.evaluate(() => [globalThis.origin, isSecureContext])).toEqual([origin, true]);
    },
  },
  {
    sentence: 'the page has nothing of Node, and nothing of the preload script',
    async check(_app, page) {
      const found = await page.evaluate(() =>
        ['require', 'process', 'Buffer', 'module', 'exports', 'global', 'electron', 'ipcRenderer'].filter(
          (name) => name in globalThis,
        ),
      );
      expect(found).toEqual([]);
    },
  },
  {
    sentence: 'its files come with their type and the policy, and are not guessed at',
    async check(_app, page) {
      const headers = await page.evaluate(async () => {
        const response = await fetch('/');
        return ['content-type', 'content-security-policy', 'x-content-type-options', 'referrer-policy'].map(
          (name) => response.headers.get(name),
        );
      });
      expect(headers[0]).toBe('text/html; charset=utf-8');
      expect(headers[1]).toContain("default-src 'none'; script-src 'self'");
      expect(headers.slice(2)).toEqual(['nosniff', 'no-referrer']);
    },
  },
  {
    sentence: 'a script in the page’s text does not run, and neither does text as a script',
    async check(_app, page) {
      const refused = await page.evaluate(
        () =>
          new Promise<string[]>((resolve) => {
            const directives = new Set<string>();
            document.addEventListener(
              'securitypolicyviolation',
              function note({ effectiveDirective, originalPolicy }) {
                // The page's own policy says the same; only the header's knows of ancestors.
                if (originalPolicy.includes('frame-ancestors')) directives.add(effectiveDirective);
                if (directives.size < 3) return;
                document.removeEventListener('securitypolicyviolation', note);
                resolve([...directives].sort());
              },
            );
            const script = document.createElement('script');
            script.textContent = 'globalThis.hasRun = true';
            document.head.append(script);
            script.remove();
            const element = document.createElement('p');
            element.setAttribute('onclick', 'globalThis.hasRun = true');
            element.click();
            setTimeout('globalThis.hasRun = true' as unknown as () => void);
          }),
      );
      expect(refused).toEqual(['script-src', 'script-src-attr', 'script-src-elem']);
      expect(await page.evaluate(() => 'hasRun' in globalThis)).toBe(false);
    },
  },
  {
    sentence: 'it reaches no other address: not by fetch, a socket, an image, a frame or a beacon',
    async check(app, page) {
      const refused = await page.evaluate(
        (otherHost) =>
          new Promise<string[]>((resolve) => {
            // Some are told of more than once, and of some addresses only a part.
            const refusals = new Map<string, string>();
            document.addEventListener(
              'securitypolicyviolation',
              function note({ effectiveDirective, blockedURI, originalPolicy }) {
                if (!originalPolicy.includes('frame-ancestors')) return;
                refusals.set(`${effectiveDirective} ${blockedURI}`, effectiveDirective);
                if (refusals.size < 6) return;
                document.removeEventListener('securitypolicyviolation', note);
                resolve([...refusals.values()].sort());
              },
            );
            fetch('https://a.example/fetch').catch(() => {});
            fetch(otherHost).catch(() => {});
            try {
              new WebSocket('wss://a.example/socket').close();
            } catch {
              // Refused at once is refused.
            }
            navigator.sendBeacon('https://a.example/beacon', 'text');
            new Image().src = 'https://a.example/image';
            const frame = document.createElement('iframe');
            frame.src = 'https://a.example/frame';
            document.body.append(frame);
            frame.remove();
          }),
        app.address('app://evil/'),
      );
      expect(refused).toEqual([
        ...['connect-src', 'connect-src', 'connect-src', 'connect-src'],
        ...['frame-src', 'img-src'],
      ]);
      expect((await app.control('notes', {})).filter(({ kind }) => kind === 'foreign request')).toEqual([]);
    },
  },
  {
    sentence: 'its scheme serves a fixed table of files, and only to GET',
    async check(_app, page) {
      const answers = await page.evaluate(
        (paths) => Promise.all(paths.map(async (path) => (await fetch(location.origin + path)).status)),
        NO_FILES,
      );
      expect(answers).toEqual(NO_FILES.map(() => 404));
      const methods = await page.evaluate(() =>
        Promise.all(
          ['POST', 'PUT', 'DELETE', 'HEAD'].map(async (method) => (await fetch('/', { method })).status),
        ),
      );
      expect(methods).toEqual([403, 403, 403, 403]);
    },
  },
];
