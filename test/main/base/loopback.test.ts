import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import {
  isOwnHost,
  isOwnOrigin,
  isSameSecret,
  listenOnLoopback,
  makeSecret,
} from '../../../main/base/loopback.ts';

test('listens on 127.0.0.1 and nowhere else', async () => {
  const server = createServer();
  const port = await listenOnLoopback(server, 0);
  expect(server.address()).toEqual({ address: '127.0.0.1', family: 'IPv4', port });
  await new Promise((resolve) => server.close(resolve));
});

test('a port in use is an error, not a hang', async () => {
  const first = createServer();
  const port = await listenOnLoopback(first, 0);
  await expect(listenOnLoopback(createServer(), port)).rejects.toThrow('EADDRINUSE');
  await new Promise((resolve) => first.close(resolve));
});

test('our own names pass, every other is refused', () => {
  expect(isOwnHost({ host: '127.0.0.1:80' }, 80)).toBe(true);
  expect(isOwnHost({ host: 'localhost:80' }, 80)).toBe(true);
  for (const host of [
    '127.0.0.1',
    '127.0.0.1:81',
    'evil.example:80',
    'localhost.evil.example:80',
    undefined,
  ]) {
    expect(isOwnHost(host === undefined ? {} : { host }, 80)).toBe(false);
  }
});

test('our own page passes, pages from elsewhere and no page are refused', () => {
  expect(isOwnOrigin({ origin: 'http://127.0.0.1:80' }, 80)).toBe(true);
  for (const origin of [
    'null',
    'http://127.0.0.1:81',
    'https://127.0.0.1:80',
    'http://evil.example',
    undefined,
  ]) {
    expect(isOwnOrigin(origin === undefined ? {} : { origin }, 80)).toBe(false);
  }
});

test('secrets are long, differ, and compare by their whole text', () => {
  const secret = makeSecret();
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(makeSecret()).not.toBe(secret);
  expect(isSameSecret(secret, secret)).toBe(true);
  expect(isSameSecret(secret.slice(1), secret)).toBe(false);
  expect(isSameSecret('', secret)).toBe(false);
});
