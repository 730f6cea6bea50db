import { X509Certificate } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import type { CertificateRefusal } from './tls-handshake.ts';

/** Whose certificate it is where it is not the cluster's: the proxy, and where its address stands. */
interface ProxyPeer {
  readonly proxy: string;
  readonly place: string;
}

/** A certificate that was not accepted: whose, what is wrong with it, what was asked for, and what to change. */
export function toCertificateError(
  context: ResolvedContext,
  refusal: CertificateRefusal,
  peer?: ProxyPeer,
): AppError {
  const owner = peer?.proxy ?? context.cluster.server;
  const { what, hint } = explain(context, refusal, peer);
  return new AppError('cluster-untrusted', `the certificate of ${owner} ${what}`, {
    hint,
    detail: describe(context, refusal),
    cause: refusal,
  });
}

function explain(
  { name, cluster }: ResolvedContext,
  { code, certificate, peerName }: CertificateRefusal,
  peer: ProxyPeer | undefined,
): { readonly what: string; readonly hint: string } {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return {
        what: `has expired${certificate ? ` on ${certificate.validTo}` : ''}`,
        hint: `Have it renewed, and check this machine’s clock.`,
      };
    case 'CERT_NOT_YET_VALID':
      return {
        what: `is not valid yet${certificate ? `: it is from ${certificate.validFrom}` : ''}`,
        hint: 'Check this machine’s clock, and that of whoever issued the certificate.',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        what: `is for ${namesOf(certificate)}, not for ${peerName}`,
        hint: peer
          ? `Write one of the names that it is for into ${peer.place}.`
          : cluster.tlsServerName
            ? `Set tls-server-name of cluster "${cluster.name}" to a name that the certificate is for, or remove it.`
            : `Use a name that it is for as server of cluster "${cluster.name}", or set its tls-server-name to one.`,
      };
    default:
      return {
        what: `is not signed by an authority that context ${name} trusts`,
        hint: hintForAuthority(cluster.certificateAuthority !== undefined, cluster.name, peer),
      };
  }
}

function hintForAuthority(isNamed: boolean, cluster: string, peer: ProxyPeer | undefined): string {
  if (peer) {
    return isNamed
      ? `As for kubectl, the certificate-authority of cluster "${cluster}" has to hold the proxy’s authority too: add it to that PEM.`
      : 'Add the proxy’s authority to the certificates that this machine trusts.';
  }
  return isNamed
    ? `The certificate-authority of cluster "${cluster}" in the kubeconfig is not the one that signed it: fetch the kubeconfig anew.`
    : `Add certificate-authority-data of cluster "${cluster}" to the kubeconfig: without it only the authorities of this machine are trusted.`;
}

/** All that one needs to compare, one fact a line. */
function describe({ cluster }: ResolvedContext, { code, peerName, certificate }: CertificateRefusal): string {
  const shown = certificate
    ? [
        `certificate: ${oneLine(certificate.subject)}`,
        `issued by: ${oneLine(certificate.issuer)}`,
        `valid: ${certificate.validFrom} to ${certificate.validTo}`,
        `for: ${namesOf(certificate)}`,
      ]
    : ['no certificate was shown'];
  const trusted = cluster.certificateAuthority
    ? authoritiesOf(cluster.certificateAuthority)
    : 'the authorities of this machine';
  return [...shown, `asked for: ${peerName}`, `trusted: ${trusted}`, code].join('\n');
}

function namesOf(certificate: X509Certificate | undefined): string {
  // `DNS:kube.internal, IP Address:10.0.0.1`
  return certificate?.subjectAltName?.replaceAll(/(^|, )(DNS|IP Address):/g, '$1') ?? 'no name at all';
}

function authoritiesOf(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const subjects = blocks.flatMap((block) => {
    try {
      return [oneLine(new X509Certificate(block).subject)];
    } catch {
      return [];
    }
  });
  return subjects.join('; ') || 'nobody, as certificate-authority holds no certificate';
}

/** node:crypto puts each part of a name on a line of its own. */
function oneLine(name: string | undefined): string {
  return name?.split('\n').join(', ') || 'no name';
}
