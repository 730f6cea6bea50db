import { expect, test } from 'vitest';
import {
  channelFailure,
  exitStatus,
  expired,
  forbidden,
  internalError,
  notFound,
  StatusError,
  unauthorized,
} from '../../../main/demo/status.ts';

const EXEC = {
  verb: 'create',
  group: '',
  resource: 'pods',
  subresource: 'exec',
  namespace: 'shop',
  name: 'web',
};

test('a refusal names who may not do what, where, in the words of a real server', () => {
  expect(forbidden('demo', EXEC)).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message:
      'pods "web" is forbidden: User "demo" cannot create resource "pods/exec" in API group "" in the namespace "shop"',
    reason: 'Forbidden',
    details: { name: 'web', kind: 'pods' },
    code: 403,
  });
});

test('a refused collection of the whole cluster has neither name nor namespace', () => {
  const question = { ...EXEC, verb: 'list', resource: 'nodes', subresource: '', namespace: '', name: '' };
  expect(forbidden('demo', question).message).toBe(
    'nodes is forbidden: User "demo" cannot list resource "nodes" in API group "" at the cluster scope',
  );
});

test.each([
  [unauthorized(), 401, 'Unauthorized', 'Unauthorized'],
  [notFound('pods', 'web'), 404, 'NotFound', 'pods "web" not found'],
  [expired(5, 100), 410, 'Expired', 'too old resource version: 5 (100)'],
])('a failure has code, reason and message', (status, code, reason, message) => {
  expect(status).toMatchObject({ status: 'Failure', code, reason, message });
});

test('exit code 0 is a success, any other a failure that carries it as a cause', () => {
  expect(exitStatus(0)).toEqual({ metadata: {}, status: 'Success' });
  expect(exitStatus(137)).toMatchObject({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '137' }] },
  });
  expect(exitStatus(137)).not.toHaveProperty('code');
});

test('on the error channel a failure travels without kind and version', () => {
  const status = channelFailure(internalError('no such container'));
  expect(Object.keys(status)).toEqual(['metadata', 'status', 'message', 'reason', 'details', 'code']);
  expect(status.message).toBe('Internal error occurred: no such container');
});

test('the error that carries a status has its message', () => {
  expect(new StatusError(unauthorized()).message).toBe('Unauthorized');
});
