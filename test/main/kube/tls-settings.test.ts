import { expect, test } from 'vitest';
import type { Credential } from '../../../main/credentials/credential.ts';
import {
  createTlsSettings,
  hashClientCertificate,
  isSameCredential,
} from '../../../main/kube/tls-settings.ts';
import { createContext } from '../../fakes/kube-access.ts';

const ann: Credential = { clientCertificate: { certificatePem: 'ann', keyPem: 'key' } };

test('a certificate that is not checked needs no authorities, and none are read', () => {
  expect(createTlsSettings(createContext('https://h', { skipTlsVerify: true }), {}).isVerified).toBe(false);
  expect(createTlsSettings(createContext('https://h'), {}).isVerified).toBe(true);
});

test('a certificate or key that cannot be read is OpenSSL’s error', () => {
  expect(() => createTlsSettings(createContext('https://h'), ann)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^ERR_OSSL_/) }),
  );
});

test('credentials are the same where authorization, certificate and key are', () => {
  expect(
    isSameCredential({ authorization: 'a', ...ann }, { authorization: 'a', ...ann, expiresAtMs: 1 }),
  ).toBe(true);
  expect(isSameCredential({ authorization: 'a' }, { authorization: 'b' })).toBe(false);
  const rekeyed = { clientCertificate: { certificatePem: 'ann', keyPem: 'other' } };
  expect(isSameCredential(ann, rekeyed)).toBe(false);
});

test('the hash of a certificate does not contain its key', () => {
  expect(hashClientCertificate(ann)).toMatch(/^[0-9a-f]{64}$/);
  expect(hashClientCertificate({ authorization: 'x' })).toBe('');
});
