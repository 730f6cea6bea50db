import { expect, test } from 'vitest';
import { toProblem } from '../../../renderer/terminal/problem.ts';

test('what the core threw keeps its code and texts', () => {
  const error = Object.assign(new Error('no'), { code: 'forbidden', hint: 'ask', detail: '403' });
  expect(toProblem(error)).toEqual({ code: 'forbidden', message: 'no', hint: 'ask', detail: '403' });
});

test('anything else is told as it is', () => {
  expect(toProblem(new Error('no'))).toEqual({ code: 'internal', message: 'no' });
  expect(toProblem('no')).toEqual({ code: 'internal', message: 'no' });
});
