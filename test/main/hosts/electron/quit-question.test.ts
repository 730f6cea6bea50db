import { expect, test } from 'vitest';
import { askToQuit, tellUnfinished } from '../../../../main/hosts/electron/quit-question.ts';

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `pod-${index} in prod`);

test('one shell is asked about by its name', () => {
  expect(askToQuit(['web-1/app in prod'])).toEqual({
    message: 'A shell is still open',
    detail:
      'web-1/app in prod\n\nWhat runs in it ends with it. Its recording is finished first and stays in the library.',
    buttons: ['Keep working', 'End the shell and quit'],
  });
});

test('several are counted on the button, and as many named as fit', () => {
  const { message, detail, buttons } = askToQuit(names(12));
  expect(message).toBe('12 shells are still open');
  expect(buttons).toEqual(['Keep working', 'End 12 shells and quit']);
  expect(detail.split('\n').slice(0, 11)).toEqual([...names(10), 'and 2 more']);
  expect(askToQuit(names(10)).detail).not.toContain('more');
});

test('what could not be finished is named, with what becomes of it', () => {
  expect(tellUnfinished(['web-1/app in prod'])).toEqual({
    message: 'A recording could not be finished',
    detail:
      'web-1/app in prod\n\nWhat was recorded up to now is kept, and it is mended when Kubereel is started again.',
  });
  expect(tellUnfinished(names(2)).message).toBe('2 recordings could not be finished');
});
