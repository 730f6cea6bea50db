import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { formatEvent, formatHeader } from '../../../main/recording/cast/cast.ts';
import { type KubereelPty, openKubereelPty } from '../../fakes/kubereel-pty.ts';
import { until } from '../../fakes/until.ts';

const HOUR = 3_600;

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-play-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
});

async function place(
  outputs: readonly (readonly [seconds: number, text: string])[],
  size = { cols: 80, rows: 24 },
): Promise<void> {
  const events = outputs.map(([seconds, text]) =>
    formatEvent({ kind: 'output', timeMicros: seconds * 1e6, text }),
  );
  await mkdir(join(home, 'recordings'), { recursive: true });
  await writeFile(join(home, 'recordings', 'one.cast'), formatHeader({ size }) + events.join(''));
}

/** Then tells how the terminal is, and the exit code of what was run. */
const THEN_TELL = 'code=$?; stty -a | tr "\\n" " "; echo "exit=$code"';

async function ended({ ended: end, screen }: KubereelPty): Promise<string> {
  await end;
  return screen();
}

function isRestored(screen: string): boolean {
  const after = screen.slice(screen.lastIndexOf('\x1b[?25h'));
  return (
    /[ ;]icanon/.test(after) &&
    /[ ;]echo[ ;]/.test(after) &&
    /[ ;]opost/.test(after) &&
    /[ ;]isig/.test(after)
  );
}

const shows = (one: KubereelPty, text: string) => until(() => one.screen().includes(text));

describe('a recording that plays in a terminal', () => {
  test('obeys its keys, and leaves the terminal as it was', async () => {
    await place([
      [0, '\x1b[?1049h\x1b[?1000h\x1b[?25lfirst'],
      [HOUR, ' second'],
      [2 * HOUR, ' third'],
      [3 * HOUR, ' last'],
    ]);
    const one = openKubereelPty(home, `kubereel play one; ${THEN_TELL}`);
    await shows(one, 'first');
    one.pty.write('.');
    await shows(one, ' second');
    one.pty.write('.');
    await shows(one, ' third');
    // An answer of the terminal is no key.
    one.pty.write('\x1b[?1;2c');
    one.pty.write('q');
    const screen = await ended(one);
    expect(screen).not.toContain(' last');
    expect(screen).toContain('\x1b[?1049l');
    expect(screen).toContain('exit=0');
    expect(isRestored(screen)).toBe(true);
  });

  test('ends with Ctrl-C', async () => {
    await place([
      [0, 'first'],
      [HOUR, 'second'],
    ]);
    const one = openKubereelPty(home, `kubereel play one; ${THEN_TELL}`);
    await shows(one, 'first');
    one.pty.write('\x03');
    const screen = await ended(one);
    expect(screen).toContain('exit=0');
    expect(isRestored(screen)).toBe(true);
  });

  test('leaves the terminal as it was when it is told to end by a signal', async () => {
    await place([
      [0, '\x1b[?1049hfirst'],
      [HOUR, 'second'],
    ]);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      const one = openKubereelPty(home, `kubereel play one; ${THEN_TELL}`);
      await shows(one, 'first');
      process.kill(one.pid(), signal);
      const screen = await ended(one);
      expect(screen).toContain('\x1b[?1049l');
      expect(isRestored(screen)).toBe(true);
    }
  });

  test('says where the terminal is too small', async () => {
    await place([[0, 'all of it\r\n']], { cols: 120, rows: 40 });
    const one = openKubereelPty(home, 'kubereel play one');
    const screen = await ended(one);
    expect(screen).toContain('recorded at 120×40, this terminal has 80×24');
    const large = openKubereelPty(home, 'kubereel play one', { cols: 120, rows: 40 });
    expect(await ended(large)).not.toContain('recorded at');
  });

  test('without a terminal for its keys plays all the same, and to a file writes nothing else', async () => {
    await place(
      [
        [0, 'a\x1b[31m'],
        [1, 'b\n'],
      ],
      { cols: 200, rows: 60 },
    );
    const one = openKubereelPty(
      home,
      'kubereel play one < /dev/null; kubereel play -i 0.01 one > "$HOME/out"; od -c "$HOME/out"',
    );
    const screen = await ended(one);
    expect(screen).toContain('a\x1b[31mb');
    expect(screen).toMatch(/0000000\s+a 033\s+\[\s+3\s+1\s+m\s+b\s+\\n\s+0000010/);
  });
});
