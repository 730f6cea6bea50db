import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import type { TunnelTarget } from './connect-proxy.ts';
import { type StepOptions, takeStep } from './dial-step.ts';
import type { ProxyAddress } from './proxy.ts';
import { ProxyRefusal } from './proxy-error.ts';

/** Of a user name and of a password (RFC 1929); the package would throw where nobody listens. */
const MAX_LOGIN_BYTES = 255;

/**
 * Asks a SOCKS5 proxy for a tunnel, on a socket to it. The name goes to the proxy as it is: often only the proxy can
 * look it up. Throws `ProxyRefusal`.
 */
export async function openSocksTunnel(
  socket: Socket,
  { host: proxyHost, port: proxyPort, login }: ProxyAddress,
  target: TunnelTarget,
  options: StepOptions,
): Promise<void> {
  const { username = '', password = '' } = login ?? {};
  if ([username, password].some((text) => Buffer.byteLength(text) > MAX_LOGIN_BYTES)) {
    throw new ProxyRefusal('takes no user or password of more than 255 bytes', { isLogin: true });
  }
  await takeStep(socket, options, async () => {
    try {
      await SocksClient.createConnection({
        command: 'connect',
        existing_socket: socket,
        destination: { ...target },
        proxy: { type: 5, host: proxyHost, port: proxyPort, userId: username, password },
        timeout: options.limitMs,
      });
    } catch (error) {
      // Not as cause: the package's error carries the password.
      throw toRefusal(error instanceof Error ? error.message : String(error));
    }
  });
}

/** By the words of socks 2.8 (common/constants.ts), which are all that it tells. */
function toRefusal(words: string): ProxyRefusal {
  if (/Authentication failed/i.test(words)) {
    return new ProxyRefusal('did not accept user and password', { isLogin: true });
  }
  if (/no accepted authentication type/i.test(words)) {
    return new ProxyRefusal('wants a user and password', { isLogin: true });
  }
  if (/invalid socks version/i.test(words)) return new ProxyRefusal('does not speak SOCKS5');
  if (/Socket closed/i.test(words)) return new ProxyRefusal('closed the connection');
  const reply = /rejected connection - (\w+)/i.exec(words)?.[1] ?? '';
  return new ProxyRefusal(`refused: ${REPLIES[reply] ?? words}`);
}

/** RFC 1928, section 6, by the names that the package gives them. */
const REPLIES: Readonly<Record<string, string>> = {
  Failure: 'general failure',
  NotAllowed: 'not allowed by its rules',
  NetworkUnreachable: 'network unreachable',
  HostUnreachable: 'host unreachable, or a name that it does not know',
  ConnectionRefused: 'connection refused',
  TTLExpired: 'TTL expired',
  CommandNotSupported: 'command not supported',
  AddressNotSupported: 'address type not supported',
};
