import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** A certificate and its key, as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface TestAuthority {
  /** What those trust who trust this authority. */
  readonly certificate: string;
  issue(subject: CertificateSubject): Promise<KeyPair>;
}

export interface CertificateSubject {
  readonly commonName: string;
  /** DNS names and IP addresses; none for a client. */
  readonly names?: readonly string[];
  readonly notAfter?: Date;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1_000;
const { subtle } = globalThis.crypto;

export async function createTestAuthority(name = 'test-ca'): Promise<TestAuthority> {
  const keys = await subtle.generateKey(KEY, true, ['sign', 'verify']);
  const notBefore = new Date(Date.now() - 2 * DAY_MS);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: SIGNING,
    notBefore,
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return {
    certificate: authority.toString('pem'),
    async issue({ commonName, names = [], notAfter = new Date(Date.now() + DAY_MS) }) {
      const subjectKeys = await subtle.generateKey(KEY, true, ['sign', 'verify']);
      const alternatives = names.map((value) => ({
        type: /^[\d.]+$/.test(value) ? ('ip' as const) : ('dns' as const),
        value,
      }));
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${commonName}`,
        issuer: authority.subject,
        publicKey: subjectKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: SIGNING,
        notBefore,
        notAfter,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
        ],
      });
      const privateKey = await subtle.exportKey('pkcs8', subjectKeys.privateKey);
      return {
        certificate: certificate.toString('pem'),
        privateKey: x509.PemConverter.encode(privateKey, 'PRIVATE KEY'),
      };
    },
  };
}
