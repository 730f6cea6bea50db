import { type IPty, spawn } from '@lydell/node-pty';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createTerminalInput, type TerminalDescriptor } from '../../../main/base/terminal-input.ts';
import { until } from '../../fakes/until.ts';

const never = new AbortController().signal;

function start(script: string) {
  const terminal = spawn('/bin/sh', ['-c', script], {});
  let text = '';
  terminal.onData((data) => {
    text += data;
  });
  const write = createTerminalInput(createSystemClock(), terminal as IPty & TerminalDescriptor);
  return { terminal, write, text: () => text };
}

test.skipIf(process.platform === 'win32')('what is typed reaches the program', async () => {
  const { write, text } = start('read line; echo "got $line"');
  await write(Buffer.from('grün\r'), { signal: never });
  await until(() => text().includes('got grün'));
});

test.skipIf(process.platform === 'win32')(
  'a full terminal is waited for, without holding the process up',
  async () => {
    const { terminal, write, text } = start('stty raw -echo; echo ready; sleep 600');
    await until(() => text().includes('ready'));
    const leaving = new AbortController();
    const writing = write(Buffer.alloc(1024 * 1024, 'x'), { signal: leaving.signal });
    const isOver = await Promise.race([
      writing.then(() => true),
      new Promise((turn) => setImmediate(turn, false)),
    ]);
    expect(isOver).toBe(false);
    leaving.abort(new Error('window closed'));
    await expect(writing).rejects.toThrow('window closed');
    const more = write(Buffer.alloc(1024 * 1024, 'x'), { signal: never });
    terminal.kill('SIGKILL');
    await more;
  },
);
