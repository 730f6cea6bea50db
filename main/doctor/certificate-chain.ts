import { X509Certificate } from 'node:crypto';
import { readSystemAuthorities } from '../kube/tls-settings.ts';

/** A server sends a handful; a chain that is longer goes in circles. */
const MAX_CHAIN = 10;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** From the server's own certificate to the last that it sent. */
export function chainOf(leaf: X509Certificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (
    let next: X509Certificate | undefined = leaf;
    next && chain.length < MAX_CHAIN && !chain.some((known) => known.fingerprint256 === next?.fingerprint256);
    next = next.issuerCertificate
  ) {
    chain.push(next);
  }
  return chain;
}

/** The authority among those trusted that signed the chain, or is in it; undefined where none did. */
export function findAuthority(
  chain: readonly X509Certificate[],
  trustedPem: string | undefined,
): X509Certificate | undefined {
  const trusted = trustedPem === undefined ? readSystemAuthorities() : splitPem(trustedPem);
  const authorities = trusted.flatMap(parse);
  return authorities.find((authority) =>
    chain.some(
      (certificate) =>
        certificate.fingerprint256 === authority.fingerprint256 ||
        (certificate.checkIssued(authority) && certificate.verify(authority.publicKey)),
    ),
  );
}

export function splitPem(pem: string): readonly string[] {
  return pem.match(PEM_CERTIFICATE) ?? [];
}

function parse(pem: string): readonly X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    // One that cannot be read trusts nobody.
    return [];
  }
}

/** `CN=x, O=y` instead of lines. */
export function formatName(name: string | undefined): string {
  return name?.replaceAll('\n', ', ') || 'nobody';
}

/** One certificate in one line of a detail. */
export function describeCertificate(certificate: X509Certificate): string {
  const { subject, issuer, validFrom, validTo, subjectAltName } = certificate;
  const names = subjectAltName === undefined ? '' : `; for ${subjectAltName}`;
  return `${formatName(subject)}; issued by ${formatName(issuer)}; valid ${toDay(validFrom)} to ${toDay(validTo)}${names}`;
}

/** OpenSSL's `Nov 21 07:14:00 2026 GMT` as a date. */
export function toDay(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? time : new Date(ms).toISOString().slice(0, 10);
}
