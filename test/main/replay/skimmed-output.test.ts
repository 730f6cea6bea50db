import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { createReplayTerminal, type ReplayTerminal } from '../../../main/replay/replay-terminal.ts';
import { createSkimmedOutput } from '../../../main/replay/skimmed-output.ts';
import { describeScreen } from '../../fakes/screen-state.ts';

const SIZE = { cols: 20, rows: 4 };
const PROBE: CastEvent = { kind: 'marker', timeMicros: 0, label: '' };

interface Looked {
  readonly screen: object;
  readonly snapshot: string | undefined;
}

async function look(terminal: ReplayTerminal): Promise<Looked> {
  await terminal.settle();
  return { screen: describeScreen(terminal.terminal), snapshot: await terminal.snapshot(PROBE) };
}

/** What is on the screen, and all that a snapshot holds, after each batch; and how much was parsed for that. */
async function showAll(
  batches: readonly (readonly CastEvent[])[],
  { isSkimmed }: { readonly isSkimmed: boolean },
): Promise<{ readonly looks: readonly Looked[]; readonly parsedChars: number }> {
  const terminal = createReplayTerminal(SIZE);
  let parsedChars = 0;
  const counted: ReplayTerminal = {
    ...terminal,
    show(event) {
      if (event.kind === 'output') parsedChars += event.text.length;
      return terminal.show(event);
    },
  };
  const skimmed = createSkimmedOutput(counted);
  const looks: Looked[] = [];
  try {
    for (const batch of batches) {
      for (const event of batch) await (isSkimmed ? skimmed : counted).show(event);
      await skimmed.catchUp();
      looks.push(await look(terminal));
    }
    return { looks, parsedChars };
  } finally {
    terminal.dispose();
  }
}

function output(text: string): CastEvent {
  return { kind: 'output', timeMicros: 0, text };
}

const scrolling = fc.oneof(
  fc.constantFrom(
    'line\r\n',
    'a line that is longer than the screen is wide, and wraps\r\n',
    '\n',
    'staircase\n',
    '\u001b[31mred\u001b[0m\r\n',
    '\u001b[1m\u001b[44mstays so\r\n',
    '\u001b[4:3;58:5:3mcurly ',
    '\u001b[m',
    '\u001b]8;;http://one.example\u001b\\link\r\n',
    '\u001b]8;id=2;http://two.example\u0007still ',
    '\u001b]8;;\u001b\\',
    '\u001b]0;title\u0007\u001b]133;A\u001b\\',
    '10 %\r20 %\r',
    '\tx\b\by\r\n',
    '错误 wide ⚠️ e\u0301\r\n',
  ),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => `${text}\r\n`),
);
const moving = fc.constantFrom(
  '\u001b[H\u001b[2J',
  '\u001b[2;3r',
  '\u001b[r',
  '\u001b[?1049h',
  '\u001b[?1049l',
  '\u001b[?45h',
  '\u001b[?45l',
  '\u001b[?7l',
  '\u001b[?7h',
  '\u001b[4h',
  '\u001b[4l',
  '\u001b7',
  '\u001b8',
  '\u001b[3A\u001b[5C',
  '\u001bM',
  '\u000e\u001b)0',
  '\u000f',
  '\u001b[?6h',
  '\u001b[3',
  '1m',
  '\u001b]0;half a title',
  '\u0007',
  '\u001bc',
  '\u000b\u000c',
  '\u0084\u008d',
);
/** Many of the same, so that what was there scrolls away; in one event or in several. */
const stretch = fc
  .tuple(fc.array(scrolling, { minLength: 1, maxLength: 6 }), fc.nat(900), fc.integer({ min: 1, max: 40 }))
  .map(([texts, count, perEvent]) => {
    const events: CastEvent[] = [];
    for (let line = 0; line < count; line += perEvent) {
      const some = Array.from({ length: perEvent }, (_, index) => texts[(line + index) % texts.length]);
      events.push(output(some.join('')));
    }
    return events;
  });
const other = fc.oneof(
  moving.map((text) => [output(text)]),
  fc
    .record({ cols: fc.integer({ min: 2, max: 40 }), rows: fc.integer({ min: 1, max: 8 }) })
    .map((size): CastEvent[] => [{ kind: 'resize', timeMicros: 0, size }]),
  fc.constant<CastEvent[]>([{ kind: 'marker', timeMicros: 0, label: 'here' }]),
);
const batches = fc.array(
  fc.array(fc.oneof({ weight: 2, arbitrary: stretch }, other), { maxLength: 5 }).map((parts) => parts.flat()),
  { minLength: 1, maxLength: 4 },
);

describe('skimmed output', () => {
  test('leaves the terminal as if all of it had been parsed', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const exact = await showAll(all, { isSkimmed: false });
        const skimmed = await showAll(all, { isSkimmed: true });
        expect(skimmed.looks).toEqual(exact.looks);
      }),
      { numRuns: 30 },
    );
  });

  test('parses of a long log no more than stays of it', async () => {
    const lines = Array.from({ length: 20_000 }, (_, number) =>
      output(`\u001b[32mline\u001b[0m ${number}\r\n`),
    );
    const { looks, parsedChars } = await showAll([lines], { isSkimmed: true });
    expect(parsedChars).toBeLessThan(20_000);
    expect(JSON.stringify(looks)).toContain('19999');
  });

  test('parses all where lines do not scroll away', async () => {
    const lines = Array.from({ length: 5_000 }, (_, number) => output(`line ${number}\r\n`));
    const { parsedChars } = await showAll([[output('\u001b[?1049h'), ...lines]], { isSkimmed: true });
    const chars = lines.reduce((sum, event) => sum + (event.kind === 'output' ? event.text.length : 0), 8);
    expect(parsedChars).toBe(chars);
  });
});
