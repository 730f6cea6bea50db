import { webcrypto } from 'node:crypto';

/** What a TLS server on 127.0.0.1 and its clients need, as PEM. */
export interface LoopbackCertificates {
  /** What clients trust. Its key is forgotten as soon as the server's certificate is signed. */
  readonly authority: string;
  readonly certificate: string;
  /** PKCS#8. Secret. */
  readonly privateKey: string;
}

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Longer than any program runs; a laptop that was asleep for months still finds it valid. */
const VALID_DAYS = 365;

/**
 * Makes a certificate authority and a certificate by it for 127.0.0.1, both new; `name` is for people who look at them.
 * Takes about 0.4 s the first time.
 */
export async function createLoopbackCertificates(
  nowMs: number,
  name = 'kubereel',
): Promise<LoopbackCertificates> {
  // The ASN.1 packages take 0.3 s to load, which only those pay who need it. They need Reflect metadata first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { subtle } = webcrypto;
  const [authorityKeys, serverKeys] = await Promise.all([
    subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']),
    subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']),
  ]);
  // From a day ago: the clocks of a host and its virtual machines differ.
  const validity = { notBefore: new Date(nowMs - DAY_MS), notAfter: new Date(nowMs + VALID_DAYS * DAY_MS) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: `CN=${name}-ca`,
    keys: authorityKeys,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: `CN=${name}`,
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  const privateKey = await subtle.exportKey('pkcs8', serverKeys.privateKey);
  return {
    authority: authority.toString('pem'),
    certificate: certificate.toString('pem'),
    privateKey: x509.PemConverter.encode(privateKey, 'PRIVATE KEY'),
  };
}
