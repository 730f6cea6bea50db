import { expect, test } from 'vitest';
import { createShownLines, type ShownLine } from '../../../main/search/shown-lines.ts';

function collect() {
  const told: ShownLine[] = [];
  return { told, lines: createShownLines((line) => told.push(line)) };
}

test('a line that goes on is told once, when it is left', () => {
  const { told, lines } = collect();
  lines.grow('$ l', 1);
  lines.grow('$ ls', 2);
  expect(told).toEqual([]);
  lines.close('$ ls', 3);
  expect(told).toEqual([{ text: '$ ls', timeMicros: 2 }]);
});

test('what was taken back and written over is told as it was', () => {
  const { told, lines } = collect();
  lines.grow('$ cat secret', 1);
  lines.grow('$', 2);
  lines.close('$ ls', 3);
  expect(told.map(({ text }) => text)).toEqual(['$ cat secret', '$ ls']);
});

test('a drawn line keeps the time at which it came, wherever it moves', () => {
  const { told, lines } = collect();
  lines.know(['', '', '']);
  lines.draw(['one', 'two', ''], 1, 'normal');
  lines.draw(['two', 'three', ''], 2, 'normal');
  lines.flush();
  expect(told).toEqual([
    { text: 'one', timeMicros: 1 },
    { text: 'two', timeMicros: 1 },
    { text: 'three', timeMicros: 2 },
  ]);
});

test('what was told line by line is not told again when the screen is drawn on', () => {
  const { told, lines } = collect();
  lines.close('file', 1);
  lines.grow('$ vi', 2);
  lines.know(['file', '$ vi']);
  lines.draw(['file', '$ vim'], 3, 'normal');
  lines.flush();
  expect(told).toEqual([
    { text: 'file', timeMicros: 1 },
    { text: '$ vim', timeMicros: 3 },
  ]);
});

test('what stands still is told without waiting for its end', () => {
  const { told, lines } = collect();
  lines.know(['']);
  lines.draw(['status: ok'], 0, 'normal');
  lines.draw(['status: ok'], 10_000_000, 'normal');
  expect(told).toEqual([{ text: 'status: ok', timeMicros: 0 }]);
  expect(lines.pending()).toEqual([]);
});
