import { expect, test } from 'vitest';
import type { RecordingHits } from '../../../preload/contract.ts';
import {
  countWords,
  createRecordingFind,
  describeReach,
  type FindState,
  isTerminalOnly,
  type RecordingFind,
} from '../../../renderer/library/recording-find.ts';
import { createManualTimers } from '../../fakes/manual-timers.ts';
import { until } from '../../fakes/until.ts';

const hitAt = (seconds: number, text = `error ${seconds}`) => ({
  timeMicros: seconds * 1e6,
  text,
  place: { from: 0, to: 5 },
});
const found = (changes: Partial<RecordingHits> = {}): RecordingHits => ({
  reading: 'whole',
  hits: [hitAt(1), hitAt(5), hitAt(9)],
  hasMore: false,
  ...changes,
});

interface Stage {
  readonly find: RecordingFind;
  readonly asked: string[];
  readonly states: FindState[];
  answer: RecordingHits | Error;
  nowMicros: number;
  type(text: string, isCaseSensitive?: boolean): Promise<void>;
}

function open(): Stage {
  const timers = createManualTimers();
  const asked: string[] = [];
  const states: FindState[] = [];
  const stage = { asked, states, answer: found() as RecordingHits | Error, nowMicros: 0 };
  const find = createRecordingFind(
    {
      timers,
      positionMicros: () => stage.nowMicros,
      onChanged: (state) => states.push(state),
      client: {
        async call(_name: string, input: object) {
          asked.push((input as { text: string }).text);
          if (stage.answer instanceof Error) throw stage.answer;
          return stage.answer as never;
        },
      },
    },
    'one',
  );
  return Object.assign(stage, {
    find,
    async type(text: string, isCaseSensitive = false) {
      find.find(text, isCaseSensitive);
      await timers.advance(1_000);
      await until(() => find.state.kind === 'known' || find.state.kind === 'failed');
    },
  });
}

test('asks when typing has paused, once', async () => {
  const { find, asked, type } = open();
  find.find('e', false);
  find.find('er', false);
  await type('err');
  expect(asked).toEqual(['err']);
  find.find('', false);
  expect(find.state).toEqual({ kind: 'none' });
});

test('begins at what the screen shows, and goes both ways around the ends', async () => {
  const stage = open();
  stage.nowMicros = 6e6;
  await stage.type('error');
  expect(countWords(stage.find.state)).toBe('2 of 3');
  expect(stage.find.step(1)).toEqual(hitAt(9));
  expect(stage.find.step(1)).toEqual(hitAt(1));
  expect(stage.find.step(-1)).toEqual(hitAt(9));
  stage.find.choose(hitAt(5));
  expect(countWords(stage.find.state)).toBe('2 of 3');
});

test('before the first hit, next is the first and previous the last', async () => {
  for (const [direction, expected] of [
    [1, 1],
    [-1, 9],
  ] as const) {
    const stage = open();
    await stage.type('error');
    expect(countWords(stage.find.state)).toBe('3 hits');
    expect(stage.find.step(direction)).toEqual(hitAt(expected));
  }
});

test('keeps its place while more is read', async () => {
  const stage = open();
  stage.answer = found({ reading: 'under-way' });
  await stage.type('error');
  stage.find.step(1);
  stage.find.step(1);
  expect(countWords(stage.find.state)).toBe('2 of 3+');
  expect(describeReach(stage.find.state)).toBe('Still being read: there may be more.');
  stage.answer = found({ hits: [hitAt(1), hitAt(2), hitAt(5), hitAt(9)] });
  stage.find.refresh();
  await until(() => countWords(stage.find.state) === '3 of 4');
  expect(describeReach(stage.find.state)).toBeUndefined();
});

test('matches case where that is wanted', async () => {
  const stage = open();
  stage.answer = found({ hits: [hitAt(1, 'Error'), hitAt(2, 'error')] });
  await stage.type('Error', true);
  expect(countWords(stage.find.state)).toBe('1 hit');
});

test('says what it does not know, and leaves it to the terminal', async () => {
  const stage = open();
  for (const reading of ['encrypted', 'unreadable'] as const) {
    stage.answer = found({ reading, hits: [] });
    await stage.type('error');
    expect(isTerminalOnly(stage.find.state)).toBe(true);
    expect(describeReach(stage.find.state)).toContain('only the terminal’s lines');
    expect(stage.find.step(1)).toBeUndefined();
  }
  stage.answer = new Error('the search has stopped');
  await stage.type('error');
  expect(isTerminalOnly(stage.find.state)).toBe(true);
  expect(describeReach(stage.find.state)).toMatch(/^The search has stopped\. Only/);
});

test('counts in words', async () => {
  const stage = open();
  expect(countWords({ kind: 'none' })).toBe('');
  expect(countWords({ kind: 'asking', text: 'x' })).toBe('looking');
  stage.answer = found({ hits: [] });
  await stage.type('x');
  expect(countWords(stage.find.state)).toBe('no hits');
  stage.answer = found({ hits: [], reading: 'under-way' });
  await stage.type('y');
  expect(countWords(stage.find.state)).toBe('no hits yet');
  stage.answer = found({ hits: [hitAt(3)], hasMore: true });
  await stage.type('z');
  expect(countWords(stage.find.state)).toBe('1+ hits');
});
