import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { HeaderLines } from '../../../main/kube/forward.ts';
import {
  cleanAnswerHeaders,
  cleanHeaders,
  cleanUpgradeHeaders,
  readHead,
} from '../../../main/proxy/request-head.ts';

function messageTo(url: string): IncomingMessage {
  return { method: 'GET', url, rawHeaders: ['Accept', '*/*', 'X-A', '1', 'x-a', '2'] } as IncomingMessage;
}

test.each([
  '/',
  '/api/v1/namespaces/shop/pods?labelSelector=a%3Db,c!=d&limit=500',
  '/api/v1/namespaces/shop/pods/web-0/log?x=../..//#',
  '/apis/apps/v1/',
  '/api/v1/namespaces/shop/services/https:web:443/proxy/a//b%2Fc?d',
  '/apis/example.com/v1/things/caf%C3%A9%20x',
])('the address %s is read as it came', (target) => {
  expect(readHead(messageTo(target))).toEqual({
    method: 'GET',
    target,
    headers: [
      ['Accept', '*/*'],
      ['X-A', '1'],
      ['x-a', '2'],
    ],
  });
});

test.each([
  ['no path', ''],
  ['the address of another server', 'https://127.0.0.1/api'],
  ['every path', '*'],
  ['a way upwards', '/api/v1/namespaces/a/../b/pods'],
  ['a way upwards in escapes', '/api/v1/namespaces/a/%2e%2E/b/pods'],
  ['a way upwards behind a proxy', '/api/v1/namespaces/a/services/b/proxy/../../../pods/c/exec'],
  ['a way upwards in an escaped slash', '/api/v1/namespaces/a/x%2f..%2fb'],
  ['the same place', '/api/./v1'],
  ['an empty part', '/api/v1//namespaces/a'],
  ['two slashes in front', '//api/v1'],
  ['an empty part in escapes', '/api/v1/%2Fnamespaces/a'],
  ['a backslash', '/api\\v1'],
  ['an escaped backslash', '/api/v1/namespaces/a%5c..%5cb'],
  ['an escaped line break', '/api/v1/namespaces/a%0d%0ax'],
  ['an escape that is no UTF-8', '/api/v1/n%61mespaces/a/%ff'],
  ['an escape that is none', '/api/%zz'],
  ['a fragment', '/api#/v1'],
  ['bytes that are no ASCII', '/api/caf\xe9'],
])('%s is no address that passes', (_what, target) => {
  expect(() => readHead(messageTo(target))).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

describe('headers that pass', () => {
  test('are as they came, in their order', () => {
    const lines: HeaderLines = [
      ['User-Agent', 'kubectl/v1.32'],
      ['Accept', 'application/json;as=Table'],
      ['Accept-Encoding', 'gzip'],
      ['content-length', '3'],
      ['X-Stream-Protocol-Version', 'v5.channel.k8s.io'],
      ['X-Stream-Protocol-Version', 'v4.channel.k8s.io'],
      ['Kubectl-Command', 'kubectl exec'],
      ['Kubectl-Session', 'a'],
      ['Audit-Id', 'x'],
    ];
    expect(cleanHeaders(lines)).toEqual(lines);
  });

  test('are none of the connection’s, nor any that it names', () => {
    const lines: HeaderLines = [
      ['Host', '127.0.0.1:1'],
      ['Connection', 'keep-alive, X-Hop'],
      ['connection', 'x-other'],
      ['X-Hop', '1'],
      ['X-OTHER', '1'],
      ['Keep-Alive', 'timeout=5'],
      ['TE', 'trailers'],
      ['Trailer', 'X-T'],
      ['Transfer-Encoding', 'chunked'],
      ['Upgrade', 'h2c'],
      ['Expect', '100-continue'],
      ['HTTP2-Settings', 'x'],
      ['Accept', '*/*'],
    ];
    expect(cleanHeaders(lines)).toEqual([['Accept', '*/*']]);
  });

  test.each([
    'Authorization',
    'Cookie',
    'Proxy-Authorization',
    'Impersonate-User',
    'Impersonate-Uid',
    'impersonate-group',
    'IMPERSONATE-EXTRA-scopes%2fx',
    'Impersonate_User',
    'X-Remote-User',
    'X-Remote-Group',
    'x_remote_extra_scopes',
    'X-Forwarded-For',
    'X-Forwarded-User',
    'X-Forwarded-Client-Cert',
    'Forwarded',
    'X-Real-Ip',
    'X-Auth-Request-User',
    'X-Client-Cert',
    'Client-Cert',
    'Client-Cert-Chain',
    'Ssl-Client-Cert',
    'X-SSL-Client-S-DN',
    'X-ARR-ClientCert',
    'X-Amzn-Mtls-Clientcert',
    'X-Goog-Authenticated-User-Email',
  ])('%s is none of them, in whatever case', (name) => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(
        cleanHeaders([
          [written, 'x'],
          ['Accept', '*/*'],
        ]),
      ).toEqual([['Accept', '*/*']]);
    }
  });

  test('hold no token among the subprotocols', () => {
    const token = 'base64url.bearer.authorization.k8s.io.dG9rZW4';
    expect(
      cleanHeaders([
        ['Sec-WebSocket-Protocol', `v5.channel.k8s.io, ${token}, v4.channel.k8s.io`],
        ['sec-websocket-protocol', token.toUpperCase()],
      ]),
    ).toEqual([['Sec-WebSocket-Protocol', 'v5.channel.k8s.io, v4.channel.k8s.io']]);
  });
});

describe('an upgrade', () => {
  const UPGRADE: HeaderLines = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'SPDY/3.1'],
  ];

  test('says to which protocol, and nothing else of its connection', () => {
    const lines: HeaderLines = [
      ['Connection', 'keep-alive, Upgrade'],
      ['Upgrade', 'SPDY/3.1'],
      ['Keep-Alive', '1'],
      ['Content-Length', '0'],
      ['Authorization', 'Bearer x'],
    ];
    expect(cleanUpgradeHeaders(lines)).toEqual([['Content-Length', '0'], ...UPGRADE]);
  });

  test.each([
    ['Content-Length', '5'],
    ['Transfer-Encoding', 'chunked'],
  ])('with a body is refused (%s: %s)', (name, value) => {
    expect(() => cleanUpgradeHeaders([...UPGRADE, [name, value]])).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });
});

test('headers of an answer pass but for the connection’s', () => {
  const lines: HeaderLines = [
    ['Content-Type', 'application/json'],
    ['Warning', '299 - "a"'],
    ['Connection', 'close, x-hop'],
    ['X-Hop', '1'],
    ['Transfer-Encoding', 'chunked'],
    ['Proxy-Authenticate', 'Basic'],
    ['Warning', '299 - "b"'],
    ['Set-Cookie', 'a=b'],
  ];
  expect(cleanAnswerHeaders(lines)).toEqual([lines[0], lines[1], lines[6], lines[7]]);
});
