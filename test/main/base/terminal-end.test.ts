import { spawn } from '@lydell/node-pty';
import { describe, expect, test } from 'vitest';
import { keepLastOutput } from '../../../main/base/terminal-end.ts';
import { until } from '../../fakes/until.ts';

function start(script: string, mostSilences?: number) {
  const terminal = spawn('/bin/sh', ['-c', script], {});
  keepLastOutput(terminal, mostSilences);
  let text = '';
  terminal.onData((data) => {
    text += data;
  });
  const exited = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
  return { terminal, exited, text: () => text };
}

describe.skipIf(process.platform === 'win32')('the last output of a program in a terminal', () => {
  test('is all read, though its terminal was paused when it ended', async () => {
    const { terminal, exited, text } = start('stty raw; seq 1 500; exit 3');
    terminal.pause();
    expect(await exited).toBe(3);
    expect(text()).toBe(Array.from({ length: 500 }, (_, index) => `${index + 1}\n`).join(''));
  });

  test('is all read by one that pauses after each piece', async () => {
    const { terminal, exited, text } = start('stty raw; seq 1 500');
    terminal.onData(() => terminal.pause());
    await exited;
    expect(text()).toBe(Array.from({ length: 500 }, (_, index) => `${index + 1}\n`).join(''));
  });

  test('is not waited for where another program keeps the terminal', async () => {
    const { exited, text } = start('trap "" HUP; sleep 600 & echo pid=$!');
    expect(await exited).toBe(0);
    const pid = /pid=(\d+)/.exec(text())?.[1];
    await until(() => process.kill(Number(pid), 'SIGKILL'));
  });

  test('ends, though another program goes on printing', async () => {
    const { exited, text } = start('trap "" HUP; (while sleep 0.02; do echo more; done) & echo pid=$!', 3);
    expect(await exited).toBe(0);
    const pid = /pid=(\d+)/.exec(text())?.[1];
    await until(() => process.kill(Number(pid), 'SIGKILL'));
  });
});
