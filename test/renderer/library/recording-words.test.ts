import { expect, test } from 'vitest';
import {
  allFactsOf,
  commandOf,
  describeLock,
  describeOutcome,
  factsOf,
  formatMoment,
  formatTimeOfDay,
  nameOf,
  originOf,
} from '../../../renderer/library/recording-words.ts';
import { ALL_FACTS } from '../../fakes/recording-facts.ts';
import { recording } from '../../fakes/recording-info.ts';

test('an exit shows its code, a lost session its reason', () => {
  expect(describeOutcome(recording({ exitCode: 137 }))).toMatchObject({ word: 'exit 137' });
  expect(describeOutcome(recording({ note: 'the pod was deleted' }))).toMatchObject({
    word: 'lost',
    line: 'The pod was deleted.',
  });
  expect(describeOutcome(recording({}))).toMatchObject({ word: 'closed' });
});

test('what is not whole says why', () => {
  expect(describeOutcome(recording({ state: 'unreadable', note: 'line 1 is no header' }))).toMatchObject({
    tone: 'lost',
    word: 'unreadable',
    line: 'Line 1 is no header.',
  });
  expect(describeOutcome(recording({ state: 'cut' })).line).toContain('Everything up to then is here');
  expect(describeOutcome(recording({ state: 'recovered', note: 'it stopped' }))).toMatchObject({
    word: 'recovered',
    line: 'It stopped.',
  });
  expect(describeOutcome(recording({ state: 'damaged', note: 'a line is bad' })).word).toBe('damaged');
  expect(describeOutcome(recording({ state: 'live', exitCode: 0 })).word).toBe('being recorded');
});

test('a recording without a container has its pod`s name', () => {
  expect(nameOf(recording({}))).toBe('web-7f9c / app');
  expect(nameOf(recording({ container: '' }))).toBe('web-7f9c');
});

test('what it ran in is told where that was made for it', () => {
  expect(originOf(recording({}))).toBeUndefined();
  expect(originOf(recording({ image: 'nginx', node: 'node-1' }))).toBeUndefined();
  const debug = recording({ image: 'busybox', origin: { kind: 'debug', target: 'app' } });
  expect(originOf(debug)).toBe('A debug container of busybox, beside app');
  const ofNode = recording({ image: 'busybox', node: 'node-1', origin: { kind: 'node' } });
  expect(originOf(ofNode)).toBe('A shell of the node, by a pod of busybox');
  expect(nameOf(ofNode)).toBe('node node-1');
});

test('facts are told in a line, what was said already is not told again', () => {
  expect(factsOf(recording({}))).toBe('');
  const known = { user: 'ada', image: 'nginx:1.27', node: 'node-7' };
  expect(factsOf(recording(known))).toBe('as ada · nginx:1.27 · on node-7');
  expect(factsOf(recording({ ...known, origin: { kind: 'node' } }))).toBe('as ada');
  expect(factsOf(recording({ hasTty: false, invalidBytes: 1 }))).toBe('no terminal · 1 byte not UTF-8');
  const door = { kind: 'browser', client: 'https://console.example' } as const;
  expect(factsOf(recording({ user: 'ada', door }))).toBe('as ada · by https://console.example');
  expect(factsOf(recording({ reason: 'INC-7', user: 'ada', pausedBytes: 2_000 }))).toBe(
    'INC-7 · as ada · 2.0 kB while paused not recorded',
  );
});

test('all facts are told a line each, the path last', () => {
  const lines = allFactsOf(recording({ ...ALL_FACTS, path: '/r/a.cast' })).split('\n');
  expect(lines).toHaveLength(10);
  expect(lines.slice(0, 2)).toEqual(['opened by kubectl/v1.32.0', 'cluster prod, https://10.0.0.1:6443']);
  expect(lines.at(-1)).toBe('/r/a.cast');
  expect(allFactsOf(recording({ reason: 'INC-7' })).split('\n')[0]).toBe('reason: INC-7');
  expect(allFactsOf(recording({ path: '/r/a.cast' }))).toBe('/r/a.cast');
});

test('moments are told to the second, in local time', () => {
  const moment = new Date(2026, 10, 5, 4, 3, 7).getTime();
  expect(formatMoment(moment)).toBe('Thu 5 Nov 2026, 04:03:07');
  expect(formatTimeOfDay(moment)).toBe('04:03:07');
});

test('an encrypted recording says so, and whether its key is here', () => {
  const encryptedTo = ['age1mine', 'age1theirs'];
  expect(describeLock(recording({}))).toBeUndefined();
  expect(describeLock(recording({ encryptedTo }))).toMatchObject({ tone: 'quiet', word: 'encrypted' });
  expect(describeLock(recording({ encryptedTo, isLocked: true }))).toMatchObject({
    tone: 'owed',
    line: 'Encrypted, and none of its keys is here.',
  });
  expect(commandOf(recording({ command: ['ls', '-l'] }))).toBe('ls -l');
  expect(commandOf(recording({ encryptedTo }))).toBeUndefined();
  expect(factsOf(recording({ encryptedTo, node: 'node-1' }))).toBe('encrypted · on node-1');
  expect(factsOf(recording({ encryptedTo: [`age1${'z'.repeat(58)}`], isLocked: true }))).toBe(
    'for age1zzzzzzzzzz…',
  );
  expect(allFactsOf(recording({ encryptedTo }))).toContain('encrypted to age1mine\nencrypted to age1theirs');
});
