import { AppError, systemCode } from '../base/errors.ts';
import { toCertificateError } from './certificate-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { CertificateRefusal } from './tls-handshake.ts';

/** System, undici and OpenSSL codes of a connection that did not come to be, or broke. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'it did not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it took the request and did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it stopped in the middle of its answer',
  Z_BUF_ERROR: 'it stopped in the middle of its answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EPIPE: 'the connection was cut',
};

/** OpenSSL's words, where its code is lost on the way (node:tls, `write EPROTO`). */
const NOT_TLS = /:(wrong version number|packet length too long|http request):/;
/** The part of OpenSSL's words that is meant for people: `…:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:…`. */
const TLS_WORDS = /:SSL routines:[^:]*:([^:]+):/;
/** TLS alerts by which a server refuses our client certificate, or its absence. */
const CLIENT_REFUSED =
  /alert (certificate required|bad certificate|unknown ca|certificate expired|certificate unknown|certificate revoked|access denied):/;
/** Not the certificate is refused: OpenSSL cannot even read what the kubeconfig or the plugin gave. */
const UNREADABLE_PEM = /^ERR_OSSL_|^ERR_CRYPTO_/;

/** A failure below HTTP, as what it means for reaching this cluster. Errors that have a meaning already keep it. */
export function toConnectError(context: ResolvedContext, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (cause instanceof CertificateRefusal) return toCertificateError(context, cause);
  const { reason, detail } = explainFailure(cause);
  const { server } = context.cluster;
  if (CLIENT_REFUSED.test(detail)) {
    return new AppError('unauthorized', `${server} did not accept the client certificate`, {
      hint: 'The certificate in the kubeconfig is missing, expired or from another authority: log in again.',
      detail,
      cause,
    });
  }
  if (UNREADABLE_PEM.test(detail)) {
    return new AppError(
      'context-unusable',
      `a certificate or key of context ${context.name} cannot be read`,
      {
        hint: 'Check certificate-authority, client-certificate and client-key: each has to be a whole PEM, and the last two a pair.',
        detail,
        cause,
      },
    );
  }
  return new AppError('cluster-unreachable', `could not reach ${server}: ${reason}`, {
    hint: hintFor(detail),
    detail,
    cause,
  });
}

/** Why a connection did not come to be or broke, for people, and in the system's words with its code. */
export function explainFailure(cause: unknown): { readonly reason: string; readonly detail: string } {
  const code = systemCode(cause) ?? '';
  const words = wordsOf(cause);
  return {
    reason: explainTls(words) ?? REASONS[code] ?? (words || 'the connection failed'),
    detail: code && !words.startsWith(code) ? `${code}: ${words}` : words,
  };
}

/** Where each address of a name was tried, the words are with each attempt. */
function wordsOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(wordsOf).join('; ');
  return (cause instanceof Error ? cause.message : String(cause)).trim();
}

function explainTls(words: string): string | undefined {
  if (NOT_TLS.test(words)) return 'what listens there does not speak TLS';
  const [, ofOpenSsl] = TLS_WORDS.exec(words) ?? [];
  return ofOpenSsl && `the TLS handshake failed: ${ofOpenSsl}`;
}

function hintFor(detail: string): string {
  if (NOT_TLS.test(detail)) return 'Check scheme and port of the server in the kubeconfig.';
  if (TLS_WORDS.test(detail)) {
    return 'TLS 1.2 or 1.3 is needed on both sides; some servers end it here where they want a client certificate.';
  }
  return 'Check the network and VPN, and that the cluster runs.';
}
