import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { toProblem } from '../../../main/bridge/problem.ts';
import { InputError } from '../../../preload/parse.ts';

test('input that the contract refuses keeps its code', () => {
  expect(toProblem(new InputError('context: expected >=1'))).toEqual({
    code: 'bad-input',
    message: 'context: expected >=1',
  });
});

test('code and words cross, the cause does not', () => {
  const error = new AppError('forbidden', 'no', {
    hint: 'ask',
    detail: 'HTTP 403',
    cause: new Error('marker-secret'),
  });
  expect(toProblem(error)).toEqual({ code: 'forbidden', message: 'no', hint: 'ask', detail: 'HTTP 403' });
  expect(JSON.stringify(toProblem(error))).not.toContain('marker-secret');
});
