import { expect, test } from 'vitest';
import { parseApiStatus, toApiError } from '../../../main/kube/api-error.ts';
import { createStatus } from '../../fakes/api-server.ts';

function explain(code: number, reason: string, message: string) {
  return toApiError('https://h', code, JSON.stringify(createStatus(code, reason, message)));
}

test.each([
  [401, 'Unauthorized', 'unauthorized'],
  [403, 'Forbidden', 'forbidden'],
  [404, 'NotFound', 'not-found'],
  [410, 'Expired', 'watch-expired'],
  [410, 'Gone', 'watch-expired'],
  [409, 'Conflict', 'cluster-refused'],
  [429, 'TooManyRequests', 'cluster-refused'],
  [500, 'InternalError', 'cluster-refused'],
])('%i %s is %s, in the server’s words', (status, reason, code) => {
  expect(explain(status, reason, 'words')).toMatchObject({
    code,
    message: expect.stringMatching(/(^|: )words$/),
    detail: `HTTP ${status} ${reason}`,
  });
});

test('what a bare word does not say is said: by whom, and what was asked', () => {
  expect(explain(401, 'Unauthorized', 'Unauthorized').message).toBe(
    'https://h did not accept the credential: Unauthorized',
  );
  expect(explain(503, 'ServiceUnavailable', 'etcd is slow').message).toBe(
    'https://h answered 503: etcd is slow',
  );
  const status = JSON.stringify(createStatus(403, 'Forbidden', 'no'));
  expect(toApiError('https://h', 403, status, 'GET /api/v1/pods').detail).toBe(
    'GET /api/v1/pods: HTTP 403 Forbidden',
  );
  expect(toApiError('https://h', 502, '', 'GET /api/v1/pods').detail).toBe('GET /api/v1/pods: no words');
});

test('a missing role is named; a refusal by a policy is not taken for one', () => {
  const missing =
    'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "x"';
  expect(explain(403, 'Forbidden', missing)).toMatchObject({
    message: missing,
    hint: expect.stringContaining('the verb list on pods in namespace x'),
  });
  expect(explain(403, 'Forbidden', 'admission webhook "w" denied the request').hint).toContain('a policy');
});

test.each([401, 403, 429, 503])('%i comes with what to do', (status) => {
  expect(explain(status, 'R', 'm').hint).toBeTruthy();
});

test('a Status without a message says its reason', () => {
  expect(explain(403, 'Forbidden', '').message).toBe('Forbidden');
});

test('a page of a proxy is quoted, short and on one line', () => {
  const error = toApiError('https://h', 502, `<html>\n  <b>Bad\n gateway</b>${'x'.repeat(1_000)}`);
  expect(error).toMatchObject({
    code: 'cluster-refused',
    message: 'https://h answered 502, not as a Kubernetes API server does',
    hint: expect.stringContaining('proxy'),
  });
  expect(error.detail).toMatch(/^<html> <b>Bad gateway<\/b>x+$/);
  expect(error.detail).toHaveLength(300);
});

test('an empty body has nothing to quote', () => {
  expect(toApiError('https://h', 401, '')).toMatchObject({ code: 'unauthorized', detail: undefined });
});

test('what is no Status is not taken for one', () => {
  for (const body of ['', 'null', '[]', '{"kind":"Pod"}', '{"kind":"Status","message":7}', '<html>']) {
    expect(parseApiStatus(body)).toBeUndefined();
  }
  expect(parseApiStatus('{"kind":"Status"}')).toEqual({ message: '', reason: '', name: '' });
});
