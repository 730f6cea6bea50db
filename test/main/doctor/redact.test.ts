import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../main/doctor/redact.ts';

test('a secret that was learned never comes through, wherever it stands', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!'•••'.includes(secret) && !`${before}${after}`.includes(secret));
      const redactor = createRedactor();
      redactor.learn(secret);
      const cleaned = redactor.clean(`${before}${secret}${after}`);
      // What stands around it may spell it once more together with the mask's neighbours; it was not there before.
      return !cleaned.includes(secret);
    }),
  );
});

test.each([
  ['proxy http://anna:pa55@proxy:3128 refused', 'proxy http://•••@proxy:3128 refused'],
  ['Authorization: Bearer abcdef123456', 'Authorization: Bearer •••'],
  ['got eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln here', 'got ••• here'],
  ['-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----\nrest', '•••\nrest'],
  ['-----BEGIN PRIVATE KEY-----\nMHc=', '•••'],
])('what looks like a secret is masked: %j', (text, cleaned) => {
  expect(createRedactor().clean(text)).toBe(cleaned);
});

test('ordinary words stay', () => {
  const text = 'cluster staging of https://api.example.com:6443/k8s answers; bearer of good news; mail a@b';
  const redactor = createRedactor();
  redactor.learn(undefined);
  redactor.learn('api');
  expect(redactor.clean(text)).toBe(text);
});
