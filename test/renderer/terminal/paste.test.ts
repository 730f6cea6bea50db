import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinLines, preparePaste } from '../../../renderer/terminal/paste.ts';
import { anyCharacter } from '../../fakes/any-text.ts';

test('one line is pasted as it is', () => {
  expect(preparePaste('kubectl get pods\t-A')).toEqual({
    text: 'kubectl get pods\t-A',
    lines: 1,
    runsAtOnce: false,
  });
});

test('line breaks of every kind are counted alike', () => {
  expect(preparePaste('a\r\nb\rc\n')).toEqual({ text: 'a\nb\nc\n', lines: 3, runsAtOnce: true });
});

test('a line that ends in a break is one line that runs at once', () => {
  expect(preparePaste('rm -r build\n')).toMatchObject({ lines: 1, runsAtOnce: true });
});

test('the end of bracketed paste cannot be smuggled in', () => {
  expect(preparePaste('ls\u001b[201~\u009b201~;reboot').text).toBe('ls[201~201~;reboot');
});

test('whatever is on the clipboard, no control character is left but tabs and line breaks', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (clipboard) => {
      const { text, lines } = preparePaste(clipboard);
      const controls = [...text].filter((char) => char < ' ' || (char >= '\u007f' && char <= '\u009f'));
      expect(controls.every((char) => char === '\t' || char === '\n')).toBe(true);
      expect(lines).toBeGreaterThanOrEqual(1);
    }),
  );
});

test('lines are joined by one space, without their indentation and empty ones', () => {
  expect(joinLines('kubectl get pods \n   --namespace shop\n\n -o wide\n')).toBe(
    'kubectl get pods --namespace shop -o wide',
  );
});
