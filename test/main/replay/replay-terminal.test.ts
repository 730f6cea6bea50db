// covers: main/terminal/snapshot.ts
// covers: main/terminal/screen-lines.ts
// covers: main/terminal/pen.ts
// covers: main/terminal/terminal-internals.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TerminalSize } from '../../../main/base/terminal-size.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { createReplayTerminal, type ReplayTerminal } from '../../../main/replay/replay-terminal.ts';
import { REAL_PROGRAMS, readRealRecording } from '../../fakes/real-recordings.ts';
import { describeScreen } from '../../fakes/screen-state.ts';

const SMALL: TerminalSize = { cols: 12, rows: 5 };

function output(text: string): CastEvent {
  return { kind: 'output', timeMicros: 0, text };
}

async function withTerminals<T>(
  size: TerminalSize,
  run: (one: ReplayTerminal, other: ReplayTerminal) => Promise<T>,
): Promise<T> {
  const one = createReplayTerminal(size);
  const other = createReplayTerminal(size);
  try {
    return await run(one, other);
  } finally {
    one.dispose();
    other.dispose();
  }
}

async function screenOf(terminal: ReplayTerminal): Promise<object> {
  await terminal.settle();
  return describeScreen(terminal.terminal);
}

/** Snapshots before every event, and both go on alike for a while after. Resolves with how many were taken. */
async function compareAtEach(size: TerminalSize, events: readonly CastEvent[]): Promise<number> {
  return withTerminals(size, async (played, sought) => {
    let taken = 0;
    let current = size;
    const snapshots: (string | undefined)[] = [];
    const screens: object[] = [];
    const sizes: TerminalSize[] = [];
    for (const event of events) {
      snapshots.push(await played.snapshot(event));
      screens.push(await screenOf(played));
      sizes.push(current);
      await played.show(event);
      if (event.kind === 'resize') current = event.size;
    }
    screens.push(await screenOf(played));
    for (const [index, snapshot] of snapshots.entries()) {
      if (snapshot === undefined) continue;
      taken += 1;
      await sought.restore(snapshot, sizes[index] ?? size);
      expect(await screenOf(sought), `restored before event ${index}`).toEqual(screens[index]);
      for (let next = index; next < Math.min(events.length, index + FOLLOWED); next += 1) {
        await sought.show(events[next] ?? output(''));
        expect(await screenOf(sought), `event ${next} after ${index}`).toEqual(screens[next + 1]);
      }
    }
    return taken;
  });
}

const FOLLOWED = 6;

describe('a snapshot of a real program`s screen', () => {
  for (const program of REAL_PROGRAMS) {
    test(`${program}: brings back the screen at every event at which one is taken`, async () => {
      const { header, events } = await readRealRecording(program);
      const taken = await compareAtEach(header.size, events);
      expect(taken).toBeGreaterThan(events.length * 0.5);
    });
  }
});

describe('a snapshot of any screen', () => {
  const words = fc.constantFrom(
    'a',
    'bc ',
    'é',
    '世',
    'e\u0301',
    '👩🏽',
    'a line that is longer than the screen',
    '\t',
  );
  const lines = fc.constantFrom('\r\n', '\n', '\r', '\b', '\x1bM', '\x1bD', '\x1bE');
  const pens = fc.constantFrom(
    '\x1b[m',
    '\x1b[1;2m',
    '\x1b[3;31;44m',
    '\x1b[38;5;200;48;2;1;2;3m',
    '\x1b[4:3;58:2::9:8:7m',
    '\x1b[7;9;53m',
    '\x1b[100;97m',
    '\x1b]8;id=1;http://x/\x1b\\',
    '\x1b]8;;\x1b\\',
  );
  const moves = fc.constantFrom(
    '\x1b[H',
    '\x1b[3;5H',
    '\x1b[99;99H',
    '\x1b[A',
    '\x1b[5C',
    '\x1b[K',
    '\x1b[1K',
    '\x1b[2J',
    '\x1b[J',
    '\x1b[2X',
    '\x1b[2L',
    '\x1b[M',
    '\x1b[3@',
    '\x1b[2P',
    '\x1b[2S',
    '\x1b[T',
    '\x1b[3b',
  );
  const modes = fc.constantFrom(
    '\x1b[2;4r',
    '\x1b[r',
    '\x1b[?6h',
    '\x1b[?6l',
    '\x1b[?7l',
    '\x1b[?7h',
    '\x1b[4h',
    '\x1b[4l',
    '\x1b[?1049h',
    '\x1b[?1049l',
    '\x1b[?47h',
    '\x1b[?47l',
    '\x1b7',
    '\x1b8',
    '\x1b(0',
    '\x1b(B',
    '\x1b)0\x0e',
    '\x0f',
    '\x1b[?25l',
    '\x1b[?25h',
    '\x1b[5 q',
    '\x1b[?1003;1006h',
    '\x1b[?2004h',
    '\x1bH',
    '\x1b[3g',
    '\x1bc',
    '\x1b[!p',
    '\x1b[',
    '\x1b]0;ti',
    'tle\x07',
  );
  const text = fc.oneof({ arbitrary: words, weight: 4 }, { arbitrary: lines, weight: 2 }, pens, moves, modes);
  const event = fc.oneof(
    { arbitrary: text.map(output), weight: 12 },
    fc.record({
      kind: fc.constant('marker' as const),
      timeMicros: fc.constant(0),
      label: fc.constant('here'),
    }),
  );

  test('brings it back, and goes on as it would have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 40 }), async (events) => {
        await compareAtEach(SMALL, events);
      }),
      // Always the same: what one program in thousands does wrong is found by letting this run longer, not in a build.
      { numRuns: 60, seed: 20_261_121 },
    );
  });

  test('is not taken within a sequence, nor before what may join the last character', async () => {
    await withTerminals(SMALL, async (terminal) => {
      await terminal.show(output('a\x1b[3'));
      expect(await terminal.snapshot(output('1mb'))).toBeUndefined();
      await terminal.show(output('1m👩'));
      expect(await terminal.snapshot(output('\u200d🚀'))).toBeUndefined();
      expect(await terminal.snapshot({ kind: 'exit', timeMicros: 0, exitCode: 0 })).toBeDefined();
    });
  });

  test('is not taken of a size beyond all windows, which costs no memory', async () => {
    await withTerminals({ cols: 65_535, rows: 65_535 }, async (terminal) => {
      await terminal.show(output('a'));
      expect(await terminal.snapshot(output('\r\n'))).toBeUndefined();
      await terminal.show({ kind: 'resize', timeMicros: 0, size: SMALL });
      expect(await terminal.snapshot(output('\r\n'))).toBeDefined();
    });
  });
});
