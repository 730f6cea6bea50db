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

/** System, undici and OpenSSL codes of a connection that did not come to be, or broke. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'it did not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer within 30 s',
  UND_ERR_HEADERS_TIMEOUT: 'it took the request and did not answer within 60 s',
  UND_ERR_BODY_TIMEOUT: 'it stopped in the middle of its answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EPIPE: 'the connection was cut',
};

/** OpenSSL's words, where its code is lost on the way (node:tls, `write EPROTO`). */
const NOT_TLS = /:(wrong version number|packet length too long|http request):/;
/** TLS alerts by which a server refuses our client certificate, or its absence. */
const CLIENT_REFUSED =
  /alert (certificate required|bad certificate|unknown ca|certificate expired|certificate unknown|certificate revoked|access denied):/;
/** Not the certificate is refused: OpenSSL cannot even read what the kubeconfig or the plugin gave. */
const UNREADABLE_PEM = /^ERR_OSSL_|^ERR_CRYPTO_/;

/** A failure below HTTP, as what it means for reaching this cluster. Errors that have a meaning already keep it. */
export function toConnectError(context: ResolvedContext, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = systemCode(cause) ?? '';
  const words = cause instanceof Error ? cause.message : String(cause);
  return toTlsError(context, code, words, cause) ?? toUnreachable(context, code, words, cause);
}

function toUnreachable({ cluster }: ResolvedContext, code: string, words: string, cause: unknown): AppError {
  const reason = NOT_TLS.test(words)
    ? 'what listens there does not speak TLS'
    : (REASONS[code] ?? (words || 'the connection failed'));
  return new AppError('cluster-unreachable', `could not reach ${cluster.server}: ${reason}`, {
    hint: 'Check the network and VPN, and that the cluster runs.',
    detail: code && !words.startsWith(code) ? `${code}: ${words}` : words,
    cause,
  });
}

function toTlsError(
  { name, cluster }: ResolvedContext,
  code: string,
  words: string,
  cause: unknown,
): AppError | undefined {
  const detail = `${code}: ${words}`;
  if (UNTRUSTED_CODES.has(code)) {
    const message = `the certificate of ${cluster.server} is not signed by an authority that context ${name} trusts`;
    const hint = cluster.certificateAuthority
      ? 'The cluster’s certificate-authority in the kubeconfig is not the one that signed it: fetch the kubeconfig anew.'
      : 'Add the cluster’s certificate-authority-data to the kubeconfig.';
    return new AppError('cluster-untrusted', message, { hint, detail, cause });
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const state = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return new AppError('cluster-untrusted', `the certificate of ${cluster.server} ${state}`, {
      hint: 'Renew it on the cluster, and check this machine’s clock.',
      detail,
      cause,
    });
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new AppError('cluster-untrusted', `the certificate of ${cluster.server} is for another name`, {
      hint: 'Use a name that it is for as server, or set tls-server-name to one.',
      detail: `${detail} (the certificate is for ${namesOf(cause)})`,
      cause,
    });
  }
  if (CLIENT_REFUSED.test(words)) {
    return new AppError('unauthorized', `${cluster.server} did not accept the client certificate`, {
      hint: 'The certificate in the kubeconfig is missing, expired or from another authority: log in again.',
      detail,
      cause,
    });
  }
  if (UNREADABLE_PEM.test(code)) {
    return new AppError('context-unusable', `a certificate or key of context ${name} cannot be read`, {
      hint: 'Check certificate-authority, client-certificate and client-key: each has to be a whole PEM, and the last two a pair.',
      detail,
      cause,
    });
  }
  return undefined;
}

/** node:tls hands the certificate over with this error; for an address its message leaves the names out. */
function namesOf(cause: unknown): string {
  const { cert } = cause as { cert?: { subjectaltname?: string } };
  return cert?.subjectaltname || 'no name at all';
}
