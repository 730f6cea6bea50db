import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { formatBytes, parseBytes, parseDays } from '../../../main/commands/quantities.ts';

test('sizes are powers of ten or of two, as they are written', () => {
  expect(['512b', '500MB', '5GiB', '1.5 tib'].map(parseBytes)).toEqual([
    512, 500_000_000, 5_368_709_120, 1_649_267_441_664,
  ]);
  for (const text of ['', '5', '0GiB', '-1GB', '5 apples', '9999999TiB', 'GiB']) {
    expect(() => parseBytes(text)).toThrow(InvalidArgumentError);
  }
});

test('ages are hours, days, weeks or years', () => {
  expect(['36h', '90d', '2w', '1y'].map(parseDays)).toEqual([1.5, 90, 14, 365]);
  for (const text of ['', '90', '0d', '-1d', '5m', 'd', '1d2h']) {
    expect(() => parseDays(text)).toThrow(InvalidArgumentError);
  }
});

test('bytes are told with three digits at most', () => {
  expect([0, 1_023, 1_024, 48_213, 120_586_240, 2 ** 50].map(formatBytes)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '47.1 KiB',
    '115 MiB',
    '1024 TiB',
  ]);
});
