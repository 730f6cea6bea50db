import { describe, expect, test } from 'vitest';
import {
  createLost,
  createProtocolError,
  describeClose,
  toCloseError,
  toStatusError,
  toUpgradeError,
} from '../../../main/exec/exec-error.ts';
import { UpgradeRefusal } from '../../../main/kube/upgrade.ts';
import { createStatus } from '../../fakes/api-server.ts';
import { SHELL_REQUEST } from '../../fakes/remote-command.ts';

function refused(status: number, body: string) {
  return toUpgradeError('https://h', SHELL_REQUEST, new UpgradeRefusal(status, {}, body));
}

function refusedAs(code: number, reason: string, message: string) {
  return refused(code, JSON.stringify(createStatus(code, reason, message)));
}

describe('a refused upgrade', () => {
  test('for want of a right names both verbs, the resource and the namespace', () => {
    const words = 'pods "web" is forbidden: User "ann" cannot get resource "pods/exec"';
    expect(refusedAs(403, 'Forbidden', words)).toMatchObject({
      code: 'forbidden',
      message: words,
      detail: 'GET /api/v1/namespaces/shop/pods/web/exec: HTTP 403 Forbidden',
      hint: expect.stringMatching(/get and create on pods\/exec in namespace shop/),
    });
  });

  test('with an empty 403 is about the protocol, not about rights', () => {
    expect(refused(403, '')).toMatchObject({
      code: 'exec-refused',
      message: expect.stringContaining('protocols'),
    });
  });

  test('with a 403 in HTML comes from something in between', () => {
    expect(refused(403, '<html>blocked</html>')).toMatchObject({
      code: 'forbidden',
      hint: expect.stringContaining('proxy'),
      detail: expect.stringContaining('<html>blocked</html>'),
    });
  });

  test('for a pod that is not there', () => {
    expect(refusedAs(404, 'NotFound', 'pods "web" not found')).toMatchObject({
      code: 'pod-not-found',
      message: 'pods "web" not found',
    });
  });

  test('with a 404 that is no Status is no missing pod', () => {
    expect(refused(404, 'nothing here').code).toBe('not-found');
  });

  test.each([
    'container nope is not valid for pod web',
    'a container name must be specified for pod web, choose one of: [a b]',
  ])('for a container: %s', (words) => {
    expect(refusedAs(400, 'BadRequest', words)).toMatchObject({ code: 'container-unknown', message: words });
  });

  test('for another fault of the request', () => {
    const words = 'pod web does not have a host assigned';
    expect(refusedAs(400, 'BadRequest', words)).toMatchObject({ code: 'exec-refused', message: words });
  });

  test('with a credential that does not hold', () => {
    expect(refusedAs(401, 'Unauthorized', 'Unauthorized').code).toBe('unauthorized');
  });

  test.each([200, 302, 500, 502, 503, 504])('with a page, status %i', (status) => {
    expect(refused(status, '<html>hello</html>')).toMatchObject({
      code: 'cluster-refused',
      message: `https://h answered ${status}, not as a Kubernetes API server does`,
    });
  });

  test('because the node cannot be reached is told in the server’s words', () => {
    const words = 'error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused';
    expect(refusedAs(500, 'InternalError', words).message).toBe(`https://h answered 500: ${words}`);
  });
});

describe('a command that failed', () => {
  const failed = (message: string, request = SHELL_REQUEST) =>
    toStatusError(request, { kind: 'failed', message, reason: 'InternalError' }, 'prod');

  test.each([
    'Internal error occurred: error executing command in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
    'Internal error occurred: failed to exec in container: exec /bin/sh: no such file or directory: unknown',
  ])('for want of a program is no-shell: %s', (message) => {
    expect(failed(message)).toMatchObject({
      code: 'no-shell',
      message: 'container app has no sh',
      detail: expect.stringContaining(message),
      hint: expect.stringContaining('kubereel debug'),
    });
  });

  test('because its container does not run', () => {
    expect(failed('container not found ("app")')).toMatchObject({
      code: 'exec-failed',
      message: 'container app of shop/web is not running',
    });
    const unnamed = { ...SHELL_REQUEST, container: '' };
    expect(failed('container not found ("app")', unnamed).message).toBe(
      'the container of shop/web is not running',
    );
  });

  test('because its pod has gone', () => {
    expect(failed('pods "web" not found').code).toBe('pod-not-found');
  });

  test('because of cri-dockerd names what to update', () => {
    expect(failed('http: server gave HTTP response to HTTPS client').hint).toContain('cri-dockerd');
  });

  test('otherwise is in the server’s words', () => {
    expect(failed('something odd')).toMatchObject({
      code: 'exec-failed',
      message: 'something odd',
      detail: 'something odd — InternalError',
    });
  });
});

test('a lost connection names the pod, the reason and what to expect', () => {
  expect(createLost(SHELL_REQUEST, 'it was cut')).toMatchObject({
    code: 'connection-lost',
    message: 'the connection to shop/web was lost: it was cut',
    hint: expect.stringContaining('may still run'),
  });
  expect(createProtocolError(SHELL_REQUEST, new Error('bad opcode')).message).toContain('bad opcode');
});

test('a close in order is an end that nobody knows, any other a connection that broke', () => {
  const codes = [1000, 1005, 1001, 1006, 1011].map((code) => toCloseError(SHELL_REQUEST, code, '').code);
  expect(codes).toEqual([
    'exit-unknown',
    'exit-unknown',
    'connection-lost',
    'connection-lost',
    'connection-lost',
  ]);
});

test('close codes have words, each its own', () => {
  const words = [1000, 1001, 1006, 1009, 1011].map((code) => describeClose(code, ''));
  expect(new Set(words).size).toBe(words.length);
  expect(describeClose(1001, 'restarting')).toBe('the server is going away (restarting)');
});
