import { AppError, systemCode } from '../base/errors.ts';
import type { ResolvedContext } from './kubeconfig.ts';

/** What node:tls and OpenSSL call a certificate that we cannot trust. */
const UNTRUSTED_CODES: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'it did not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer within 30 s',
  UND_ERR_HEADERS_TIMEOUT: 'it took the request and did not answer within 60 s',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EPIPE: 'the connection was cut',
};

/** A failure below HTTP, as what it means for reaching this cluster. */
export function toConnectError({ name, cluster }: ResolvedContext, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = systemCode(cause) ?? '';
  const words = cause instanceof Error ? cause.message : String(cause);
  if (UNTRUSTED_CODES.has(code)) {
    return new AppError(
      'cluster-untrusted',
      `the certificate of ${cluster.server} is not signed by an authority that context ${name} trusts`,
      {
        hint: cluster.certificateAuthority
          ? 'The cluster’s certificate-authority in the kubeconfig is not the one that signed it: fetch the kubeconfig anew.'
          : 'Add the cluster’s certificate-authority-data to the kubeconfig.',
        detail: `${code}: ${words}`,
        cause,
      },
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const state = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return new AppError('cluster-untrusted', `the certificate of ${cluster.server} ${state}`, {
      hint: 'Renew it on the cluster, and check this machine’s clock.',
      detail: words,
      cause,
    });
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new AppError('cluster-untrusted', `the certificate of ${cluster.server} is for another name`, {
      hint: 'Use the name that it is for as server, or set tls-server-name to it.',
      detail: words,
      cause,
    });
  }
  const reason = REASONS[code] ?? (words || 'the connection failed');
  return new AppError('cluster-unreachable', `could not reach ${cluster.server}: ${reason}`, {
    hint: 'Check the network and VPN, and that the cluster runs.',
    detail: code && code !== reason ? `${code}: ${words}` : words,
    cause,
  });
}
