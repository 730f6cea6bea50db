// covers: main/kube/proxy-error.ts
import { X509Certificate } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { AppError } from '../../../main/base/errors.ts';
import { toConnectError } from '../../../main/kube/connect-error.ts';
import type { ClusterSettings } from '../../../main/kube/kubeconfig.ts';
import { toProxyError } from '../../../main/kube/proxy-error.ts';
import { CertificateRefusal } from '../../../main/kube/tls-handshake.ts';
import { createContext } from '../../fakes/kube-access.ts';
import { createTestAuthority, type TestAuthority } from '../../fakes/tls.ts';

let authority: TestAuthority;
let certificate: X509Certificate;

beforeAll(async () => {
  authority = await createTestAuthority('company-ca');
  const names = ['kube.internal', '10.0.0.1'];
  certificate = new X509Certificate((await authority.issue({ commonName: 'api', names })).certificate);
});

function explain(code: string, cluster: Partial<ClusterSettings> = {}): AppError {
  const refusal = new CertificateRefusal(code, '10.9.9.9', certificate);
  return toConnectError(createContext('https://10.9.9.9', cluster), refusal);
}

test('a certificate for other names: theirs, ours, and what to change', () => {
  expect(explain('ERR_TLS_CERT_ALTNAME_INVALID')).toMatchObject({
    code: 'cluster-untrusted',
    message: 'the certificate of https://10.9.9.9 is for kube.internal, 10.0.0.1, not for 10.9.9.9',
    hint: 'Use a name that it is for as server of cluster "staging", or set its tls-server-name to one.',
  });
  expect(explain('ERR_TLS_CERT_ALTNAME_INVALID', { tlsServerName: 'x' }).hint).toBe(
    'Set tls-server-name of cluster "staging" to a name that the certificate is for, or remove it.',
  );
});

test('the details tell subject, issuer, validity, names, the name asked for and who is trusted', () => {
  expect(explain('SELF_SIGNED_CERT_IN_CHAIN', { certificateAuthority: authority.certificate }).detail).toBe(
    [
      'certificate: CN=api',
      'issued by: CN=company-ca',
      `valid: ${certificate.validFrom} to ${certificate.validTo}`,
      'for: kube.internal, 10.0.0.1',
      'asked for: 10.9.9.9',
      'trusted: CN=company-ca',
      'SELF_SIGNED_CERT_IN_CHAIN',
    ].join('\n'),
  );
});

test.each([
  [undefined, 'trusted: the authorities of this machine'],
  ['-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n', 'trusted: nobody'],
])('authorities %j are told', (certificateAuthority, words) => {
  const cluster = certificateAuthority === undefined ? {} : { certificateAuthority };
  expect(explain('DEPTH_ZERO_SELF_SIGNED_CERT', cluster).detail).toContain(words);
});

test('an unknown authority: the hint depends on whether the kubeconfig names one', () => {
  const error = explain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  expect(error.message).toBe(
    'the certificate of https://10.9.9.9 is not signed by an authority that context staging trusts',
  );
  expect(error.hint).toMatch(/^Add certificate-authority-data of cluster "staging"/);
  expect(explain('SELF_SIGNED_CERT_IN_CHAIN', { certificateAuthority: 'pem' }).hint).toMatch(
    /fetch the kubeconfig anew/,
  );
});

test('one out of its time is told with the day, and points at the clock', () => {
  expect(explain('CERT_HAS_EXPIRED')).toMatchObject({
    message: `the certificate of https://10.9.9.9 has expired on ${certificate.validTo}`,
    hint: expect.stringContaining('clock'),
  });
  expect(explain('CERT_NOT_YET_VALID')).toMatchObject({
    message: `the certificate of https://10.9.9.9 is not valid yet: it is from ${certificate.validFrom}`,
    hint: expect.stringContaining('clock'),
  });
});

test('no certificate at all is told as such', () => {
  const refusal = new CertificateRefusal('UNABLE_TO_GET_ISSUER_CERT', 'h', undefined);
  expect(toConnectError(createContext('https://h'), refusal).detail).toContain('no certificate was shown');
});

test('an https proxy’s certificate is told as the proxy’s, with where the proxy is named', () => {
  const proxy = {
    kind: 'https',
    host: 'proxy',
    port: 3128,
    login: { username: 'a', password: 's3cret' },
  } as const;
  const explainProxy = (code: string, cluster: Partial<ClusterSettings> = {}): AppError =>
    toProxyError(
      createContext('https://10.9.9.9', cluster),
      { proxy, source: 'HTTPS_PROXY' },
      new CertificateRefusal(code, 'proxy', certificate),
    );
  expect(explainProxy('ERR_TLS_CERT_ALTNAME_INVALID')).toMatchObject({
    code: 'cluster-untrusted',
    message: 'the certificate of the proxy https://proxy:3128 is for kube.internal, 10.0.0.1, not for proxy',
    hint: 'Write one of the names that it is for into HTTPS_PROXY in the environment.',
  });
  expect(explainProxy('SELF_SIGNED_CERT_IN_CHAIN').hint).toContain('that this machine trusts');
  expect(explainProxy('SELF_SIGNED_CERT_IN_CHAIN', { certificateAuthority: 'pem' }).hint).toContain(
    'certificate-authority of cluster "staging" has to hold the proxy’s authority too',
  );
});
