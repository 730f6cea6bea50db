import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { createAgentDoor } from '../../../main/agent/agent-door.ts';
import type { AllowedOrigin } from '../../../main/agent/origins.ts';

const PAGE: AllowedOrigin = { origin: 'https://console.example', allowedAtMs: 1, grantId: 'g' };
const OTHER: AllowedOrigin = { origin: 'http://localhost:5174', allowedAtMs: 1, grantId: 'h' };
const TOKENS: Readonly<Record<string, string>> = { [PAGE.origin]: 'console', [OTHER.origin]: 'other' };

function createDoor() {
  let nowMs = 1_000_000;
  const door = createAgentDoor({
    clock: { nowMs: () => nowMs },
    origins: {
      list: async () => [PAGE, OTHER],
      find: async (origin, token) =>
        TOKENS[origin] === token ? [PAGE, OTHER].find((each) => each.origin === origin) : undefined,
    },
  });
  return {
    door,
    ask: (headers: IncomingHttpHeaders) => door.judge(headers),
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

const status = (text: string) => ({ kind: 'refused', status: expect.stringContaining(text) });
const offer = (...names: string[]) => ({ origin: PAGE.origin, 'sec-websocket-protocol': names.join(', ') });

test('a token comes by header or as a subprotocol beside ours', async () => {
  const { ask } = createDoor();
  const allowed = { kind: 'allowed', page: PAGE };
  expect(await ask({ origin: PAGE.origin, authorization: 'Bearer console' })).toEqual(allowed);
  expect(await ask({ origin: PAGE.origin, authorization: 'bearer console' })).toEqual(allowed);
  expect(await ask(offer('kc-agent', 'token.console'))).toEqual(allowed);
  expect(await ask(offer('token.console', 'kc-agent'))).toEqual(allowed);
  // A browser would hang up, since none of its names but the secret one could be chosen.
  expect(await ask(offer('token.console'))).toEqual(status('401'));
  expect(await ask({ origin: PAGE.origin, authorization: 'Basic console' })).toEqual(status('401'));
  expect(await ask({ origin: PAGE.origin })).toEqual(status('401'));
});

test('only a page that is allowed gets in, and only with its own token', async () => {
  const { ask, door } = createDoor();
  const authorization = 'Bearer console';
  for (const origin of [
    undefined,
    'null',
    'https://evil.example',
    'https://console.example.evil.example',
    `${PAGE.origin}/`,
  ]) {
    expect(await ask({ ...(origin !== undefined && { origin }), authorization }), origin).toEqual(
      status('403'),
    );
  }
  expect(await ask({ origin: OTHER.origin, authorization })).toEqual(status('401'));
  expect(door.refused()).toEqual([
    { origin: 'https://evil.example', why: 'not-allowed', atMs: 1_000_000, tries: 1 },
    { origin: 'https://console.example.evil.example', why: 'not-allowed', atMs: 1_000_000, tries: 1 },
    { origin: OTHER.origin, why: 'wrong-token', atMs: 1_000_000, tries: 1 },
  ]);
});

test('a page that guesses is blocked for a minute, and no other one with it', async () => {
  const { ask, pass } = createDoor();
  for (let count = 0; count < 20; count += 1) {
    expect(await ask({ origin: PAGE.origin, authorization: `Bearer guess-${count}` })).toEqual(status('401'));
  }
  expect(await ask({ origin: PAGE.origin, authorization: 'Bearer console' })).toEqual(status('429'));
  expect(await ask({ origin: OTHER.origin, authorization: 'Bearer other' })).toMatchObject({
    kind: 'allowed',
  });
  pass(60_000);
  expect(await ask({ origin: PAGE.origin, authorization: 'Bearer console' })).toMatchObject({
    kind: 'allowed',
  });
});

test('of refused pages the newest sixteen are told, until they are forgotten', async () => {
  const { ask, door } = createDoor();
  let told = 0;
  door.onRefused(() => {
    told += 1;
  });
  for (let index = 0; index < 20; index += 1) await ask({ origin: `https://p${index}.example` });
  await ask({ origin: 'https://p4.example' });
  expect(told).toBe(21);
  expect(door.refused()).toHaveLength(16);
  expect(door.refused().at(-1)).toMatchObject({ origin: 'https://p4.example', tries: 2 });
  door.forget('https://p4.example');
  door.forget('https://p0.example');
  expect(told).toBe(22);
  expect(door.refused()).toHaveLength(15);
});
