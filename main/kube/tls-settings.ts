import { createHash } from 'node:crypto';
import type { Credential } from '../credentials/credential.ts';
import type { ResolvedContext } from './kubeconfig.ts';

/** What node:tls takes to reach a cluster as somebody; the same for REST and WebSocket. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

export function toTlsSettings(
  { cluster }: Pick<ResolvedContext, 'cluster'>,
  { clientCertificate }: Credential,
): TlsSettings {
  return {
    rejectUnauthorized: !cluster.skipTlsVerify,
    ...(cluster.certificateAuthority ? { ca: cluster.certificateAuthority } : {}),
    ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
    ...(clientCertificate ? { cert: clientCertificate.certificatePem, key: clientCertificate.keyPem } : {}),
  };
}

/** Tells client certificates apart without keeping a key as a key. Empty where there is none. */
export function hashClientCertificate({ clientCertificate }: Credential): string {
  if (!clientCertificate) return '';
  const { certificatePem, keyPem } = clientCertificate;
  return createHash('sha256').update(certificatePem).update(keyPem).digest('hex');
}

export function isSameCredential(left: Credential, right: Credential): boolean {
  return (
    left.authorization === right.authorization && hashClientCertificate(left) === hashClientCertificate(right)
  );
}
