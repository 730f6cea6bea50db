import { expect, test } from 'vitest';
import { parseOrigin, readOrigin } from '../../../main/agent/origin.ts';

test.each([
  ['https://console.example', true],
  ['https://console.example:8443', true],
  ['http://localhost:5174', true],
  ['http://[::1]:80', false],
  ['http://[::1]:81', true],
  ['https://xn--bcher-kva.example', true],
  ['null', false],
  ['', false],
  ['https://console.example/', false],
  ['https://console.example:443', false],
  ['https://Console.example', false],
  ['https://user@console.example', false],
  ['https://bücher.example', false],
  ['file://', false],
  ['chrome-extension://abcdef', false],
  ['https://a\u202eb.example', false],
  [`https://${'a.'.repeat(200)}example`, false],
])('%j as a browser writes it: %s', (text, isOrigin) => {
  expect(parseOrigin(text)).toBe(isOrigin ? text : undefined);
});

test.each([
  ['https://Console.Example/path?x#y', 'https://console.example'],
  [' http://localhost:5174/ ', 'http://localhost:5174'],
  ['http://console.localhost', 'http://console.localhost'],
  ['http://127.0.0.1:80', 'http://127.0.0.1'],
  ['http://[::1]:9', 'http://[::1]:9'],
  ['https://10.0.0.7:8443', 'https://10.0.0.7:8443'],
])('%j as a person types it', (typed, origin) => {
  expect(readOrigin(typed)).toBe(origin);
});

test.each(['', 'console.example', 'ftp://console.example', 'javascript:alert(1)', '*', 'null'])(
  '%j is no address of a page',
  (typed) => {
    expect(() => readOrigin(typed)).toThrow('not the address of a page');
  },
);

test.each([
  'http://console.example',
  'http://10.0.0.7',
  'http://localhost.example',
  'http://127.evil.example',
])('%s could be anybody’s on its way', (typed) => {
  expect(() => readOrigin(typed)).toThrow('comes over the network without TLS');
});
