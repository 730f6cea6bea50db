import { describe, expect, test } from 'vitest';
import {
  formatAddress,
  formatProxy,
  parseEnvironmentProxy,
  parseProxyUrl,
} from '../../../main/kube/proxy.ts';

describe('proxy-url', () => {
  test.each([
    ['http://proxy:3128', { kind: 'http', host: 'proxy', port: 3128 }],
    ['http://proxy', { kind: 'http', host: 'proxy', port: 80 }],
    ['https://proxy/', { kind: 'https', host: 'proxy', port: 443 }],
    ['socks5://10.0.0.1', { kind: 'socks5', host: '10.0.0.1', port: 1080 }],
    ['socks5://[fd00::1]:9050', { kind: 'socks5', host: 'fd00::1', port: 9050 }],
    ['HTTP://PROXY:80', { kind: 'http', host: 'proxy', port: 80 }],
  ])('%s', (text, proxy) => {
    expect(parseProxyUrl(text, 'c')).toEqual(proxy);
  });

  test.each([
    ['http://ann:p%40ss%3Aword@proxy', 'ann', 'p@ss:word'],
    ['socks5://ann:p%40ss@proxy', 'ann', 'p@ss'],
    ['http://ann@proxy', 'ann', ''],
    ['http://d%C3%B6rte:%20@proxy', 'dörte', ' '],
  ])('the login of %s is percent-decoded', (text, username, password) => {
    expect(parseProxyUrl(text, 'c').login).toEqual({ username, password });
  });

  test.each([
    ['ftp://x', 'unsupported scheme "ftp", must be http, https, or socks5'],
    ['socks5h://x', 'unsupported scheme "socks5h", must be http, https, or socks5'],
    ['proxy:3128', 'unsupported scheme "proxy", must be http, https, or socks5'],
    ['proxy', 'unsupported scheme "", must be http, https, or socks5'],
    ['10.0.0.1:3128', 'failed to parse'],
    ['http://', 'failed to parse'],
    ['http://proxy:99999', 'failed to parse'],
    ['http://a:%zz@proxy', 'failed to parse'],
  ])('%s is refused as by kubectl', (text, reason) => {
    const shown = text.replace('a:%zz@', '');
    expect(() => parseProxyUrl(text, 'c')).toThrow(
      expect.objectContaining({
        code: 'context-unusable',
        message: `invalid 'proxy-url' "${shown}" for cluster "c": ${reason}`,
      }),
    );
  });

  test.each([
    'ftp://ann:s3cret@proxy',
    'ann:s3cret@proxy',
    'http://ann:s3/cret@proxy:99999',
    'http://a:s3cret@b@:x',
  ])('a refusal does not quote the password: %s', (text) => {
    expect(() => parseProxyUrl(text, 'c')).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/s3|cret/) }),
    );
  });
});

describe('a proxy of the environment', () => {
  test.each([
    ['proxy:3128', { kind: 'http', host: 'proxy', port: 3128 }],
    ['10.0.0.1:3128', { kind: 'http', host: '10.0.0.1', port: 3128 }],
    ['proxy', { kind: 'http', host: 'proxy', port: 80 }],
    ['https://proxy', { kind: 'https', host: 'proxy', port: 443 }],
    ['socks5://proxy', { kind: 'socks5', host: 'proxy', port: 1080 }],
    ['socks5h://proxy', { kind: 'socks5', host: 'proxy', port: 1080 }],
    ['ann:pw@proxy:1', { kind: 'http', host: 'proxy', port: 1, login: { username: 'ann', password: 'pw' } }],
  ])('%s', (text, proxy) => {
    expect(parseEnvironmentProxy(text, 'HTTPS_PROXY')).toEqual(proxy);
  });

  test('that is no address is left out', () => {
    expect(parseEnvironmentProxy('not an address', 'HTTPS_PROXY')).toBeUndefined();
  });

  test.each(['http://:80', 'ftp://ann:pw@proxy', 'socks4://proxy'])(
    '%s is refused, as it asks for one',
    (text) => {
      expect(() => parseEnvironmentProxy(text, 'HTTPS_PROXY')).toThrow(
        expect.objectContaining({
          code: 'context-unusable',
          message: `HTTPS_PROXY "${text.replace('ann:pw@', '')}" in the environment is no proxy`,
        }),
      );
    },
  );
});

test('is named without its login', () => {
  const proxy = parseProxyUrl('https://ann:pw@[::1]:3128', 'c');
  expect(formatProxy(proxy)).toBe('https://[::1]:3128');
  expect(formatAddress('kube.internal', 443)).toBe('kube.internal:443');
});
