// covers: main/commands/play-head.ts
import { describe, expect, test } from 'vitest';
import {
  createTerminalPlayer,
  type PlaySource,
  type TerminalPlayer,
  type TerminalPlayerOptions,
} from '../../../main/commands/terminal-player.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import type { CastItem } from '../../../main/recording/cast/cast-reader.ts';

interface Sleeper {
  readonly atMicros: number;
  readonly wake: () => void;
}

/** A clock that goes on only when told. */
function createStage(
  events: readonly CastEvent[],
  options: Partial<TerminalPlayerOptions> = {},
  keyframes: readonly number[] = [],
) {
  let nowMicros = 0;
  let sleepers: readonly Sleeper[] = [];
  let screen = '';
  let settled: 'running' | 'ended' | 'failed' = 'running';
  const controller = new AbortController();
  const items: readonly CastItem[] = events.map((event, index) => ({
    kind: 'event',
    event,
    offset: index,
    nextOffset: index + 1,
  }));
  const player: TerminalPlayer = createTerminalPlayer(
    {
      clock: {
        nowMicros: () => nowMicros,
        sleep: (ms, { signal }) =>
          new Promise((resolve, reject) => {
            signal.throwIfAborted();
            const sleeper = { atMicros: nowMicros + ms * 1_000, wake: resolve };
            sleepers = [...sleepers, sleeper];
            signal.addEventListener('abort', () => {
              sleepers = sleepers.filter((one) => one !== sleeper);
              reject(signal.reason);
            });
          }),
      },
      async write(text) {
        screen = text.startsWith('\x1bc') ? text.slice(2) : screen + text;
      },
      markers: async () => ({
        markers: events.filter(({ kind }) => kind === 'marker'),
        isComplete: true,
      }),
      async open(fromMicros): Promise<PlaySource> {
        const at = keyframes.findLast((micros) => micros <= fromMicros);
        return {
          timeMicros: at ?? 0,
          ...(at !== undefined && { state: `<${at / 1e6}>` }),
          async *read() {
            for (const item of items) {
              if (item.kind === 'event' && (at === undefined || item.event.timeMicros > at)) yield item;
            }
          },
        };
      },
    },
    { speed: 1, idleLimitMicros: Number.POSITIVE_INFINITY, fromMicros: 0, ...options },
  );
  const done = player.run({ signal: controller.signal }).then(
    () => {
      settled = 'ended';
    },
    () => {
      settled = 'failed';
    },
  );

  async function turn(): Promise<void> {
    for (let count = 0; count < 5; count += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    player,
    done,
    abort: () => controller.abort(new Error('a signal')),
    screen: () => screen,
    state: () => settled,
    async press(...commands: readonly Parameters<TerminalPlayer['command']>[0][]) {
      for (const command of commands) {
        player.command(command);
        await turn();
      }
    },
    /** Lets so many seconds pass, each sleeper woken at its time. */
    async pass(seconds: number) {
      await turn();
      const end = nowMicros + seconds * 1e6;
      while (true) {
        const [first] = sleepers.toSorted((a, b) => a.atMicros - b.atMicros);
        if (!first || first.atMicros > end) break;
        nowMicros = Math.max(nowMicros, first.atMicros);
        sleepers = sleepers.filter((one) => one !== first);
        first.wake();
        await turn();
      }
      nowMicros = end;
      await turn();
    },
  };
}

const output = (seconds: number, text: string): CastEvent => ({
  kind: 'output',
  timeMicros: seconds * 1e6,
  text,
});
const marker = (seconds: number): CastEvent => ({ kind: 'marker', timeMicros: seconds * 1e6, label: 'here' });
const TEN = Array.from({ length: 10 }, (_, second) => output(second, String(second)));

describe('a replay in a terminal', () => {
  test('shows each output at its time and ends with the last', async () => {
    const stage = createStage(TEN);
    await stage.pass(3.5);
    expect(stage.screen()).toBe('0123');
    await stage.pass(6);
    expect(stage.screen()).toBe('0123456789');
    expect(stage.state()).toBe('ended');
  });

  test('pauses, goes on where it was, and steps', async () => {
    const stage = createStage(TEN);
    await stage.pass(2.5);
    await stage.press('toggle');
    await stage.pass(1_000);
    expect(stage.screen()).toBe('012');
    await stage.press('step', 'step');
    expect(stage.screen()).toBe('01234');
    await stage.press('toggle');
    await stage.pass(0.9);
    expect(stage.screen()).toBe('01234');
    await stage.pass(0.2);
    expect(stage.screen()).toBe('012345');
  });

  test('a step while it plays pauses', async () => {
    const stage = createStage(TEN);
    await stage.pass(0.5);
    await stage.press('step');
    await stage.pass(100);
    expect(stage.screen()).toBe('01');
  });

  test('goes faster and slower', async () => {
    const stage = createStage(TEN);
    await stage.pass(1);
    await stage.press('faster', 'faster');
    await stage.pass(1.1);
    expect(stage.screen()).toBe('012345');
    await stage.press('slower', 'slower', 'slower');
    await stage.pass(1.9);
    expect(stage.screen()).toBe('0123456');
  });

  test('cuts silences to the limit', async () => {
    const stage = createStage([output(0, 'a'), output(3_600, 'b'), output(3_601, 'c')], {
      idleLimitMicros: 2e6,
    });
    await stage.pass(2.1);
    expect(stage.screen()).toBe('ab');
    await stage.pass(1);
    expect(stage.screen()).toBe('abc');
  });

  test('seeks on without showing the time, and back by beginning anew', async () => {
    const stage = createStage(TEN);
    await stage.pass(1.5);
    await stage.press('forward');
    expect(stage.screen()).toBe('0123456');
    await stage.press('back');
    await stage.pass(0.1);
    expect(stage.screen()).toBe('01');
    await stage.press('back', 'back');
    expect(stage.screen()).toBe('0');
    await stage.pass(1.1);
    expect(stage.screen()).toBe('01');
  });

  test('seeks while it is paused, and stays so', async () => {
    const stage = createStage(TEN);
    await stage.press('toggle', 'forward');
    await stage.pass(100);
    expect(stage.screen()).toBe('012345');
    await stage.press('back');
    await stage.pass(100);
    expect(stage.screen()).toBe('0');
  });

  test('takes keyframes where they are nearer, in both directions', async () => {
    const stage = createStage(TEN, {}, [4e6]);
    await stage.pass(0.5);
    await stage.press('forward');
    expect(stage.screen()).toBe('<4>5');
    await stage.press('toggle', 'forward');
    expect(stage.state()).toBe('ended');
    const begun = createStage(TEN, { fromMicros: 6e6 }, [4e6]);
    await begun.pass(0.5);
    expect(begun.screen()).toBe('<4>56');
  });

  test('goes from marker to marker', async () => {
    const stage = createStage([
      ...TEN.slice(0, 4),
      marker(3.5),
      ...TEN.slice(4, 8),
      marker(7.5),
      ...TEN.slice(8),
    ]);
    await stage.press('toggle', 'marker.next');
    expect(stage.screen()).toBe('0123');
    await stage.press('marker.next');
    expect(stage.screen()).toBe('01234567');
    await stage.press('marker.previous');
    expect(stage.screen()).toBe('0123');
    await stage.press('marker.next', 'marker.next', 'marker.next');
    await stage.pass(100);
    expect(stage.screen()).toBe('01234567');
  });

  test('is ended by a key, also while paused, and by a signal', async () => {
    const stage = createStage(TEN);
    await stage.press('toggle', 'end');
    await stage.done;
    expect(stage.state()).toBe('ended');
    const killed = createStage(TEN);
    await killed.pass(1);
    killed.abort();
    await killed.done;
    expect(killed.state()).toBe('failed');
  });
});
