import { expect, test } from 'vitest';
import { parseServer, withoutLogin } from '../../../main/kube/server-address.ts';

test.each([
  ['https://h:6443', 'https://h:6443'],
  ['HTTPS://h/k8s/clusters/c-1/', 'https://h/k8s/clusters/c-1'],
  ['https://h//', 'https://h'],
  ['https://[::1]:6443/', 'https://[::1]:6443'],
  ['http://h', 'http://h'],
  ['h', 'http://h'],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['localhost:8080/', 'http://localhost:8080'],
  ['[::1]:8080', 'http://[::1]:8080'],
  ['https://h/a?b=c#d', 'https://h/a'],
])('%s is reached at %s', (server, address) => {
  expect(parseServer(server)).toEqual({ address });
});

test('a login is taken out of the address, and is never shown', () => {
  expect(parseServer('https://ann:p%40ss@h:1/p')).toEqual({
    address: 'https://h:1/p',
    login: { username: 'ann', password: 'p@ss' },
  });
  expect(parseServer('https://100%@h')).toMatchObject({ login: { username: '100%', password: '' } });
  expect(() => parseServer('https://ann:marker@h:port')).toThrow('"https://h:port"');
  expect(withoutLogin('https://ann:mar@ker@h')).toBe('https://h');
  expect(withoutLogin('ann:marker@h')).toBe('h');
  expect(withoutLogin('https://h')).toBe('https://h');
});

test.each(['https://h:port', '://', 'https://', 'http://', 'https:/h', 'h/path', 'unix:///x', 'https://a b'])(
  '%s is no address',
  (server) => {
    expect(() => parseServer(server)).toThrow(`host must be a URL or a host:port pair: "${server}"`);
  },
);

test.each(['ftp', 'ws', 'tcp'])('%s is no way to an API server', (scheme) => {
  expect(() => parseServer(`${scheme}://h`)).toThrow(`unsupported protocol scheme "${scheme}"`);
});
