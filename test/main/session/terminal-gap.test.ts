import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { describeGap, describeLoss, LEAVE_PROGRAM } from '../../../main/session/terminal-gap.ts';

async function show(...parts: (string | Uint8Array)[]): Promise<Terminal> {
  const terminal = new Terminal({ cols: 20, rows: 5, allowProposedApi: true });
  for (const part of parts) await new Promise<void>((resolve) => terminal.write(part, resolve));
  return terminal;
}

function lines(terminal: Terminal): string[] {
  const { active } = terminal.buffer;
  return Array.from(
    { length: active.length },
    (_, row) => active.getLine(row)?.translateToString(true).trimEnd() ?? '',
  ).filter((line) => line !== '');
}

test('a prompt follows the lines of a shell that was lost, where they ended', async () => {
  const terminal = await show('$ make\r\nbuilding', LEAVE_PROGRAM, '$ ');
  expect(lines(terminal)).toEqual(['$ make', 'building', '$']);
});

test('an editor that was lost leaves the screen as if it had been quit', async () => {
  const terminal = await show(
    '$ vi file\r\n',
    '\x1b[?1049h\x1b[2;4r\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[?1h\x1b[?25l\x1b[31m~\r\n~\r\n-- INSERT --',
    LEAVE_PROGRAM,
    '$ ',
  );
  expect(terminal.buffer.active.type).toBe('normal');
  expect(lines(terminal)).toEqual(['$ vi file', '$']);
  expect(terminal.modes).toMatchObject({
    mouseTrackingMode: 'none',
    bracketedPasteMode: false,
    applicationCursorKeysMode: false,
  });
  const prompt = terminal.buffer.active.getLine(2)?.getCell(0);
  expect(prompt?.getChars()).toBe('$');
  expect(prompt?.isFgDefault()).toBe(true);
});

test('a loss is told in its own words, a gap by its length', () => {
  const lost = new AppError('connection-lost', 'the connection to a/b was lost: it was cut', {
    detail: 'it was cut',
  });
  expect(describeLoss(lost)).toBe('connection lost: it was cut');
  expect(describeGap(42_400)).toBe('reconnected after 42 s, in a new shell');
  expect(describeGap(10 * 60_000)).toBe('reconnected after 10 min, in a new shell');
  expect(describeGap(9 * 3_600_000)).toBe('reconnected after 9 h, in a new shell');
  // The wall clock was set back meanwhile.
  expect(describeGap(-5)).toBe('reconnected after 0 s, in a new shell');
});
