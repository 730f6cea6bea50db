import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import {
  chooseContext,
  choosePlace,
  parseDuration,
  parseMoment,
  parsePod,
  parsePort,
  parsePositive,
} from '../../../main/commands/options.ts';
import type { Core } from '../../../main/compose.ts';
import { startTestCore } from '../../fakes/core.ts';

test('numbers are what they have to be', () => {
  expect([parsePositive('0.5'), parsePort('0'), parsePort('65535')]).toEqual([0.5, 0, 65_535]);
  for (const text of ['0', '-1', 'x', 'Infinity'])
    expect(() => parsePositive(text)).toThrow(InvalidArgumentError);
  for (const text of ['65536', '1.5', '-1', 'x']) expect(() => parsePort(text)).toThrow(InvalidArgumentError);
});

test('durations are what Go writes', () => {
  expect(['1m0s', '90s', '1.5h', '250ms', '0s'].map(parseDuration)).toEqual([
    60_000, 90_000, 5_400_000, 250, 0,
  ]);
  for (const text of ['', '60', '1 m', '-1s', '1d', 's'])
    expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
});

test.each(['web-0', 'pod/web-0', 'pods/web-0', 'po/web-0'])('%s is a pod', (text) => {
  expect(parsePod(text)).toBe('web-0');
});

test('without a context there is none to choose, and it says how to', async () => {
  const app = await startTestCore();
  const core: Core = app.core;
  expect(() => chooseContext(core, undefined)).toThrow('no context is chosen');
  expect(() => choosePlace(core, { context: 'prod' })).toThrow('context was not found');
  await app.end();
});

test.each([
  ['83.5', 83_500_000],
  ['1:23.5', 83_500_000],
  ['1:02:03', 3_723_000_000],
  ['1m30s', 90_000_000],
  ['0', 0],
])('%s is a moment of a recording', (text, micros) => {
  expect(parseMoment(text)).toBe(micros);
});

test.each(['', 'soon', '-1', '1:', '1:2:3:4', '1e3'])('"%s" is no moment', (text) => {
  expect(() => parseMoment(text)).toThrow('Expected a duration');
});
