import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { type StepOptions, takeStep } from './dial-step.ts';
import type { TlsSettings } from './tls-settings.ts';

/** A peer showed a certificate that does not prove it to be whom we asked for. */
export class CertificateRefusal extends Error {
  /** OpenSSL's name of what is wrong, or `ERR_TLS_CERT_ALTNAME_INVALID`. */
  readonly code: string;
  /** What was asked for. */
  readonly peerName: string;
  readonly certificate: X509Certificate | undefined;

  constructor(code: string, peerName: string, certificate: X509Certificate | undefined) {
    super(`${code} for ${peerName}`);
    this.name = 'CertificateRefusal';
    this.code = code;
    this.peerName = peerName;
    this.certificate = certificate;
  }
}

/** TLS over a socket that is connected. Throws `CertificateRefusal`, or what node:tls throws. */
export async function secureSocket(
  socket: Socket,
  { secureContext, isVerified }: TlsSettings,
  peerName: string,
  options: StepOptions,
): Promise<TLSSocket> {
  const secure = connect({
    socket,
    secureContext,
    host: peerName,
    // No address may stand in the handshake; what the certificate is compared with is `host` then.
    servername: isIP(peerName) ? '' : peerName,
    ALPNProtocols: ['http/1.1'],
    // Node would throw the refused certificate away, which is what a person has to see. It is refused below.
    rejectUnauthorized: false,
  });
  // Stays for the socket's life: an error between two owners would end the process. The first is the last, since what a
  // server says in an alert is followed by an end, which undici would tell in its place.
  secure.on('error', () => secure.destroy());
  await takeStep(secure, options, () => once(secure, 'secureConnect'));
  if (isVerified && !secure.authorized) {
    const certificate = secure.getPeerX509Certificate();
    secure.destroy();
    throw new CertificateRefusal(String(secure.authorizationError), peerName, certificate);
  }
  return secure;
}
