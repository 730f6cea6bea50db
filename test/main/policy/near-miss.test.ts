import { expect, test } from 'vitest';
import { findNearMiss } from '../../../main/policy/near-miss.ts';

const KEYS = ['recording', 'recorders', 'retentionDays', 'atStart', 'match'];

test('a slip, a swap of neighbours and another way to write a word are near', () => {
  expect(findNearMiss('recordng', KEYS)).toBe('recording');
  expect(findNearMiss('recoridng', KEYS)).toBe('recording');
  expect(findNearMiss('retention_days', KEYS)).toBe('retentionDays');
  expect(findNearMiss('AtStart', KEYS)).toBe('atStart');
  expect(findNearMiss('mtach', KEYS)).toBe('match');
});

test('another word is not, nor is a text of any length', () => {
  expect(findNearMiss('colour', KEYS)).toBeUndefined();
  expect(findNearMiss('mxxch', KEYS)).toBeUndefined();
  expect(findNearMiss('m'.repeat(1_000_000), KEYS)).toBeUndefined();
});
