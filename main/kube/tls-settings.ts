import { createHash } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { Credential } from '../credentials/credential.ts';
import type { ResolvedContext } from './kubeconfig.ts';

/** Whom we trust on the way to a cluster and what proves us there; the same for REST and WebSocket. */
export interface TlsSettings {
  readonly secureContext: SecureContext;
  /** Whether a peer's certificate matters at all. */
  readonly isVerified: boolean;
}

/** Throws OpenSSL's error for a certificate or key that it cannot read, or that are no pair. */
export function createTlsSettings(
  { cluster }: Pick<ResolvedContext, 'cluster'>,
  { clientCertificate }: Credential,
): TlsSettings {
  const secureContext = createSecureContext({
    ca: cluster.certificateAuthority ?? (cluster.skipTlsVerify ? [] : readSystemAuthorities()),
    minVersion: 'TLSv1.2',
    ...(clientCertificate ? { cert: clientCertificate.certificatePem, key: clientCertificate.keyPem } : {}),
  });
  return { secureContext, isVerified: !cluster.skipTlsVerify };
}

/**
 * The machine's store, which is what kubectl goes by: a company's own authority stands in it and nowhere else. With it
 * Node's list, as on a machine that has none. Takes 0.1 s the first time, and is remembered by Node.
 */
export function readSystemAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
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
