import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Credential, PemSource } from './credential.ts';
import { createUnreadable } from './credential-file.ts';

type KeyPair = NonNullable<Credential['clientCertificate']>;

/**
 * Reads a client certificate and its key each time they are asked for, so that new ones are seen. While the files are
 * being replaced one of them may be gone, or be the other's no more: then the last pair is used on, as by client-go
 * (transport/cert_rotation.go).
 */
export function createKeyPairReader(certificate: PemSource, key: PemSource): () => Promise<KeyPair> {
  let kept: KeyPair | undefined;
  return async () => {
    try {
      const certificatePem = await readPem(certificate, 'client certificate');
      const keyPem = await readPem(key, 'client key');
      if (kept?.certificatePem === certificatePem && kept.keyPem === keyPem) return kept;
      // The first pair is judged by whoever connects with it: there is no other to use.
      if (kept) createSecureContext({ cert: certificatePem, key: keyPem });
      kept = { certificatePem, keyPem };
    } catch (error) {
      if (!kept) throw error;
    }
    return kept;
  };
}

async function readPem(source: PemSource, what: string): Promise<string> {
  if (source.kind === 'data') return source.pem;
  try {
    return await readFile(source.path, 'utf8');
  } catch (cause) {
    throw createUnreadable(what, source.path, cause);
  }
}
