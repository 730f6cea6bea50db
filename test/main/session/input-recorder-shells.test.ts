// covers: main/session/input-recorder.ts
import { spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createInputRecorder, type InputNote } from '../../../main/session/input-recorder.ts';
import { until } from '../../fakes/until.ts';

const SIZE = { cols: 80, rows: 24 };
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A real program in a real terminal, with a recorder between it and the keyboard. */
async function start(program: string, args: readonly string[]) {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-typing-'));
  const recorder = createInputRecorder(SIZE.cols);
  const notes: InputNote[] = [];
  let output = '';
  // A machine that stands still must not make an echo late: each key and each piece of output takes a millisecond.
  let lastMicros = 0;
  const nowMicros = (): number => {
    lastMicros += 1_000;
    return lastMicros;
  };
  const terminal = spawn(program, [...args], {
    ...SIZE,
    name: 'xterm-256color',
    cwd: home,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      PS1: 'ready$ ',
    },
    encoding: null,
  });
  terminal.onData((data) => {
    const bytes = data as unknown as Buffer;
    notes.push(...recorder.printed(bytes, nowMicros()));
    output += bytes.toString();
  });
  const exited = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  stops.push(() => terminal.kill('SIGKILL'));
  const seen = (text: string): Promise<unknown> =>
    vi.waitUntil(() => output.includes(text), { timeout: 30_000, interval: 5 });
  const press = (text: string): void => {
    notes.push(...recorder.typed(Buffer.from(text), nowMicros()));
    terminal.write(text);
  };
  return {
    notes,
    exited,
    press,
    seen,
    typed: () => notes.flatMap((note) => (note.kind === 'typed' ? [note.text] : [])),
    /** Key by key, each seen before the next. */
    async type(text: string): Promise<void> {
      for (const character of text) {
        const before = output.length;
        press(character);
        await vi.waitUntil(() => output.length > before, { timeout: 30_000, interval: 1 });
      }
    },
    has: (text: string) => output.includes(text),
    forget: () => {
      output = '';
    },
  };
}

const hasVim = spawnSync('vim', ['--version']).status === 0;
const SECRET = 'hunter2-swordfish';

describe.skipIf(process.platform === 'win32')('with a real shell', () => {
  test.each([
    ['bash with its line editor', ['--norc', '--noprofile', '-i']],
    ['bash without one', ['--norc', '--noprofile', '--noediting', '-i']],
  ])('%s: commands are given, what read -s reads is not', async (_what, args) => {
    const shell = await start('bash', args);
    await shell.seen('ready$ ');
    await shell.type('read -rsp "Secret: " word');
    shell.forget();
    shell.press('\r');
    await shell.seen('Secret: ');
    for (const character of SECRET) shell.press(character);
    shell.forget();
    shell.press('\r');
    await shell.seen('ready$ ');
    await shell.type('expr length $word');
    shell.forget();
    shell.press('\r');
    await shell.seen(`${SECRET.length}\r\n`);
    expect(shell.notes).toEqual([
      { kind: 'typed', text: 'read -rsp "Secret: " word\r' },
      { kind: 'hidden' },
      { kind: 'typed', text: 'expr length $word\r' },
    ]);
  });

  test('a secret that was typed ahead of its prompt is not given', async () => {
    const shell = await start('bash', ['--norc', '--noprofile', '-i']);
    await shell.seen('ready$ ');
    shell.press('read -rs word; echo e""nd\r');
    shell.press(SECRET);
    await until(() => {
      // Until one of them meets a terminal that ends lines by it.
      shell.press('\n');
      return shell.has('end\r\n');
    });
    expect(shell.typed().join('')).not.toContain(SECRET);
  });

  test('a line that is corrected is given as it was typed', async () => {
    const shell = await start('bash', ['--norc', '--noprofile', '-i']);
    await shell.seen('ready$ ');
    await shell.type('echo onx');
    await shell.type('\x7f');
    await shell.type('e tw');
    await shell.type('\x01');
    shell.press('\x05');
    shell.forget();
    shell.press('\r');
    await shell.seen('one tw');
    expect(shell.typed()).toEqual(['echo onx\x7fe tw\x01\x05\r']);
  });

  test.skipIf(!hasVim)('vim: what is typed in it, and its key for encryption, is not given', async () => {
    const shell = await start('bash', ['--norc', '--noprofile', '-i']);
    await shell.seen('ready$ ');
    await shell.type('vim -u NONE -n note');
    shell.press('\r');
    await shell.seen('~');
    shell.press(`i${SECRET}`);
    await shell.seen(SECRET);
    shell.press('\x1b');
    shell.press(':X\r');
    await shell.seen('Enter encryption key');
    shell.press(`${SECRET}\r`);
    await shell.seen('Enter same key again');
    shell.press(`${SECRET}\r`);
    shell.forget();
    shell.press(':q!\r');
    await shell.seen('ready$ ');
    await shell.type('exit');
    shell.press('\r');
    await shell.exited;
    expect(shell.typed()).toEqual(['vim -u NONE -n note\r', 'exit\r']);
  });
});
