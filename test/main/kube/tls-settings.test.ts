import { expect, test } from 'vitest';
import type { Credential } from '../../../main/credentials/credential.ts';
import { hashClientCertificate, isSameCredential, toTlsSettings } from '../../../main/kube/tls-settings.ts';
import { createContext } from '../../fakes/kube-access.ts';

const ann: Credential = { clientCertificate: { certificatePem: 'ann', keyPem: 'key' } };

test('what the cluster does not set is left to node:tls', () => {
  expect(toTlsSettings(createContext('https://h'), {})).toEqual({ rejectUnauthorized: true });
});

test('authority, name, skipping and client certificate go where node:tls looks for them', () => {
  const cluster = { certificateAuthority: 'ca', tlsServerName: 'kube', skipTlsVerify: true };
  expect(toTlsSettings(createContext('https://h', cluster), ann)).toEqual({
    rejectUnauthorized: false,
    ca: 'ca',
    servername: 'kube',
    cert: 'ann',
    key: 'key',
  });
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
