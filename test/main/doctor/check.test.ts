import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { CHECK_IDS, CHECK_TITLES, detailOf, ok, toFinding } from '../../../main/doctor/check.ts';

test('every check has a title of its own', () => {
  expect(new Set(CHECK_IDS.map((id) => CHECK_TITLES[id])).size).toBe(CHECK_IDS.length);
});

test('a failure keeps its words, and leaves out what it has not', () => {
  expect(toFinding(new AppError('forbidden', 'no', { hint: 'ask', detail: 'HTTP 403' }))).toEqual({
    outcome: 'failed',
    message: 'no',
    hint: 'ask',
    detail: 'HTTP 403',
  });
  expect(toFinding(new Error('odd'), 'unknown')).toEqual({ outcome: 'unknown', message: 'odd' });
});

test('lines of a detail that are empty are left out', () => {
  expect(ok('fine', detailOf('a', undefined, '', 'b'))).toEqual({
    outcome: 'ok',
    message: 'fine',
    detail: 'a\nb',
  });
  expect(detailOf(undefined)).toEqual({});
});
