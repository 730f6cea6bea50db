import { expect, test } from 'vitest';
import { problemOf } from '../../renderer/problem.ts';

test('an error of the core keeps its code and its texts', () => {
  const error = Object.assign(new Error('no such pod'), {
    code: 'pod-gone',
    hint: 'choose another',
    detail: '404',
  });
  expect(problemOf(error)).toEqual({
    code: 'pod-gone',
    message: 'no such pod',
    hint: 'choose another',
    detail: '404',
  });
});

test('anything else thrown is told as it is, without empty texts', () => {
  expect(problemOf(Object.assign(new Error('boom'), { hint: '', code: 7 }))).toEqual({
    code: 'unexpected',
    message: 'boom',
  });
  expect(problemOf('gone')).toEqual({ code: 'unexpected', message: 'gone' });
});
