import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { AppError } from '../base/errors.ts';
import { toConnectError } from '../kube/connect-error.ts';
import type { ResolvedContext } from '../kube/kubeconfig.ts';
import { type DialNeeds, KUBECTL_LIMITS, openRoute, targetOf } from '../kube/route.ts';
import { CertificateRefusal, secureSocket } from '../kube/tls-handshake.ts';
import { createTlsSettings } from '../kube/tls-settings.ts';
import { chainOf, describeCertificate, findAuthority, formatName, toDay } from './certificate-chain.ts';
import { detailOf, type Finding, ok, type Result, toFinding } from './check.ts';

/**
 * Shakes hands without a client certificate and without trust, so that the chain can be told whatever is wrong
 * with it; then says what node:tls thinks of it. Nothing is sent over the connection.
 */
export async function checkTls(
  { dial }: { readonly dial: DialNeeds },
  context: ResolvedContext,
  { signal }: { signal: AbortSignal },
): Promise<Result<true>> {
  const { cluster } = context;
  if (!cluster.server.startsWith('https:')) {
    const finding = {
      outcome: 'unknown',
      message: `${cluster.server} is plain http: no certificate, and no credential is sent`,
      hint: 'Anybody on the way can read along. Use https where the cluster has it.',
    } as const;
    return { finding, found: true };
  }
  const name = cluster.tlsServerName ?? targetOf(context).host;
  try {
    const { socket: tcp } = await openRoute(dial, context, { signal });
    // The same handshake as every connection's, but for what comes of it.
    const checking = { cluster: { ...cluster, skipTlsVerify: false } };
    const settings = { ...createTlsSettings(checking, {}), isVerified: false };
    const limitMs = (dial.limits ?? KUBECTL_LIMITS).handshakeMs;
    const socket = await secureSocket(tcp, settings, name, { limitMs, signal });
    try {
      const finding = judge(context, name, socket);
      return finding.outcome === 'failed' ? { finding } : { finding, found: true };
    } finally {
      socket.destroy();
    }
  } catch (error) {
    signal.throwIfAborted();
    return afterFailure(toConnectError(context, error));
  }
}

/** An untrusted chain is judged by the transport's own words, so that both say the same. */
function judge(context: ResolvedContext, name: string, socket: TLSSocket): Finding {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) {
    throw new AppError('cluster-untrusted', `${context.cluster.server} showed no certificate`, {
      hint: 'What listens there is no Kubernetes API server: check the address.',
    });
  }
  const chain = chainOf(leaf);
  const { certificateAuthority, skipTlsVerify } = context.cluster;
  const authority = findAuthority(chain, certificateAuthority);
  const trustedBy = certificateAuthority === undefined ? 'this machine' : 'the kubeconfig';
  const detail = detailOf(
    `${socket.getProtocol() ?? 'TLS'}, name asked for: ${name}`,
    ...chain.map((certificate, index) => `${index}: ${describeCertificate(certificate)}`),
    authority
      ? `trusted by ${trustedBy} through ${formatName(authority.subject)}`
      : `no authority that ${trustedBy} trusts has signed it`,
  );
  const problem = problemOf(socket, name);
  if (skipTlsVerify) {
    const state = problem ? 'would not be trusted' : 'would be trusted';
    const message = `insecure-skip-tls-verify: not checked; the certificate ${state}`;
    return ok(message, { ...detail, hint: 'Anybody on the way can pretend to be the cluster.' });
  }
  if (problem) {
    const { message, hint } = toConnectError(context, problem);
    return { outcome: 'failed', message, ...(hint === undefined ? {} : { hint }), ...detail };
  }
  return ok(
    `${formatName(leaf.subject)}, ${signedBy(authority, leaf)}, valid to ${toDay(leaf.validTo)}`,
    detail,
  );
}

function signedBy(authority: X509Certificate | undefined, leaf: X509Certificate): string {
  return `signed by ${formatName(authority?.subject ?? leaf.issuer)}`;
}

function problemOf(socket: TLSSocket, name: string): CertificateRefusal | undefined {
  if (socket.authorized) return undefined;
  const code = String(socket.authorizationError ?? 'CERT_UNTRUSTED');
  return new CertificateRefusal(code, name, socket.getPeerX509Certificate());
}

/** Without a client certificate some servers end the handshake; what comes after brings one along. */
function afterFailure(error: AppError): Result<true> {
  if (error.code === 'unauthorized') {
    return {
      finding: {
        ...toFinding(error, 'unknown'),
        message: 'the server wants a client certificate before it shows more',
      },
      found: true,
    };
  }
  return { finding: toFinding(error) };
}
