import { expect, test } from 'vitest';
import { createFittingTap } from '../../../../main/proxy/command/exec-tap.ts';

const WEB_SOCKET = { protocol: 'websocket', hasTty: true } as const;
const SPDY = { protocol: 'spdy', hasTty: true } as const;
const upgradeTo = (name: string) => ['Upgrade', name] as const;

test.each([
  [WEB_SOCKET, [upgradeTo('WebSocket'), ['Sec-WebSocket-Protocol', 'v5.channel.k8s.io']]],
  [WEB_SOCKET, [upgradeTo('websocket'), ['sec-websocket-protocol', 'v4.channel.k8s.io']]],
  [SPDY, [upgradeTo('SPDY/3.1'), ['X-Stream-Protocol-Version', 'v4.channel.k8s.io']]],
] as const)('%j is read after the answer %j', (command, headers) => {
  const { tap, problem } = createFittingTap(command, { headers }, false);
  expect(problem).toBeUndefined();
  expect(tap?.problem).toBeUndefined();
});

test.each([
  [WEB_SOCKET, [upgradeTo('websocket')], 'no subprotocol'],
  [
    WEB_SOCKET,
    [upgradeTo('websocket'), ['sec-websocket-protocol', 'base64.channel.k8s.io']],
    'base64.channel.k8s.io',
  ],
  [
    WEB_SOCKET,
    [
      upgradeTo('websocket'),
      ['sec-websocket-protocol', 'v5.channel.k8s.io'],
      ['sec-websocket-extensions', 'permessage-deflate'],
    ],
    'packed',
  ],
  [
    WEB_SOCKET,
    [upgradeTo('SPDY/3.1'), ['x-stream-protocol-version', 'v4.channel.k8s.io']],
    'an upgrade to "SPDY/3.1"',
  ],
  [SPDY, [upgradeTo('SPDY/3.1')], 'no subprotocol'],
  [SPDY, [upgradeTo('SPDY/3.1'), ['x-stream-protocol-version', 'v9.channel.k8s.io']], 'v9.channel.k8s.io'],
  [SPDY, [], 'an upgrade to ""'],
] as const)('%j is not read after the answer %j', (command, headers, words) => {
  const { tap, problem } = createFittingTap(command, { headers }, false);
  expect(tap).toBeUndefined();
  expect(problem).toMatchObject({ code: 'protocol-error', message: expect.stringContaining(words) });
});
