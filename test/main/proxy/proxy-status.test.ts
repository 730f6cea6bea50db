import { expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../main/base/errors.ts';
import { asksForApis, toStatusAnswer, toTextAnswer } from '../../../main/proxy/proxy-status.ts';

test('an error is a Status with what went wrong and what to do, and no more', () => {
  const error = new AppError('cluster-unreachable', 'could not reach https://a: nothing listens there', {
    hint: 'Check the network.',
    detail: 'ECONNREFUSED',
    cause: new Error('inner'),
  });
  const { code, body } = toStatusAnswer(error);
  expect(code).toBe(502);
  expect(JSON.parse(body)).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'could not reach https://a: nothing listens there. Check the network.',
    reason: 'BadGateway',
    code: 502,
  });
});

test.each<[ErrorCode, number, string]>([
  ['bad-input', 400, 'BadRequest'],
  ['unauthorized', 401, 'Unauthorized'],
  ['plugin-failed', 401, 'Unauthorized'],
  ['forbidden', 403, 'Forbidden'],
  ['policy-refused', 403, 'Forbidden'],
  ['recording-required', 403, 'Forbidden'],
  ['context-unknown', 503, 'ServiceUnavailable'],
  ['too-many', 429, 'TooManyRequests'],
  ['context-unusable', 500, 'InternalError'],
  ['cluster-untrusted', 502, 'BadGateway'],
  ['cancelled', 503, 'ServiceUnavailable'],
  ['disk-full', 503, 'ServiceUnavailable'],
  ['timed-out', 504, 'Timeout'],
])('%s is told as %i %s', (code, status, reason) => {
  const answer = toStatusAnswer(new AppError(code, 'no.'));
  expect(answer.code).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ code: status, reason, message: 'no.' });
});

test('what nobody expected is an internal error', () => {
  expect(toStatusAnswer(new TypeError('x is no function')).code).toBe(500);
});

test('who looks what APIs there are gets the words as text, with a number whose text kubectl prints', () => {
  const answer = (code: ErrorCode) => toTextAnswer(new AppError(code, 'it is gone', { hint: 'Look.' }));
  expect(answer('unauthorized')).toEqual({ code: 403, body: 'it is gone. Look.\n' });
  expect(answer('too-many').code).toBe(403);
  expect(answer('context-unknown')).toEqual({ code: 502, body: 'it is gone. Look.\n' });
  expect(answer('internal').code).toBe(502);
});

test('kubectl says by the form that it accepts that it looks what APIs there are', () => {
  const groups = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  expect(asksForApis(groups)).toBe(true);
  expect(asksForApis('application/json;as=Table;v=v1;g=meta.k8s.io,application/json')).toBe(false);
  expect(asksForApis(undefined)).toBe(false);
});
