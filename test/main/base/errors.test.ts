import { expect, test } from 'vitest';
import { AppError, systemCode, toAppError } from '../../../main/base/errors.ts';

test('an app error passes unchanged, others keep their cause', () => {
  const known = new AppError('forbidden', 'no', { hint: 'ask' });
  expect(toAppError(known)).toBe(known);
  const cause = new Error('boom');
  expect(toAppError(cause)).toMatchObject({ code: 'internal', message: 'boom', cause });
  expect(toAppError('text').message).toBe('text');
});

test('aborts and time-outs are told apart', () => {
  const aborted = new AbortController();
  aborted.abort();
  expect(toAppError(aborted.signal.reason).code).toBe('cancelled');
  expect(toAppError(new DOMException('late', 'TimeoutError')).code).toBe('timed-out');
});

test('the system code is found through causes', () => {
  const disk = Object.assign(new Error('write'), { code: 'ENOSPC' });
  expect(systemCode(new Error('outer', { cause: disk }))).toBe('ENOSPC');
  expect(systemCode(new Error('none'))).toBeUndefined();
});
