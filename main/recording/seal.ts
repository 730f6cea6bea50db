import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Seal, Sidecar } from './recording.ts';

/** Signs what a recording is, with a key that its home keeps. */
export interface Signer {
  /** Short name of the key: the start of its public half's hash. */
  readonly keyId: string;
  readonly publicKeyPem: string;
  sign(bytes: Uint8Array): Uint8Array;
}

/** So that a signature for this purpose is none for another. */
const PURPOSE = 'kubereel recording v1\n';

export function createSigner(privateKey: KeyObject): Signer {
  const publicKey = createPublicKey(privateKey);
  return {
    keyId: keyIdOf(publicKey),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    // Ed25519 has its own hash (RFC 8032).
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}

export function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 32);
}

/** The sidecar with its seal: over all else in it, and so, by the chain's head, over the cast. */
export function sealSidecar(sidecar: Sidecar, signer: Signer, signedAtMs: number): Sidecar {
  const { seal: _old, ...rest } = sidecar;
  const terms = { keyId: signer.keyId, publicKeyPem: signer.publicKeyPem, signedAtMs };
  const signature = Buffer.from(signer.sign(toSignedBytes(rest, terms))).toString('base64');
  return { ...rest, seal: { ...terms, signature } };
}

/** Whether the seal is by the key that it names, over this sidecar. Whether that key is trusted is another question. */
export function isSealIntact(sidecar: Sidecar): boolean {
  const { seal, ...rest } = sidecar;
  if (!seal) return false;
  const { signature, ...terms } = seal;
  try {
    const publicKey = createPublicKey(seal.publicKeyPem);
    if (keyIdOf(publicKey) !== seal.keyId) return false;
    return verify(null, toSignedBytes(rest, terms), publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

function toSignedBytes(sidecar: Omit<Sidecar, 'seal'>, terms: Omit<Seal, 'signature'>): Buffer {
  return Buffer.from(`${PURPOSE}${formatCanonically({ sidecar, terms })}`);
}

/** JSON with its keys in order: the same value has the same bytes, however it was built or read. */
function formatCanonically(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
