import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { toConnectError } from '../../../main/kube/connect-error.ts';
import { createContext } from '../../fakes/kube-access.ts';

const context = createContext('https://h:6443');

function explain(code: string, message = 'words of the system'): AppError {
  return toConnectError(context, Object.assign(new Error(message), { code }));
}

test.each([
  ['ECONNREFUSED', 'nothing listens there'],
  ['ENOTFOUND', 'the name is not known'],
  ['UND_ERR_HEADERS_TIMEOUT', 'it took the request and did not answer in time'],
  ['ECONNRESET', 'the connection was cut'],
])('%s is a cluster that could not be reached: %s', (code, reason) => {
  expect(explain(code)).toMatchObject({
    code: 'cluster-unreachable',
    message: `could not reach https://h:6443: ${reason}`,
    detail: `${code}: words of the system`,
  });
});

test('each address that was tried is told', () => {
  const tried = ['connect ECONNREFUSED ::1:6443', 'connect ECONNREFUSED 127.0.0.1:6443'];
  const error = new AggregateError(tried.map((words) => new Error(words)));
  expect(toConnectError(context, Object.assign(error, { code: 'ECONNREFUSED' }))).toMatchObject({
    message: 'could not reach https://h:6443: nothing listens there',
    detail: `ECONNREFUSED: ${tried.join('; ')}`,
  });
});

test('a code that is not known is told in the words of the system', () => {
  expect(explain('EODD').message).toBe('could not reach https://h:6443: words of the system');
});

test('a code is found below the error that was thrown', () => {
  const cause = Object.assign(new Error('inner'), { code: 'ECONNREFUSED' });
  expect(toConnectError(context, new Error('fetch failed', { cause })).message).toContain('nothing listens');
});

test('a TLS alert about our certificate is an unauthorized', () => {
  const words =
    '40FD:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../x.c:918:';
  expect(explain('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', words).code).toBe('unauthorized');
  expect(explain('EPROTO', `write EPROTO ${words}`).code).toBe('unauthorized');
});

test('a server without TLS is told as such, with and without OpenSSL’s code', () => {
  const words = '40FD:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../x.c:77:';
  for (const code of ['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO']) {
    expect(explain(code, words)).toMatchObject({
      message: expect.stringContaining('does not speak TLS'),
      hint: expect.stringContaining('scheme and port'),
    });
  }
});

test('a key that OpenSSL cannot read is the kubeconfig’s trouble', () => {
  expect(explain('ERR_OSSL_PEM_NO_START_LINE').code).toBe('context-unusable');
});

test('what has a meaning already keeps it', () => {
  const error = new AppError('timed-out', 'too long');
  expect(toConnectError(context, error)).toBe(error);
});
