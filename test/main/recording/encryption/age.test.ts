import { expect, test } from 'vitest';
import {
  decryptWith,
  encryptTo,
  makeIdentity,
  parseIdentity,
  parseRecipient,
  shorten,
} from '../../../../main/recording/encryption/age.ts';

test('what is encrypted to two recipients opens with the identity of either, and of nobody else', async () => {
  const [first, second, other] = [await makeIdentity(), await makeIdentity(), await makeIdentity()];
  const file = await encryptTo([first.recipient, second.recipient], Buffer.from('grüße'));
  expect(Buffer.from(file).includes('grüße')).toBe(false);
  for (const { identity } of [first, second]) {
    expect(Buffer.from(await decryptWith([other.identity, identity], file)).toString()).toBe('grüße');
  }
  await expect(decryptWith([other.identity], file)).rejects.toThrow();
});

test('an identity tells the recipient that it opens', async () => {
  const made = await makeIdentity();
  expect(await parseIdentity(` ${made.identity}\n`)).toEqual(made);
});

test('a recipient with a letter changed is refused by its checksum', async () => {
  const { recipient } = await makeIdentity();
  expect(await parseRecipient(` ${recipient} `)).toBe(recipient);
  const last = recipient.endsWith('q') ? 'p' : 'q';
  await expect(parseRecipient(`${recipient.slice(0, -1)}${last}`)).rejects.toThrow('not an age recipient');
});

test.each([
  ['', 'not an age recipient'],
  ['age1short', 'not an age recipient: age1short'],
  ['age1pq1qqqq', 'not an age recipient'],
  ['ssh-ed25519 AAAAC3Nza me@here', 'keys of SSH are not supported'],
])('%j is no recipient, and the words say why', async (text, words) => {
  await expect(parseRecipient(text)).rejects.toThrow(words);
});

test('a secret key in place of a public one is refused without being quoted', async () => {
  const { identity } = await makeIdentity();
  await expect(parseRecipient(identity)).rejects.toThrow(
    /^this is a secret key, and a public one is wanted$/,
  );
  await expect(parseIdentity(`${identity.slice(0, -1)}!`)).rejects.toThrow(/^this is no age identity$/);
});

test('a long key is shown by its start', () => {
  expect(shorten('age1')).toBe('age1');
  expect(shorten('age1qqqqqqqqqqqqqqqqqqqq')).toBe('age1qqqqqqqqqqqq…');
});
