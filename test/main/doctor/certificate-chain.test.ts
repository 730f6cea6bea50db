import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  chainOf,
  describeCertificate,
  findAuthority,
  formatName,
  splitPem,
  toDay,
} from '../../../main/doctor/certificate-chain.ts';
import { createTestAuthority } from '../../fakes/tls.ts';

test('the authority that signed is found among others, by its signature and not by its name', async () => {
  const [signer, namesake, other] = await Promise.all([
    createTestAuthority('the-ca'),
    createTestAuthority('the-ca'),
    createTestAuthority('other-ca'),
  ]);
  const { certificate } = await signer.issue({ commonName: 'api', names: ['api.example.com'] });
  const chain = chainOf(new X509Certificate(certificate));
  expect(chain).toHaveLength(1);
  const bundle = [other, namesake, signer].map((one) => one.certificate).join('\n');
  expect(findAuthority(chain, bundle)?.fingerprint256).toBe(
    new X509Certificate(signer.certificate).fingerprint256,
  );
  expect(findAuthority(chain, namesake.certificate)).toBeUndefined();
  expect(findAuthority(chain, 'no PEM')).toBeUndefined();
  // The machine's own roots did not sign a test's certificate.
  expect(findAuthority(chain, undefined)).toBeUndefined();
});

test('a certificate that is trusted itself is its own authority', async () => {
  const authority = await createTestAuthority('self');
  const chain = chainOf(new X509Certificate(authority.certificate));
  expect(findAuthority(chain, authority.certificate)?.subject).toBe('CN=self');
});

test('a certificate is told in one line', async () => {
  const authority = await createTestAuthority('the-ca');
  const { certificate } = await authority.issue({
    commonName: 'api',
    names: ['api.example.com'],
    notAfter: new Date(Date.UTC(2031, 1, 3)),
  });
  expect(describeCertificate(new X509Certificate(certificate))).toMatch(
    /^CN=api; issued by CN=the-ca; valid \d{4}-\d\d-\d\d to 2031-02-03; for DNS:api\.example\.com$/,
  );
});

test('names and days as people read them', () => {
  expect(formatName('C=DE\nO=Shop\nCN=api')).toBe('C=DE, O=Shop, CN=api');
  expect(formatName('')).toBe('nobody');
  expect(toDay('Feb  3 00:00:00 2031 GMT')).toBe('2031-02-03');
  expect(toDay('whenever')).toBe('whenever');
});

test('a bundle is split into its certificates, with whatever stands between', async () => {
  const { certificate } = await createTestAuthority('a');
  expect(splitPem(`# mine\n${certificate}\nnoise\n${certificate}`)).toHaveLength(2);
  expect(splitPem('')).toEqual([]);
});
