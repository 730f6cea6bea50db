// covers: renderer/library/player-state.ts
import { SerializeAddon } from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import { afterEach, describe, expect, test } from 'vitest';
import type { TerminalRecord } from '../../../preload/terminal-records.ts';
import { createPlayer, type Player } from '../../../renderer/library/player.ts';
import type { PlayerState } from '../../../renderer/library/player-state.ts';
import { createPacedScreen, type Screen } from '../../../renderer/terminal/paced-screen.ts';
import { createManualTimers, type ManualTimers } from '../../fakes/manual-timers.ts';
import { createRecordSource, output, type RecordSource, resize } from '../../fakes/record-source.ts';

const SIZE = { cols: 80, rows: 24 };
const decoder = new TextDecoder();

interface Stage {
  readonly player: Player;
  readonly timers: ManualTimers;
  readonly sources: RecordSource[];
  /** Where each of them was opened, in seconds. */
  readonly openedAt: number[];
  readonly states: PlayerState['kind'][];
  /** What has been put on the screen since it was last reset. */
  shown(): string;
  seconds(): number;
}

const stages: Stage[] = [];
afterEach(() => {
  for (const { player } of stages.splice(0)) player.stop();
});

function stage(
  records: readonly TerminalRecord[],
  options: {
    keyframes?: readonly number[];
    idleSeconds?: number;
    durationSeconds?: number;
    screen?: Partial<Screen>;
    open?: boolean;
    /** Up to where its keyframes are known; all of it by default. */
    knownSeconds?: number;
  } = {},
): Stage {
  const timers = createManualTimers();
  const sources: RecordSource[] = [];
  const openedAt: number[] = [];
  const states: PlayerState['kind'][] = [];
  let shown = '';
  const screen: Screen = {
    async write(bytes) {
      shown += decoder.decode(bytes);
    },
    async settle() {},
    async mark(label) {
      shown += `<${label}>`;
    },
    async resize({ cols, rows }) {
      shown += `<${cols}x${rows}>`;
    },
    async reset() {
      shown = '';
    },
    ...options.screen,
  };
  const lastMicros = records.at(-1)?.timeMicros ?? 0;
  const player = createPlayer(
    {
      screen,
      timers,
      open(fromMicros) {
        openedAt.push(fromMicros / 1e6);
        const begun = options.keyframes?.findLast((seconds) => seconds * 1e6 <= fromMicros) ?? 0;
        const rest = records.filter(({ timeMicros }) => begun === 0 || timeMicros > begun * 1e6);
        const source = createRecordSource(rest, { open: options.open ?? false });
        sources.push(source);
        return source;
      },
      onChanged: (state) => states.push(state.kind),
    },
    {
      size: SIZE,
      durationMicros: (options.durationSeconds ?? lastMicros / 1e6) * 1e6,
      idleSeconds: options.idleSeconds ?? 0,
    },
  );
  player.setKeyframes(
    (options.keyframes ?? []).map((seconds) => seconds * 1e6),
    options.knownSeconds === undefined ? Infinity : options.knownSeconds * 1e6,
  );
  const made: Stage = {
    player,
    timers,
    sources,
    openedAt,
    states,
    shown: () => shown.replace('<80x24>', ''),
    seconds: () => player.positionMicros() / 1e6,
  };
  stages.push(made);
  return made;
}

const letters = [output(0, 'a'), output(1, 'b'), output(2, 'c'), output(5, 'd'), output(10, 'e')];

describe('playing', () => {
  test('each record is shown at its own time, not before', async () => {
    const { player, timers, shown, seconds } = stage(letters);
    player.play();
    await timers.settle();
    expect(shown()).toBe('a');
    await timers.advance(999);
    expect(shown()).toBe('a');
    await timers.advance(1);
    expect(shown()).toBe('ab');
    await timers.advance(3_500);
    expect(shown()).toBe('abc');
    expect(seconds()).toBeCloseTo(4.5, 9);
    await timers.advance(5_500);
    expect(shown()).toBe('abcde');
    expect(player.state).toEqual({ kind: 'ended' });
    expect(seconds()).toBe(10);
  });

  test('timers that fire late do not add up', async () => {
    const records = Array.from({ length: 100 }, (_, index) => output(index / 10, 'x'));
    const { player, timers, shown } = stage(records);
    player.play();
    // Each wake is 7 ms behind the record's time.
    for (let step = 0; step < 50; step += 1) await timers.advance(107);
    expect(shown()).toHaveLength(Math.floor((50 * 107) / 100) + 1);
  });

  test('the first size is the recording`s, later ones come in order with the text', async () => {
    const { player, timers, shown } = stage([output(0, 'a'), resize(1, 100, 30), output(1, 'b')]);
    player.play();
    await timers.advance(1_000);
    expect(shown()).toBe('a<100x30>b');
  });

  test('a recording without a record ends at once', async () => {
    const { player, timers, states } = stage([]);
    player.play();
    await timers.settle();
    expect(player.state).toEqual({ kind: 'ended' });
    expect(states).toEqual(['seeking', 'ended']);
  });

  test('playing on after the end starts again', async () => {
    const { player, timers, shown, sources } = stage(letters);
    player.play();
    await timers.advance(10_000);
    player.play();
    await timers.advance(1_000);
    expect(shown()).toBe('ab');
    expect(sources).toHaveLength(2);
  });

  test('only as much is read as is shown, and one record more', async () => {
    const { player, timers, sources } = stage(letters);
    player.play();
    await timers.advance(1_500);
    expect(sources[0]?.taken).toBe(3);
  });

  test('a silence longer than a timer can count is waited out in parts', async () => {
    const { player, timers, shown } = stage([output(0, 'a'), output(30 * 86_400, 'b')]);
    player.play();
    await timers.advance(29 * 86_400_000);
    expect(shown()).toBe('a');
    await timers.advance(86_400_000);
    expect(shown()).toBe('ab');
  });
});

describe('pausing', () => {
  test('a pause stops time, and going on takes the rest of the wait', async () => {
    const { player, timers, shown, seconds } = stage(letters);
    player.play();
    await timers.advance(1_400);
    player.pause();
    await timers.advance(60_000);
    expect(shown()).toBe('ab');
    expect(seconds()).toBeCloseTo(1.4, 9);
    player.play();
    await timers.advance(599);
    expect(shown()).toBe('ab');
    await timers.advance(1);
    expect(shown()).toBe('abc');
  });

  test('nothing runs while paused', async () => {
    const { player, timers } = stage(letters);
    player.play();
    await timers.advance(500);
    player.pause();
    await timers.settle();
    expect(timers.pending).toBe(0);
  });
});

describe('speed', () => {
  test('a change keeps the position and applies to the wait that is running', async () => {
    const { player, timers, shown, seconds } = stage(letters);
    player.play();
    await timers.advance(3_000);
    player.setSpeed(4);
    expect(seconds()).toBeCloseTo(3, 9);
    await timers.advance(499);
    expect(shown()).toBe('abc');
    await timers.advance(1);
    expect(shown()).toBe('abcd');
    player.setSpeed(0.5);
    await timers.advance(9_999);
    expect(shown()).toBe('abcd');
    await timers.advance(1);
    expect(shown()).toBe('abcde');
  });
});

describe('idle time', () => {
  test('a longer silence is shown as long as wanted, then time jumps to the next record', async () => {
    const { player, timers, shown, seconds } = stage(
      [output(0, 'a'), output(3_600, 'b'), output(3_601, 'c')],
      {
        idleSeconds: 2,
      },
    );
    player.play();
    await timers.advance(1_999);
    expect(shown()).toBe('a');
    expect(seconds()).toBeCloseTo(1.999, 9);
    await timers.advance(1);
    expect(shown()).toBe('ab');
    expect(seconds()).toBe(3_600);
    await timers.advance(1_000);
    expect(shown()).toBe('abc');
  });

  test('a seek into a silence shows no more of it than wanted', async () => {
    const { player, timers, shown } = stage([output(0, 'a'), output(3_600, 'b')], { idleSeconds: 2 });
    player.play();
    await timers.settle();
    await player.seek(1_000e6);
    await timers.advance(1_999);
    expect(shown()).toBe('a');
    await timers.advance(1);
    expect(shown()).toBe('ab');
  });

  test('a new limit applies to the silence that is running', async () => {
    const { player, timers, shown } = stage([output(0, 'a'), output(3_600, 'b')]);
    player.play();
    await timers.advance(10_000);
    player.setIdleSeconds(5);
    await timers.settle();
    expect(shown()).toBe('ab');
  });
});

describe('seeking', () => {
  test('forward: everything up to that moment is shown at once, without reading anew', async () => {
    const { player, timers, shown, seconds, sources } = stage(letters);
    player.play();
    await timers.settle();
    await player.seek(5e6);
    expect(shown()).toBe('abcd');
    expect(seconds()).toBe(5);
    expect(player.state.kind).toBe('playing');
    await timers.advance(4_999);
    expect(shown()).toBe('abcd');
    await timers.advance(1);
    expect(shown()).toBe('abcde');
    expect(sources).toHaveLength(1);
  });

  test('backward: the screen is built anew from the start', async () => {
    const { player, timers, shown, seconds, sources } = stage(letters);
    player.play();
    await timers.advance(6_000);
    await player.seek(1.5e6);
    expect(shown()).toBe('ab');
    expect(seconds()).toBe(1.5);
    expect(sources).toHaveLength(2);
    expect(sources[0]?.isClosed).toBe(true);
    await timers.advance(500);
    expect(shown()).toBe('abc');
  });

  test('a little back within a silence needs no reading', async () => {
    const { player, timers, sources, seconds } = stage(letters);
    player.play();
    await timers.advance(4_900);
    await player.seek(3e6);
    expect(sources).toHaveLength(1);
    expect(seconds()).toBe(3);
  });

  test('while paused it stays paused, at exactly that moment', async () => {
    const { player, timers, shown, seconds } = stage(letters);
    player.play();
    await timers.advance(500);
    player.pause();
    await player.seek(2e6);
    await timers.advance(60_000);
    expect(player.state).toEqual({ kind: 'paused' });
    expect(shown()).toBe('abc');
    expect(seconds()).toBe(2);
  });

  test('the last of many wins, and all of them resolve', async () => {
    const { player, timers, shown, seconds } = stage(letters);
    player.play();
    await timers.advance(6_000);
    player.pause();
    await Promise.all([1, 7, 0.5, 3, 2].map((second) => player.seek(second * 1e6)));
    expect(shown()).toBe('abc');
    expect(seconds()).toBe(2);
  });

  test('to the end and beyond: the replay has ended, at its duration', async () => {
    const { player, timers, shown, seconds } = stage(letters);
    player.play();
    await timers.settle();
    await player.seek(99e6);
    expect(shown()).toBe('abcde');
    expect(player.state).toEqual({ kind: 'ended' });
    expect(seconds()).toBe(10);
  });

  test('back from the end: paused where it came down', async () => {
    const { player, timers, shown } = stage(letters);
    player.play();
    await timers.advance(10_000);
    await player.seek(2e6);
    expect(player.state).toEqual({ kind: 'paused' });
    expect(shown()).toBe('abc');
  });

  test('a recording that has grown is read anew when its new part is wanted', async () => {
    const grown = [...letters];
    const { player, timers, shown, sources } = stage(grown);
    player.play();
    await timers.advance(10_000);
    await player.seek(10e6);
    expect(sources).toHaveLength(1);
    grown.push(output(12, 'f'));
    player.setDuration(12e6);
    await player.seek(12e6);
    expect(shown()).toBe('abcdef');
    expect(sources).toHaveLength(2);
  });

  test('two readings never write to the screen at once', async () => {
    const gate = Promise.withResolvers<void>();
    let writing = 0;
    let most = 0;
    const { player, timers } = stage(letters, {
      screen: {
        async write() {
          writing += 1;
          most = Math.max(most, writing);
          await gate.promise;
          writing -= 1;
        },
      },
    });
    player.play();
    await timers.advance(2_000);
    const sought = player.seek(0);
    await timers.settle();
    gate.resolve();
    await sought;
    expect(most).toBe(1);
  });
});

describe('when it cannot keep up', () => {
  test('a screen that is late holds time back instead of racing after it', async () => {
    const gate = Promise.withResolvers<void>();
    let isFirst = true;
    const { player, timers, seconds } = stage([output(0, 'a'), output(1, 'b'), output(60, 'c')], {
      screen: {
        async write() {
          if (isFirst) await gate.promise;
          isFirst = false;
        },
      },
    });
    player.play();
    await timers.settle();
    player.setSpeed(1);
    await timers.advance(30_000);
    expect(seconds()).toBe(0);
    gate.resolve();
    await timers.settle();
    expect(seconds()).toBeLessThanOrEqual(1);
  });

  test('a stream that fails says so, keeps what was shown, and can be tried again', async () => {
    const { player, timers, sources, shown } = stage([output(0, 'a'), output(1, 'b')], { open: true });
    player.play();
    await timers.advance(1_000);
    sources[0]?.finish(new Error('the file is gone'));
    await timers.settle();
    expect(player.state).toMatchObject({ kind: 'failed', error: new Error('the file is gone') });
    expect(shown()).toBe('ab');
    player.play();
    await timers.settle();
    expect(sources).toHaveLength(2);
  });

  test('a stopped player reads no more and leaves no timer', async () => {
    const { player, timers, sources } = stage(letters);
    player.play();
    await timers.advance(500);
    player.stop();
    await timers.settle();
    expect(sources[0]?.isClosed).toBe(true);
    expect(timers.pending).toBe(0);
  });
});

describe('on a real terminal', () => {
  /** Colours, cursor moves, the other screen, sizes, and characters cut between records. */
  function wildRecords(): TerminalRecord[] {
    const records: TerminalRecord[] = [];
    const lines = [
      '\x1b[1;32mé',
      '日本\x1b[0m語',
      '\x1b[5;10H\x1b[7mat\x1b[0m',
      '\r\n',
      '\x1b[?1049h\x1b[2Jvi',
      '\x1b[?1049l',
    ];
    const bytes = new TextEncoder().encode(lines.join(''));
    for (let index = 0; index < bytes.length * 4; index += 1) {
      const byte = bytes[index % bytes.length] as number;
      records.push({ kind: 'output', timeMicros: index * 1e4, bytes: Uint8Array.of(byte) });
      if (index % 50 === 49) records.push(resize(index / 100, 60 + (index % 30), 20 + (index % 7)));
    }
    return records;
  }

  async function play(records: readonly TerminalRecord[], seeks: readonly number[]): Promise<string> {
    const terminal = new headless.Terminal({ ...SIZE, allowProposedApi: true });
    const addon = new SerializeAddon();
    // Its types name the browser's terminal; the parts that it uses are the same.
    terminal.loadAddon(addon as never);
    const controller = new AbortController();
    const player = createPlayer(
      {
        screen: createPacedScreen(terminal, { signal: controller.signal }),
        timers: createManualTimers(),
        open: () => createRecordSource(records),
        onChanged: () => {},
      },
      { size: SIZE, durationMicros: records.at(-1)?.timeMicros ?? 0, idleSeconds: 0 },
    );
    for (const micros of seeks) await player.seek(micros);
    player.stop();
    return `${terminal.cols}x${terminal.rows} ${addon.serialize()}`;
  }

  test('any way to a moment shows the same as the straight one', async () => {
    const records = wildRecords();
    const lastMicros = records.at(-1)?.timeMicros ?? 0;
    for (const share of [0.1, 0.33, 0.5, 0.81, 1]) {
      const target = Math.round(lastMicros * share);
      const straight = await play(records, [target]);
      expect(await play(records, [lastMicros, target])).toBe(straight);
      expect(await play(records, [target / 3, lastMicros * 0.9, 0, target])).toBe(straight);
    }
    expect(await play(records, [lastMicros])).not.toBe(await play(records, [lastMicros / 2]));
  });
});

describe('keyframes', () => {
  test('a seek far ahead begins at the one before it, a short one reads on', async () => {
    const { player, timers, shown, openedAt } = stage(letters, { keyframes: [4] });
    player.play();
    await timers.settle();
    await player.seek(1.5e6);
    expect(openedAt).toEqual([0]);
    expect(shown()).toBe('ab');
    await player.seek(7e6);
    expect(openedAt).toEqual([0, 7]);
    // What came before stands in the keyframe.
    expect(shown()).toBe('d');
    await player.seek(8e6);
    expect(openedAt).toEqual([0, 7]);
  });

  test('far beyond what is known, a seek opens it anew, and near it reads on', async () => {
    const long = [output(0, 'a'), output(30, 'b'), output(200, 'c')];
    const { player, timers, shown, openedAt } = stage(long, { knownSeconds: 10 });
    player.play();
    await timers.settle();
    await player.seek(31e6);
    expect(openedAt).toEqual([0]);
    await player.seek(150e6);
    expect(openedAt).toEqual([0, 150]);
    expect(shown()).toBe('ab');
  });

  test('a seek back opens the recording at that moment', async () => {
    const { player, timers, openedAt, seconds } = stage(letters, { keyframes: [4] });
    player.play();
    await timers.settle();
    await player.seek(10e6);
    await player.seek(6e6);
    expect(openedAt.at(-1)).toBe(6);
    expect(seconds()).toBe(6);
  });
});

describe('a glimpse', () => {
  const end = (seconds: number): TerminalRecord => ({ kind: 'glimpse', timeMicros: seconds * 1e6 });

  test('is shown and said to be one, until all of it is known and takes its place', async () => {
    const { player, timers, sources, states, shown, seconds } = stage([], {
      durationSeconds: 100,
      open: true,
    });
    const isGlimpse = (): boolean => player.state.kind === 'seeking' && player.state.isGlimpse === true;
    let isThere = false;
    const sought = player.seek(90e6).then(() => {
      isThere = true;
    });
    await timers.settle();
    sources[0]?.push(output(88, 'only '), output(89, 'the end'));
    await timers.settle();
    expect(isGlimpse()).toBe(false);
    sources[0]?.push(end(90));
    await timers.settle();
    expect(isGlimpse()).toBe(true);
    expect(shown()).toBe('only the end');
    expect(isThere).toBe(false);
    sources[0]?.push(output(80, 'what was before, '), output(89, 'the end'));
    await timers.settle();
    expect(isGlimpse()).toBe(false);
    sources[0]?.push(output(95, 'later'));
    await sought;
    expect(shown()).toBe('what was before, the end');
    expect(seconds()).toBe(90);
    expect(states.at(-1)).toBe('paused');
  });

  test('that is left for another moment is forgotten', async () => {
    const { player, timers, sources, openedAt, shown } = stage([], { durationSeconds: 100, open: true });
    void player.seek(90e6);
    await timers.settle();
    sources[0]?.push(output(88, 'there'), end(90));
    await timers.settle();
    const sought = player.seek(20e6);
    await timers.settle();
    expect(openedAt).toEqual([90, 20]);
    sources[1]?.push(output(19, 'here'), output(21, 'later'));
    await sought;
    expect(shown()).toBe('here');
  });
});

describe('stepping', () => {
  test('goes from one output to the next and back, and pauses', async () => {
    const { player, timers, shown, seconds } = stage(letters);
    player.play();
    await timers.advance(1_100);
    player.step(1);
    await timers.settle();
    expect([shown(), seconds(), player.state.kind]).toEqual(['abc', 2, 'paused']);
    player.step(1);
    await timers.settle();
    expect([shown(), seconds()]).toEqual(['abcd', 5]);
    player.step(-1);
    await timers.settle();
    expect(shown()).toBe('abc');
    player.step(-1);
    await timers.settle();
    expect(shown()).toBe('ab');
    player.step(1);
    await timers.settle();
    expect(shown()).toBe('abc');
    await timers.advance(10_000);
    expect(shown()).toBe('abc');
  });

  test('goes back from the end, and not beyond it', async () => {
    const { player, timers, shown } = stage(letters);
    player.play();
    await timers.advance(20_000);
    player.step(1);
    await timers.settle();
    expect(player.state.kind).toBe('ended');
    player.step(-1);
    await timers.settle();
    expect(shown()).toBe('abcd');
  });
});

describe('a live recording', () => {
  const caughtUp = { kind: 'caught-up' as const, timeMicros: 10e6 };

  test('is followed: what is written is shown at once', async () => {
    const { player, timers, shown, sources } = stage([...letters, caughtUp], { open: true });
    player.play();
    await timers.settle();
    await player.seek(10e6);
    expect(player.state.kind).toBe('following');
    sources[0]?.push(output(60, 'f'));
    await timers.settle();
    expect(shown()).toBe('abcdef');
    expect(player.positionMicros()).toBe(60e6);
    sources[0]?.finish();
    await timers.settle();
    expect(player.state.kind).toBe('ended');
  });

  test('that is paused at its end waits, and goes on with what came meanwhile', async () => {
    const { player, timers, shown, sources } = stage([...letters, caughtUp], { open: true });
    await player.seek(10e6);
    expect([player.state.kind, shown()]).toEqual(['paused', 'abcde']);
    sources[0]?.push(output(60, 'f'), { ...caughtUp, timeMicros: 60e6 });
    await timers.settle();
    expect(shown()).toBe('abcde');
    player.setDuration(60e6);
    player.play();
    await player.seek(60e6);
    await timers.settle();
    expect(shown()).toBe('abcdef');
  });
});
