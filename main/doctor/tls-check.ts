import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { AppError } from '../base/errors.ts';
import { toConnectError } from '../kube/connect-error.ts';
import type { ResolvedContext } from '../kube/kubeconfig.ts';
import { CertificateRefusal } from '../kube/tls-handshake.ts';
import { endpointOf } from './address-check.ts';
import { chainOf, describeCertificate, findAuthority, formatName, toDay } from './certificate-chain.ts';
import { detailOf, type Finding, ok, type Result, toFinding } from './check.ts';

/** Opens a TCP connection to the cluster, through its proxy where it has one. */
export type OpenSocket = (context: ResolvedContext, options: { signal: AbortSignal }) => Promise<Socket>;

/**
 * Shakes hands without a client certificate and without trust, so that the chain can be told whatever is wrong
 * with it; then says what node:tls thinks of it. Nothing is sent over the connection.
 */
export async function checkTls(
  { openSocket }: { readonly openSocket: OpenSocket },
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
  const name = cluster.tlsServerName ?? endpointOf(cluster.server).host;
  try {
    const tcp = await openSocket(context, { signal });
    const socket = await shakeHands(tcp, name, cluster.certificateAuthority, signal);
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
    throw new AppError('cluster-untrusted', `${context.cluster.server} showed no certificate`);
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

function shakeHands(
  tcp: Socket,
  name: string,
  certificateAuthority: string | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: tcp,
      host: name,
      ...(isIP(name) ? {} : { servername: name }),
      ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
      rejectUnauthorized: false,
    });
    const cancel = (): void => {
      socket.destroy();
      tcp.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', cancel);
      resolve(socket);
    });
    socket.on('error', (error) => {
      signal.removeEventListener('abort', cancel);
      tcp.destroy();
      reject(error);
    });
    socket.once('close', () => reject(createCut()));
  });
}

function createCut(): Error {
  return Object.assign(new Error('the connection was cut in the TLS handshake'), { code: 'ECONNRESET' });
}
