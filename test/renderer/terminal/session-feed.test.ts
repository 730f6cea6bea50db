import headless from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import type { TerminalRecord } from '../../../preload/terminal-records.ts';
import { createPacedScreen } from '../../../renderer/terminal/paced-screen.ts';
import { createReplyFilter } from '../../../renderer/terminal/reply-filter.ts';
import { feedScreen } from '../../../renderer/terminal/session-feed.ts';
import { createRecordSource, output, type RecordSource, resize } from '../../fakes/record-source.ts';

const caughtUp = (seconds: number): TerminalRecord => ({ kind: 'caught-up', timeMicros: seconds * 1e6 });

function createStage(sources: readonly RecordSource[]) {
  const terminal = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  const controller = new AbortController();
  const log: string[] = [];
  const screen = createPacedScreen(terminal, { signal: controller.signal });
  let opened = 0;
  const fed = feedScreen(
    {
      screen,
      open: () => sources[opened++] as RecordSource,
      onOpened: () => log.push('opened'),
      onCaughtUp: () => log.push(`caught up: ${lineOf(terminal, 0)}`),
      onResized: ({ cols, rows }) => log.push(`${cols}x${rows}`),
    },
    { signal: controller.signal },
  );
  return { terminal, controller, log, fed };
}

function lineOf(terminal: InstanceType<typeof headless.Terminal>, row: number): string {
  return terminal.buffer.active.getLine(row)?.translateToString(true) ?? '';
}

class CodedError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

describe('a session`s view', () => {
  test('shows its records in order and resolves when all of it is on the screen', async () => {
    const source = createRecordSource([
      output(0, 'one '),
      resize(1, 100, 30),
      caughtUp(1),
      output(2, 'two'),
      { kind: 'exit', timeMicros: 3e6, exitCode: 0 },
    ]);
    const { terminal, log, fed } = createStage([source]);
    await fed;
    expect(lineOf(terminal, 0)).toBe('one two');
    expect([terminal.cols, terminal.rows]).toEqual([100, 30]);
    expect(log).toEqual(['opened', '100x30', 'caught up: one ']);
  });

  test('a character cut between two records is one character', async () => {
    const bytes = new TextEncoder().encode('é');
    const source = createRecordSource(
      [...bytes].map((byte) => ({ kind: 'output', timeMicros: 0, bytes: Uint8Array.of(byte) })),
    );
    const { terminal, fed } = createStage([source]);
    await fed;
    expect(lineOf(terminal, 0)).toBe('é');
  });

  test('a marker is a line among the output', async () => {
    const source = createRecordSource([
      output(0, '$'),
      { kind: 'marker', timeMicros: 1e6, label: 'connection lost' },
      { kind: 'marker', timeMicros: 2e6, label: 'reconnected after 1 s, in a new shell' },
      output(2, '$'),
    ]);
    const { terminal, fed } = createStage([source]);
    await fed;
    expect([0, 1, 2, 3].map((row) => lineOf(terminal, row))).toEqual([
      '$',
      '— connection lost —',
      '— reconnected after 1 s, in a new shell —',
      '$',
    ]);
  });

  test('a detached viewer starts anew with an empty screen', async () => {
    const first = createRecordSource([output(0, 'old')], { open: true });
    const second = createRecordSource([output(0, 'new'), caughtUp(0)]);
    const { terminal, log, fed } = createStage([first, second]);
    first.finish(new CodedError('viewer-detached'));
    await fed;
    expect(lineOf(terminal, 0)).toBe('new');
    expect(log).toEqual(['opened', 'opened', 'caught up: new']);
  });

  test('any other failure is the caller`s, and what was shown stays', async () => {
    const source = createRecordSource([output(0, 'kept')], { open: true });
    const { terminal, fed } = createStage([source]);
    source.finish(new CodedError('connection-lost'));
    await expect(fed).rejects.toThrow('connection-lost');
    await new Promise((resolve) => terminal.write('', () => resolve(undefined)));
    expect(lineOf(terminal, 0)).toBe('kept');
  });
});

describe('answers of the terminal', () => {
  function createFiltered() {
    const terminal = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
    const encoder = new TextEncoder();
    const decoder = new TextDecoder();
    const log: string[] = [];
    const filter = createReplyFilter({
      onTyped: (bytes) => log.push(`typed ${JSON.stringify(decoder.decode(bytes))}`),
      onReply: (bytes) => log.push(`reply ${JSON.stringify(decoder.decode(bytes))}`),
    });
    terminal.onData((text) => filter.take(encoder.encode(text)));
    const screen = createPacedScreen(terminal, {
      onParsed: filter.parsed,
      signal: new AbortController().signal,
    });
    return { terminal, screen, log };
  }

  test('what a query brings is told from what is typed, even within a flood', async () => {
    const { terminal, screen, log } = createFiltered();
    const encoder = new TextEncoder();
    const flood = encoder.encode('y\r\n'.repeat(5_000));
    const written = (async () => {
      for (let round = 0; round < 10; round += 1) {
        await screen.write(flood);
        await screen.write(encoder.encode('\x1b[c\x1b[6n'));
        terminal.input('x');
        // Typing is an event of its own: its microtasks have run before anything else does.
        await Promise.resolve();
      }
      await screen.settle();
    })();
    await written;
    await Promise.resolve();
    expect(log.filter((line) => line === 'typed "x"')).toHaveLength(10);
    expect(log.filter((line) => line.startsWith('reply'))).toHaveLength(20);
    expect(log).toHaveLength(30);
  });

  test('what is typed between two writes is not lost', async () => {
    const { terminal, screen, log } = createFiltered();
    terminal.input('a');
    await Promise.resolve();
    await screen.write(new TextEncoder().encode('\x1b[5n'));
    terminal.input('b');
    await screen.settle();
    await Promise.resolve();
    expect(log.toSorted()).toEqual(['reply "\\u001b[0n"', 'typed "a"', 'typed "b"']);
  });
});
