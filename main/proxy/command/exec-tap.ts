import type { AppError } from '../../base/errors.ts';
import type { AnswerHead } from '../../kube/forward.ts';
import { createSpdyTap, READABLE_PROTOCOL_VERSIONS } from '../tap/spdy-tap.ts';
import { createUnreadable, type Tap } from '../tap/tap.ts';
import { createWebSocketTap, READABLE_SUBPROTOCOLS } from '../tap/websocket-tap.ts';
import { findHeaders, type ProxiedCommand } from './exec-request.ts';

/** A tap for what client and server have agreed to speak, or why there is none. */
export type FittingTap =
  | { readonly tap: Tap; readonly problem?: never }
  | { readonly tap?: never; readonly problem: AppError };

/** `readsInput`: as of a tap. */
export function createFittingTap(
  { protocol, hasTty }: Pick<ProxiedCommand, 'protocol' | 'hasTty'>,
  { headers }: Pick<AnswerHead, 'headers'>,
  readsInput: boolean,
): FittingTap {
  const [upgrade = ''] = findHeaders(headers, 'upgrade');
  const isAsAsked = upgrade.toLowerCase() === (protocol === 'websocket' ? 'websocket' : 'spdy/3.1');
  if (!isAsAsked) return refuse(`the server answered with an upgrade to ${JSON.stringify(upgrade)}`);
  if (protocol === 'spdy') {
    const [protocolVersion = ''] = findHeaders(headers, 'x-stream-protocol-version');
    return READABLE_PROTOCOL_VERSIONS.includes(protocolVersion)
      ? { tap: createSpdyTap({ hasTty, readsInput }) }
      : refuse(`they speak ${describeProtocol(protocolVersion)}`);
  }
  const [subprotocol = ''] = findHeaders(headers, 'sec-websocket-protocol');
  if (findHeaders(headers, 'sec-websocket-extensions').length > 0) return refuse('frames are packed');
  if (!READABLE_SUBPROTOCOLS.includes(subprotocol)) {
    return refuse(`they speak ${describeProtocol(subprotocol)}`);
  }
  return { tap: createWebSocketTap({ subprotocol, hasTty, readsInput }) };
}

function describeProtocol(name: string): string {
  return name === '' ? 'no subprotocol' : JSON.stringify(name);
}

function refuse(words: string): FittingTap {
  return { problem: createUnreadable(words) };
}
