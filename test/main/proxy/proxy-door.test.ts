import type { IncomingMessage } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { makeSecret } from '../../../main/base/loopback.ts';
import { createProxyDoor } from '../../../main/proxy/proxy-door.ts';

const PORT = 20_001;
const prod = { name: 'prod', secret: makeSecret() };
const staging = { name: 'staging', secret: makeSecret() };

function openDoor(contexts = [prod, staging]) {
  const log = createLog({ level: 'silent' });
  const warn = vi.spyOn(log, 'warn');
  let nowMs = 0;
  const door = createProxyDoor({ log, clock: { nowMs: () => nowMs }, contexts: () => contexts });
  return {
    warn,
    pass: (ms: number) => {
      nowMs += ms;
    },
    admit: (headers: Record<string, string | string[]>) => door.admit(toMessage(headers), PORT),
  };
}

function toMessage(
  given: Record<string, string | string[]>,
): Pick<IncomingMessage, 'headers' | 'headersDistinct'> {
  const all = { host: `127.0.0.1:${PORT}`, ...given };
  const headersDistinct = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, [value].flat()]),
  );
  const headers = Object.fromEntries(Object.entries(headersDistinct).map(([name, [value]]) => [name, value]));
  return { headers, headersDistinct };
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

test('each context has its secret', () => {
  const { admit } = openDoor();
  expect(admit(bearer(prod.secret))).toBe('prod');
  expect(admit(bearer(staging.secret))).toBe('staging');
  expect(admit({ ...bearer(prod.secret), host: `localhost:${PORT}` })).toBe('prod');
});

describe.each([
  ['a page', { origin: 'https://evil.example' }],
  ['a page of our own address', { origin: `https://127.0.0.1:${PORT}` }],
  ['a sandboxed page', { origin: 'null' }],
  ['a navigation', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
  ['a foreign host', { host: `evil.example:${PORT}` }],
  ['another port', { host: '127.0.0.1:1' }],
  ['no host', { host: [] }],
  ['two hosts', { host: [`127.0.0.1:${PORT}`, 'evil.example'] }],
])('%s', (_who, headers) => {
  test('is forbidden, with the right secret too', () => {
    const { admit } = openDoor();
    const refusal = expect.objectContaining({ code: 'forbidden' });
    expect(() => admit(headers as Record<string, string | string[]>)).toThrow(refusal);
    expect(() => admit({ ...bearer(prod.secret), ...headers } as Record<string, string>)).toThrow(refusal);
  });
});

test.each([
  ['none', {}],
  ['an empty one', { authorization: 'Bearer ' }],
  ['a wrong one', bearer(`${prod.secret.slice(1)}x`)],
  ['the beginning of one', bearer(prod.secret.slice(0, -1))],
  ['one that was taken back', bearer(makeSecret())],
  ['one of another scheme', { authorization: `Basic ${prod.secret}` }],
  ['two', { authorization: [`Bearer ${prod.secret}`, `Bearer ${staging.secret}`] }],
])('of secrets, %s lets nobody in', (_what, headers) => {
  const { admit } = openDoor();
  expect(() => admit(headers)).toThrow(
    expect.objectContaining({ code: 'unauthorized', message: expect.not.stringContaining(prod.secret) }),
  );
});

test('where no context is enabled, nobody is let in', () => {
  const { admit } = openDoor([]);
  expect(() => admit(bearer(prod.secret))).toThrow(expect.objectContaining({ code: 'unauthorized' }));
});

test('after too many wrong tries others are turned away unheard, and whoever has the secret is not', () => {
  const { admit, warn, pass } = openDoor();
  const tryWrong = () => admit(bearer('wrong'));
  for (let tries = 0; tries < 20; tries += 1) {
    expect(tryWrong).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  }
  for (let tries = 0; tries < 20; tries += 1) {
    expect(tryWrong).toThrow(expect.objectContaining({ code: 'too-many' }));
  }
  expect(warn).toHaveBeenCalledTimes(20);
  expect(admit(bearer(prod.secret))).toBe('prod');
  pass(60_000);
  expect(tryWrong).toThrow(expect.objectContaining({ code: 'unauthorized' }));
});
