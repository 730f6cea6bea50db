import { expect, test } from 'vitest';
import { createSecrets } from '../../../../main/hosts/browser/secrets.ts';

function createAt() {
  let nowMs = 1_000_000;
  const secrets = createSecrets({ clock: { nowMs: () => nowMs } });
  return {
    secrets,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('a link works for ten minutes', () => {
  const { secrets, pass } = createAt();
  const [early, late] = [secrets.newLinkSecret(), secrets.newLinkSecret()];
  pass(10 * 60_000);
  expect(secrets.redeem(early)).toBeDefined();
  pass(1);
  expect(secrets.redeem(late)).toBeUndefined();
});

test('of too many unused links the oldest goes', () => {
  const { secrets } = createAt();
  const links = Array.from({ length: 17 }, () => secrets.newLinkSecret());
  expect(secrets.redeem(links[0] ?? '')).toBeUndefined();
  expect(secrets.redeem(links[1] ?? '')).toBeDefined();
});

test('wrong tries block for a minute, right ones never', () => {
  const { secrets, pass } = createAt();
  for (let count = 0; count < 50; count += 1) {
    const token = secrets.redeem(secrets.newLinkSecret()) ?? '';
    expect(secrets.isToken(token)).toBe(true);
  }
  expect(secrets.isBlocked()).toBe(false);
  for (let count = 0; count < 20; count += 1) secrets.isToken('guess');
  expect(secrets.isBlocked()).toBe(true);
  pass(60_000);
  expect(secrets.isBlocked()).toBe(false);
});
