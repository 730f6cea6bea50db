import { describe, expect, test } from 'vitest';
import { readExecRequest } from '../../../../main/proxy/command/exec-request.ts';

const WEB_SOCKET = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
] as const;
const SPDY = [['uPGRADE', 'SPDY/3.1']] as const;
const EXEC = '/api/v1/namespaces/shop/pods/web-1/exec';

function read(
  target: string,
  { method = 'GET', headers = WEB_SOCKET as readonly (readonly [string, string])[] } = {},
) {
  return readExecRequest({ method, target, headers });
}

test('an exec is read as an API server reads it: arguments in order, first container, what is true', () => {
  expect(
    read(
      `${EXEC}?command=sh&command=-c&command=echo+%C3%BC%26%3D%0A&container=app&container=other&stdin=true&tty=`,
    ),
  ).toEqual({
    kind: 'exec',
    namespace: 'shop',
    pod: 'web-1',
    container: 'app',
    command: ['sh', '-c', 'echo ü&=\n'],
    hasTty: true,
    protocol: 'websocket',
  });
  expect(read(`${EXEC}?command=ls&tty=FALSE`)).toMatchObject({ hasTty: false, container: '' });
  expect(read(`${EXEC}?tty=0&tty=1`)).toMatchObject({ hasTty: false });
});

test('an attach has no command, whatever its query says', () => {
  expect(read('/api/v1/namespaces/shop/pods/web-1/attach?command=sh&tty=true')).toMatchObject({
    kind: 'attach',
    command: [],
    hasTty: true,
  });
});

test('SPDY is asked for by POST and by GET, a WebSocket by GET', () => {
  for (const method of ['GET', 'POST']) {
    expect(read(EXEC, { method, headers: SPDY })).toMatchObject({ protocol: 'spdy' });
  }
  expect(() => read(EXEC, { method: 'POST' })).toThrow(expect.objectContaining({ code: 'exec-refused' }));
});

test.each([
  '/api',
  '/api/v1/pods?watch=true',
  '/api/v1/namespaces/shop/pods/web-1',
  '/api/v1/namespaces/shop/pods/web-1/log?follow=true',
  '/api/v1/namespaces/shop/pods/web-1/portforward',
  '/api/v1/namespaces/shop/pods/exec',
  '/api/v1/namespaces/shop/pods/web%2F1/exec',
  '/api/v1/namespaces/shop/configmaps/exec/attach',
  '/api/v1/namespaces/shop/services/web/proxy//a/../b/%2e%2e/exec',
  '/api/v1/nodes/node-1/proxy/logs/exec',
  '/apis/apps/v1/namespaces/shop/deployments/web?name=/api/v1/namespaces/shop/pods/web-1/exec',
])('%s is no command', (target) => {
  expect(read(target, { headers: [] })).toBeUndefined();
});

test.each([
  ['behind another cluster’s API', `/k8s/clusters/c-1${EXEC}`],
  [
    'of an aggregated API',
    '/apis/cluster.example.io/v1/clusters/edge/proxy/api/v1/namespaces/shop/pods/web-1/exec',
  ],
  ['with a slash behind it', `${EXEC}/`],
  ['with escapes', '/api/v1/names%70aces/shop/pods%2Fweb-1/%65%78ec'],
])('a command is found %s', (_case, target) => {
  expect(read(target)).toMatchObject({ kind: 'exec', namespace: 'shop', pod: 'web-1' });
});

describe('what may be a command and is not written as one is refused', () => {
  test.each([
    ['an empty part', '/api/v1/namespaces/shop//pods/web-1/exec'],
    ['a part that goes up', '/api/v1/namespaces/shop/pods/web-1/log/../exec'],
    ['an escaped part that goes up', '/api/v1/namespaces/shop/pods/web-1/log/%2e%2e/exec'],
    ['a part that stays', '/api/v1/./namespaces/shop/pods/web-1/exec'],
    ['the other slash', '/api/v1/namespaces/shop/pods/web-1\\exec'],
    ['an address in full', `https://cluster.example${EXEC}`],
    ['something behind it', `${EXEC}/more`],
    ['a pod that hides in what is cleaned up', `${EXEC}/../../web-2/log`],
  ])('%s', (_case, target) => {
    expect(() => read(target)).toThrow(expect.objectContaining({ code: 'exec-refused' }));
  });

  test.each(['', 'Web', 'a b', '..a', '%1b[31m', 'x'.repeat(300)])('a pod named %j', (pod) => {
    const target = `/api/v1/namespaces/shop/pods/${encodeURIComponent(pod)}/exec`;
    expect(() => read(target)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/refused|bad/) }),
    );
  });

  test.each([
    ['no upgrade', []],
    ['another protocol', [['Upgrade', 'h2c']]],
    ['several at once', [['Upgrade', 'websocket, SPDY/3.1']]],
    ['several lines', [...WEB_SOCKET, ...SPDY]],
  ] as const)('%s', (_case, headers) => {
    expect(() => read(EXEC, { headers })).toThrow(expect.objectContaining({ code: 'exec-refused' }));
  });
});

test.each([
  'exec/shop/web-1/app?command=sh',
  'attach/shop/web-1/app',
  'run/shop/web-1/app?cmd=ls',
  'cri/exec/TOKEN',
])('a way round by the kubelet is refused: %s', (rest) => {
  for (const node of ['node-1', 'node-1:10250', 'https:node-1:10250']) {
    for (const proxy of ['proxy', 'proxy/', 'proxy/./', 'proxy/x/..', 'prox%79']) {
      expect(() => read(`/api/v1/nodes/${node}/${proxy}/${rest}`, { method: 'POST', headers: [] })).toThrow(
        expect.objectContaining({ code: 'exec-refused', hint: expect.stringContaining('kubectl exec') }),
      );
    }
  }
});
