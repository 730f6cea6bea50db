import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Seal, Sidecar } from '../recording.ts';

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
  return { ...rest, seal: sealBody(PURPOSE, { sidecar: rest }, signer, signedAtMs) };
}

/** Whether the seal is by the key that it names, over this sidecar. Whether that key is trusted is another question. */
export function isSealIntact(sidecar: Sidecar): boolean {
  const { seal, ...rest } = sidecar;
  return seal !== undefined && isSealOf(PURPOSE, { sidecar: rest }, seal);
}

/** A seal over any JSON, for one purpose: it is none for another. */
export function sealBody(purpose: string, body: object, signer: Signer, signedAtMs: number): Seal {
  const terms = { keyId: signer.keyId, publicKeyPem: signer.publicKeyPem, signedAtMs };
  const signature = Buffer.from(signer.sign(toSignedBytes(purpose, body, terms))).toString('base64');
  return { ...terms, signature };
}

/** As `isSealIntact`, for what `sealBody` sealed. */
export function isSealOf(purpose: string, body: object, { signature, ...terms }: Seal): boolean {
  try {
    const publicKey = createPublicKey(terms.publicKeyPem);
    if (keyIdOf(publicKey) !== terms.keyId) return false;
    return verify(null, toSignedBytes(purpose, body, terms), publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

function toSignedBytes(purpose: string, body: object, terms: Omit<Seal, 'signature'>): Buffer {
  return Buffer.from(`${purpose}${formatCanonically({ ...body, terms })}`);
}

/** JSON with its keys in order: the same value has the same bytes, however it was built or read. */
function formatCanonically(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
