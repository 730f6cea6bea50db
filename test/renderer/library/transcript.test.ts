import { expect, test } from 'vitest';
import type { TranscriptLine } from '../../../preload/contract.ts';
import { createTranscript, type Transcript } from '../../../renderer/library/transcript.ts';
import { pageOf, type ToldText } from '../../fakes/page-transcript.ts';
import { until } from '../../fakes/until.ts';

/** Pages of 25 lines, one line a second. */
function linesUpTo(count: number): readonly TranscriptLine[] {
  return Array.from({ length: count }, (_, index) => ({ timeMicros: index * 1e6, text: `line ${index}` }));
}

interface Stage {
  readonly transcript: Transcript;
  readonly asked: object[];
  told: ToldText | Error;
  readonly life: AbortController;
}

function open(told: ToldText | Error): Stage {
  const life = new AbortController();
  const asked: object[] = [];
  const stage = { asked, told, life };
  const client = {
    async call(_name: string, input: object) {
      asked.push((input as { at: object }).at);
      if (stage.told instanceof Error) throw stage.told;
      return pageOf(stage.told, input) as never;
    },
  };
  const transcript = createTranscript({ client, onChanged: () => {} }, 'one', life);
  return Object.assign(stage, { transcript });
}

const whole = (count: number): ToldText => ({ reading: 'whole', lines: linesUpTo(count) });

test('lines are asked for when they are looked at, each part once', async () => {
  const { transcript, asked } = open(whole(100));
  transcript.want(0, 10);
  transcript.want(0, 10);
  await until(() => transcript.lineAt(0));
  expect(transcript.state).toEqual({ kind: 'known', reading: 'whole', lineCount: 100 });
  expect(transcript.lineAt(30)).toBeUndefined();
  transcript.want(20, 60);
  await until(() => transcript.lineAt(30));
  transcript.want(20, 60);
  await until(() => transcript.lineAt(50)?.text === 'line 50');
  transcript.want(20, 60);
  expect(asked).toEqual([{ line: 0 }, { line: 25 }, { line: 50 }]);
});

test('the line of a moment is known without asking, where its part is here', async () => {
  const { transcript, asked } = open(whole(100));
  expect(transcript.lineOf(40.5e6)).toBeUndefined();
  await until(() => transcript.lineOf(40.5e6) === 40);
  expect(transcript.lineOf(49.9e6)).toBe(49);
  expect(transcript.lineOf(25e6)).toBe(25);
  expect(asked).toEqual([{ timeMicros: 40.5e6 }]);
  expect(transcript.lineOf(50e6)).toBeUndefined();
  await until(() => transcript.lineOf(50e6) === 50);
  transcript.want(99, 100);
  await until(() => transcript.lineOf(1e12) === 99);
});

test('before the first line there is none, and in a recording without text neither', async () => {
  const later = open({ reading: 'whole', lines: [{ timeMicros: 5e6, text: 'late' }] });
  later.transcript.want(0, 1);
  await until(() => later.transcript.lineOf(1e6) === -1);
  const blank = open(whole(0));
  blank.transcript.want(0, 1);
  await until(() => blank.transcript.lineOf(1e6) === -1);
});

test('what grows is asked for again, what is full is not', async () => {
  const stage = open({ reading: 'under-way', lines: linesUpTo(30) });
  const { transcript, asked } = stage;
  transcript.want(0, 30);
  await until(() => transcript.lineAt(0));
  transcript.want(0, 30);
  await until(() => transcript.lineAt(29));
  stage.told = whole(60);
  transcript.want(20, 30);
  transcript.refresh();
  // What is shown stays meanwhile.
  expect(transcript.lineAt(29)?.text).toBe('line 29');
  await until(() => transcript.state.kind === 'known' && transcript.state.reading === 'whole');
  transcript.want(20, 60);
  await until(() => transcript.lineAt(59));
  expect(transcript.state).toMatchObject({ lineCount: 60 });
  expect(asked).toEqual([{ line: 0 }, { line: 25 }, { line: 25 }, { line: 50 }]);
});

test('a failure is told, and asking again mends it', async () => {
  const stage = open(Object.assign(new Error('the search has stopped'), { code: 'search-failed' }));
  stage.transcript.want(0, 1);
  await until(() => stage.transcript.state.kind === 'failed');
  expect(stage.transcript.state).toMatchObject({ problem: { code: 'search-failed' } });
  stage.told = whole(3);
  stage.transcript.refresh();
  await until(() => stage.transcript.lineAt(2)?.text === 'line 2');
});

test('of a long recording a bounded part is kept', async () => {
  const { transcript } = open(whole(2_000));
  for (let index = 0; index < 2_000; index += 25) {
    transcript.want(index, index + 1);
    // Eighty times: not with the pauses of other waits.
    while (!transcript.lineAt(index)) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(transcript.lineAt(0)).toBeUndefined();
  expect(transcript.lineAt(1_999)?.text).toBe('line 1999');
});
