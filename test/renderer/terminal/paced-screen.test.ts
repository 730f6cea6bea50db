import headless from '@xterm/headless';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createPacedScreen,
  type ParsingTerminal,
  UNPARSED_BYTES,
} from '../../../renderer/terminal/paced-screen.ts';

const life = { controller: new AbortController() };
afterEach(() => {
  life.controller.abort(new Error('the test has ended'));
  life.controller = new AbortController();
});

/** A terminal that parses when the test says so. */
function createSlowTerminal(): ParsingTerminal & { readonly log: string[]; parse(): void } {
  const waiting: (() => void)[] = [];
  const log: string[] = [];
  return {
    log,
    write(bytes, parsed) {
      waiting.push(() => {
        log.push(`parsed ${bytes.length}`);
        parsed();
      });
    },
    resize: (cols, rows) => log.push(`resized ${cols}x${rows}`),
    reset: () => log.push('reset'),
    buffer: { active: { type: 'normal', cursorX: 0 } },
    parse: () => waiting.shift()?.(),
  };
}

async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  promise.then(
    () => {
      done = true;
    },
    () => {},
  );
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('writes do not wait for the parser until a bounded amount is unparsed', async () => {
  const terminal = createSlowTerminal();
  const screen = createPacedScreen(terminal, { signal: life.controller.signal });
  await screen.write(new Uint8Array(UNPARSED_BYTES));
  const full = screen.write(new Uint8Array(1));
  expect(await isDone(full)).toBe(false);
  terminal.parse();
  expect(await isDone(full)).toBe(true);
});

test('a frozen parser lets nothing more through', async () => {
  const terminal = createSlowTerminal();
  const screen = createPacedScreen(terminal, { signal: life.controller.signal });
  let written = 0;
  const pump = (async () => {
    for (; written < 100; written += 1) await screen.write(new Uint8Array(8 * 1024));
  })();
  expect(await isDone(pump)).toBe(false);
  expect(written).toBe(8);
  life.controller.abort(new Error('gone'));
  await expect(pump).rejects.toThrow('gone');
});

test('a resize and a reset happen where they stand between the bytes', async () => {
  const terminal = createSlowTerminal();
  const screen = createPacedScreen(terminal, { signal: life.controller.signal });
  await screen.write(new Uint8Array(3));
  const resized = screen.resize({ cols: 100, rows: 30 });
  expect(await isDone(resized)).toBe(false);
  terminal.parse();
  await resized;
  await screen.write(new Uint8Array(4));
  const reset = screen.reset();
  terminal.parse();
  expect(await isDone(reset)).toBe(false);
  terminal.parse();
  await reset;
  expect(terminal.log).toEqual(['parsed 3', 'resized 100x30', 'parsed 4', 'parsed 7', 'reset']);
});

test('after a reset the cursor is seen, and a sequence that had begun is over', async () => {
  const terminal = new headless.Terminal({ cols: 60, rows: 6, allowProposedApi: true });
  const screen = createPacedScreen(terminal, { signal: life.controller.signal });
  const encoder = new TextEncoder();
  await screen.write(encoder.encode('a\x1b[?25l\x1b[3'));
  await screen.reset();
  await screen.write(encoder.encode('1mb'));
  await screen.settle();
  expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('1mb');
  const { _core: core } = terminal as unknown as { _core: { coreService: { isCursorHidden: boolean } } };
  expect(core.coreService.isCursorHidden).toBe(false);
  terminal.dispose();
});

test('a wait for a terminal that is gone ends with its signal', async () => {
  const screen = createPacedScreen(createSlowTerminal(), { signal: life.controller.signal });
  await screen.write(new Uint8Array(1));
  const settled = screen.settle();
  life.controller.abort(new Error('gone'));
  await expect(settled).rejects.toThrow('gone');
  await expect(screen.write(new Uint8Array(1))).rejects.toThrow('gone');
});

describe('a mark', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  async function marked(before: string, label = 'connection lost: it was cut'): Promise<string[]> {
    const terminal = new headless.Terminal({ cols: 60, rows: 6, allowProposedApi: true });
    const screen = createPacedScreen(terminal, { signal: life.controller.signal });
    await screen.write(bytes(before));
    await screen.mark(label);
    await screen.write(bytes('$'));
    await screen.settle();
    const { active } = terminal.buffer;
    return Array.from({ length: 6 }, (_, row) => active.getLine(row)?.translateToString(true) ?? '').filter(
      (line) => line !== '',
    );
  }

  test('is a line of its own, also where the cursor stands in another', async () => {
    expect(await marked('$ ls')).toEqual(['$ ls', '— connection lost: it was cut —', '$']);
    expect(await marked('$ ls\r\n')).toEqual(['$ ls', '— connection lost: it was cut —', '$']);
  });

  test('is dim, and leaves neither its own colour nor the one before it', async () => {
    const terminal = new headless.Terminal({ cols: 60, rows: 6, allowProposedApi: true });
    const screen = createPacedScreen(terminal, { signal: life.controller.signal });
    await screen.write(bytes('\x1b[31mred'));
    await screen.mark('gone');
    await screen.write(bytes('after'));
    await screen.settle();
    const cell = (row: number) => terminal.buffer.active.getLine(row)?.getCell(2);
    expect(cell(1)?.isDim()).not.toBe(0);
    expect(cell(2)?.isDim()).toBe(0);
    expect(cell(2)?.isFgDefault()).toBe(true);
  });

  test('leaves the picture of a program that fills the screen alone', async () => {
    expect(await marked('\x1b[?1049h\x1b[Hvim')).toEqual(['vim$']);
  });

  test('cannot write escape sequences of its own', async () => {
    expect(await marked('', 'a\x1b[2Jb\nc')).toEqual(['— a\\u{1b}[2Jb\\u{a}c —', '$']);
  });
});
