import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { CommandIo } from '../../../main/commands/io.ts';
import { type PlayOptions, runPlay } from '../../../main/commands/play.ts';
import { type CastHeader, formatEvent, formatHeader } from '../../../main/recording/cast/cast.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { until } from '../../fakes/until.ts';

const SIZE = { cols: 80, rows: 24 };
/** Nothing is waited for. */
const FAST = 1e9;

let stage: TestCore;

beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-play-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  stage = await startTestCore({ KUBEREEL_HOME: home });
  await stage.core.library();
});
afterEach(() => stage.end());

async function place(
  outputs: readonly (readonly [seconds: number, text: string])[],
  header: Partial<CastHeader> = {},
): Promise<void> {
  const events = outputs.map(([seconds, text]) =>
    formatEvent({ kind: 'output', timeMicros: seconds * 1e6, text }),
  );
  const path = join(stage.core.paths.recordings, 'one.cast');
  await writeFile(path, formatHeader({ size: SIZE, ...header }) + events.join(''));
}

async function play(
  options: Partial<PlayOptions>,
  { isOutputTerminal = false }: { isOutputTerminal?: boolean } = {},
): Promise<string> {
  let text = '';
  const io = {
    isOutputTerminal,
    size: () => undefined,
    write: async (part: string) => {
      text += part;
    },
  } as Partial<CommandIo> as CommandIo;
  const { signal } = new AbortController();
  expect(await runPlay(stage.core, { recordingId: 'one', speed: FAST, ...options }, io, { signal })).toBe(0);
  return text;
}

test('what came before the moment is there at once, the rest with its timing', async () => {
  await place([
    [0, 'a'],
    [7_000, 'b'],
    [7_001, 'c'],
  ]);
  const { core } = stage;
  const before = core.clock.nowMicros();
  // Two hours at their own speed would be two hours.
  expect(await play({ speed: 1, fromMicros: 7_000.9e6 })).toBe('abc');
  expect(core.clock.nowMicros() - before).toBeGreaterThanOrEqual(0.1e6 - 2_000);
});

test('in a terminal it begins at the keyframe before, where there is one', async () => {
  const line = `${'x'.repeat(70)}\r\n`;
  await place(
    Array.from({ length: 2_000 }, (_, index) => [index, `${line.repeat(9)}line ${index}\r\n`] as const),
  );
  const replays = await stage.core.replays();
  const whole = await play({ fromMicros: 1_999e6 }, { isOutputTerminal: true });
  expect(whole).toContain('line 0\r\n');
  await until(async () => (await replays.timeline('one')).isComplete);
  const begun = await play({ fromMicros: 1_999e6 }, { isOutputTerminal: true });
  expect(begun.startsWith('\x1bc')).toBe(true);
  expect(begun).not.toContain('line 0\r\n');
  expect(begun).toContain('line 1999\r\n');
  // A file gets all of it, as it was.
  expect(await play({ fromMicros: 1_999e6 })).toContain('line 0\r\n');
});

test('what was written without a terminal is shown in one as it would have been, and stays exact in a file', async () => {
  await place([[0, 'a\nb\n']], { context: 'kind', facts: { hasTty: false } });
  expect(await play({}, { isOutputTerminal: true })).toContain('a\r\nb\r\n');
  expect(await play({})).toBe('a\nb\n');
});

test('for programs each output is a line of JSON, in a terminal too', async () => {
  await place([
    [0, 'a\n'],
    [7_000, '\u001b[1m"b"'],
  ]);
  const text = await play({ json: true }, { isOutputTerminal: true });
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { timeMicros: 0, stream: 'stdout', text: 'a\n' },
    { timeMicros: 7_000e6, stream: 'stdout', text: '\u001b[1m"b"' },
  ]);
});
