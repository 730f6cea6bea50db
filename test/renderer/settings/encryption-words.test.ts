import { expect, test } from 'vitest';
import {
  describeAdded,
  describeEncryption,
  describeKey,
  describeKeyPlace,
} from '../../../renderer/settings/encryption-words.ts';

const MINE = `age1${'q'.repeat(58)}`;
const THEIRS = `age1${'z'.repeat(58)}`;

test('encryption is off, on and readable, on and unreadable, or wrong', () => {
  const keys = new Set([MINE]);
  expect(describeEncryption([], keys)).toEqual({ tone: 'quiet', line: 'Off: recordings are in the clear.' });
  expect(describeEncryption([THEIRS, MINE], keys).tone).toBe('live');
  expect(describeEncryption([THEIRS], keys)).toMatchObject({
    tone: 'owed',
    line: expect.stringContaining('They cannot be replayed here'),
  });
  expect(describeEncryption([MINE, '(a value that is not understood)'], keys)).toMatchObject({
    tone: 'lost',
    line: expect.stringContaining('Nothing is recorded'),
  });
});

test('nothing is said of keys that are not known yet', () => {
  expect(describeEncryption([MINE], undefined)).toEqual({
    tone: 'quiet',
    line: 'On, for sessions that are opened from now on.',
  });
  expect(describeKey(MINE, undefined)).toBe('');
});

test('each key says what it is good for here', () => {
  const keys = new Set([MINE]);
  expect([MINE, THEIRS, 'ssh-ed25519 AAAA'].map((key) => describeKey(key, keys))).toEqual([
    'secret key is here',
    'secret key is elsewhere',
    'no key',
  ]);
});

test('what was added is counted', () => {
  expect(describeAdded([])).toBe('It was here already.');
  expect(describeAdded([MINE])).toContain('Added.');
  expect(describeAdded([MINE, THEIRS])).toContain('2 keys were added');
});

test('what keeps the keys is named, with whom it keeps off and whom not', () => {
  expect(describeKeyPlace({ keyPlace: 'windows-dpapi', host: 'electron' })).toContain(
    'other programs of yours can',
  );
  expect(describeKeyPlace({ keyPlace: 'kwallet', host: 'electron' })).toMatch(/^KWallet locks them/);
  expect(describeKeyPlace({ keyPlace: 'files', host: 'electron' })).toMatch(
    /^There is no keychain here that protects anything: .* whoever has the disk\.$/,
  );
  expect(describeKeyPlace({ keyPlace: 'files', host: 'browser' })).toMatch(/are not opened here\.$/);
});
