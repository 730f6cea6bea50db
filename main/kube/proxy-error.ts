import { AppError } from '../base/errors.ts';
import { toCertificateError } from './certificate-error.ts';
import { explainFailure } from './connect-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import { formatProxy } from './proxy.ts';
import type { ProxyChoice } from './proxy-choice.ts';
import { CertificateRefusal } from './tls-handshake.ts';

/** A proxy was reached and did not open a way to the cluster. */
export class ProxyRefusal extends Error {
  /** The start of what it had to say; empty where it said nothing. */
  readonly body: string;
  /** It is about who we are to the proxy. */
  readonly isLogin: boolean;

  /** `predicate`: what the proxy did, after its name. */
  constructor(predicate: string, { body = '', isLogin = false }: { body?: string; isLogin?: boolean } = {}) {
    super(predicate);
    this.name = 'ProxyRefusal';
    this.body = body;
    this.isLogin = isLogin;
  }
}

const MAX_QUOTED_CHARACTERS = 300;

/** A failure on the way to or through a proxy, which is named without its login. */
export function toProxyError(context: ResolvedContext, choice: ProxyChoice, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { server } = context.cluster;
  const proxy = `the proxy ${formatProxy(choice.proxy)}`;
  const place = placeOf(context, choice);
  if (cause instanceof ProxyRefusal) {
    const body = cause.body.replace(/\s+/g, ' ').trim().slice(0, MAX_QUOTED_CHARACTERS);
    return new AppError('cluster-unreachable', `could not reach ${server}: ${proxy} ${cause.message}`, {
      hint: cause.isLogin ? hintForLogin(choice, place) : hintForRefusal(place),
      ...(body === '' ? {} : { detail: body }),
      cause,
    });
  }
  if (cause instanceof CertificateRefusal) return toCertificateError(context, cause, { proxy, place });
  const { reason, detail } = explainFailure(cause);
  return new AppError('cluster-unreachable', `could not reach ${proxy} to ${server}: ${reason}`, {
    hint: `Check that the proxy runs, and its address in ${place}.`,
    detail,
    cause,
  });
}

function placeOf({ cluster }: ResolvedContext, { source }: ProxyChoice): string {
  return source === 'proxy-url'
    ? `proxy-url of cluster "${cluster.name}" in the kubeconfig`
    : `${source} in the environment`;
}

function hintForLogin({ proxy }: ProxyChoice, place: string): string {
  const what = proxy.login ? 'Check user and password in' : 'Write user:password@ before the host in';
  return `${what} ${place}; special characters are percent-encoded (@ is %40).`;
}

function hintForRefusal(place: string): string {
  return place.startsWith('proxy-url')
    ? `Ask whoever runs the proxy to let this address through, or change ${place}.`
    : `Ask whoever runs the proxy to let this address through, or name it in NO_PROXY if it can be reached directly; the proxy comes from ${place}.`;
}
