import { AppError, systemCode } from '../base/errors.ts';
import { toCertificateError } from './certificate-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { CertificateRefusal } from './tls-handshake.ts';
import { explainTlsWords, type TlsTrouble } from './tls-words.ts';

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

/** A failure below HTTP, as what it means for reaching this cluster. Errors that have a meaning already keep it. */
export function toConnectError(context: ResolvedContext, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (cause instanceof CertificateRefusal) return toCertificateError(context, cause);
  const { reason, detail, trouble } = explainFailure(cause);
  const { server } = context.cluster;
  switch (trouble?.kind) {
    case 'client-refused':
      return new AppError('unauthorized', `${server} did not accept the client certificate`, {
        hint: trouble.hint,
        detail,
        cause,
      });
    case 'unreadable':
      return new AppError(
        'context-unusable',
        `a certificate or key of context ${context.name} cannot be read: ${reason}`,
        { hint: trouble.hint, detail, cause },
      );
    default:
      return new AppError('cluster-unreachable', `could not reach ${server}: ${reason}`, {
        hint: trouble?.hint ?? 'Check the network and VPN, and that the cluster runs.',
        detail,
        cause,
      });
  }
}

/** Why a connection did not come to be or broke, for people, and in the system's words with its code. */
export function explainFailure(cause: unknown): {
  readonly reason: string;
  readonly detail: string;
  readonly trouble: TlsTrouble | undefined;
} {
  const code = systemCode(cause) ?? '';
  const words = wordsOf(cause);
  const trouble = explainTlsWords(words, code);
  return {
    reason: trouble?.reason ?? REASONS[code] ?? (words || 'the connection failed'),
    detail: code && !words.startsWith(code) ? `${code}: ${words}` : words,
    trouble,
  };
}

/** Where each address of a name was tried, the words are with each attempt. */
function wordsOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(wordsOf).join('; ');
  return (cause instanceof Error ? cause.message : String(cause)).trim();
}
