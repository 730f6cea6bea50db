import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import {
  isPassing,
  nameRecorder,
  recorderError,
  toLostError,
  toUnreachedError,
} from '../../../../main/upload/recorder/recorder-error.ts';

const RECORDER = { kind: 'tsrecorder', url: 'http://10.0.0.1:80' } as const;

function fail(code: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code });
}

test('it goes by its name, and its address is told beside it', () => {
  expect(nameRecorder(RECORDER)).toBe('the recorder at http://10.0.0.1:80');
  expect(nameRecorder({ ...RECORDER, name: 'audit' })).toBe('recorder audit (http://10.0.0.1:80)');
});

test.for([
  ['recorder-unreachable', true],
  ['recorder-failed', true],
  ['recorder-lost', true],
  ['recorder-refused', false],
  ['recorder-untrusted', false],
  ['recorder-unfit', false],
  ['recorder-unusable', false],
] as const)('%s is passing: %s', ([code, expected]) => {
  expect(isPassing(recorderError(code, RECORDER, 'did something'))).toBe(expected);
});

test('what nobody foresaw is not passing: trying again would change nothing', () => {
  expect(isPassing(new AppError('internal', 'a bug'))).toBe(false);
});

test.for([
  ['ECONNREFUSED', 'recorder-unreachable', 'cannot be reached: nothing listens there'],
  ['ENOTFOUND', 'recorder-unreachable', 'its name is not known'],
  ['ECONNRESET', 'recorder-unreachable', 'the connection failed'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'recorder-untrusted', 'a certificate that is not trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'recorder-untrusted', 'a certificate that is not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'recorder-untrusted', 'a certificate that is not trusted'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'recorder-refused', 'does not accept our certificate'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'recorder-unfit', 'does not speak TLS'],
] as const)('%s before anything was taken is %s', ([system, code, words]) => {
  expect(toUnreachedError(RECORDER, fail(system))).toMatchObject({
    code,
    message: expect.stringContaining(words),
    detail: `${system}: it failed`,
  });
});

test('a name with several addresses tells how each of them failed', () => {
  const cause = new AggregateError([fail('ECONNREFUSED', 'no 1'), fail('ETIMEDOUT', 'no 2')], '');
  expect(toUnreachedError(RECORDER, cause)).toMatchObject({
    message: expect.stringContaining('nothing listens there'),
    detail: 'ECONNREFUSED: no 1; ETIMEDOUT: no 2',
  });
});

test('a failure that has its words already keeps them', () => {
  const error = recorderError('recorder-refused', RECORDER, 'does not let us in');
  expect(toUnreachedError(RECORDER, error)).toBe(error);
  expect(toLostError(RECORDER, error)).toBe(error);
});
