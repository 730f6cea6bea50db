import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { listenOnLoopback } from '../../../main/base/loopback.ts';
import {
  createLoopbackCertificates,
  type LoopbackCertificates,
} from '../../../main/base/loopback-certificates.ts';

/** What a client says of a server that shows these certificates. */
async function handshake(shown: LoopbackCertificates, trusted: string, name: string): Promise<string> {
  const server = createServer({ cert: shown.certificate, key: shown.privateKey });
  server.on('secureConnection', (socket) => socket.end());
  server.on('tlsClientError', () => {});
  const port = await listenOnLoopback(server, 0);
  const outcome = await new Promise<string>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca: trusted, servername: name }, () =>
      resolve('trusted'),
    );
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.resume();
  });
  await new Promise((resolve) => server.close(resolve));
  return outcome;
}

test('a client that trusts the authority trusts the server by its address and as localhost', async () => {
  const certificates = await createLoopbackCertificates(Date.now());
  expect(await handshake(certificates, certificates.authority, '')).toBe('trusted');
  expect(await handshake(certificates, certificates.authority, 'localhost')).toBe('trusted');
});

test('another authority or another name is refused', async () => {
  const [ours, theirs] = await Promise.all([
    createLoopbackCertificates(Date.now()),
    createLoopbackCertificates(Date.now()),
  ]);
  expect(await handshake(ours, theirs.authority, '')).toMatch(/UNABLE_TO_VERIFY|SIGNATURE|SELF_SIGNED/);
  expect(await handshake(ours, ours.authority, 'evil.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('the authority signs and the server does not', async () => {
  const nowMs = Date.now();
  const { authority, certificate } = await createLoopbackCertificates(nowMs);
  const parsed = new X509Certificate(certificate);
  const issuer = new X509Certificate(authority);
  expect({ authority: issuer.ca, server: parsed.ca }).toEqual({ authority: true, server: false });
  expect(parsed.verify(issuer.publicKey)).toBe(true);
  expect(parsed.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost');
  expect(Date.parse(parsed.validFrom)).toBeLessThan(nowMs);
  expect(Date.parse(parsed.validTo)).toBeGreaterThan(nowMs + 300 * 24 * 3_600_000);
});
