import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { toRecordingError } from '../../../main/recording/recording-error.ts';

test.each(['ENOSPC', 'EDQUOT'])('%s is a full disk', (code) => {
  const error = toRecordingError(Object.assign(new Error('write'), { code }), 'writing failed');
  expect(error).toMatchObject({ code: 'disk-full', message: 'writing failed: the disk is full' });
});

test('any other failure keeps its code and words', () => {
  const cause = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  expect(toRecordingError(cause, 'writing failed')).toMatchObject({
    code: 'recording-failed',
    message: 'writing failed: EACCES',
    detail: 'EACCES: permission denied',
    cause,
  });
  expect(toRecordingError('odd', 'writing failed').message).toBe('writing failed: odd');
});

test('a failure that is told already is not told twice', () => {
  const error = new AppError('disk-full', 'first');
  expect(toRecordingError(error, 'second')).toBe(error);
});
