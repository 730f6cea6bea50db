import { execFile, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createSigner, isSealIntact, sealSidecar } from '../../../../main/recording/integrity/seal.ts';
import type { Sidecar } from '../../../../main/recording/recording.ts';
import { formatSidecar, parseSidecar } from '../../../../main/recording/sidecar.ts';
import { makeCastFolder, WEB_SHELL } from '../../../fakes/cast-folder.ts';

const SIDECAR: Sidecar = {
  version: 1,
  id: 'a',
  ...WEB_SHELL,
  startedAtMs: 5,
  integrity: { algorithm: 'sha256', blockBytes: 65_536, bytes: 10, head: 'ab' },
  state: {
    kind: 'closed',
    durationMicros: 1,
    bytes: 10,
    lostBytes: 0,
    invalidBytes: 0,
    maskedSpans: 0,
    end: { kind: 'exited', exitCode: 0 },
  },
};
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const signer = createSigner(generateKeyPairSync('ed25519').privateKey);

test('a seal holds over what it was made of, also after it was stored, and over nothing else', () => {
  const sealed = parseSidecar(formatSidecar(sealSidecar(SIDECAR, signer, 7)));
  expect(isSealIntact(sealed)).toBe(true);
  const changes: Partial<Sidecar>[] = [
    { id: 'b' },
    { details: { ...SIDECAR.details, pod: 'other' } },
    { startedAtMs: 6 },
    { cut: { base64: '', zeros: 1 } },
  ];
  for (const change of changes) expect(isSealIntact({ ...sealed, ...change })).toBe(false);
  const { seal } = sealed;
  if (!seal) throw new Error('not sealed');
  expect(isSealIntact({ ...sealed, seal: { ...seal, signedAtMs: 8 } })).toBe(false);
  expect(isSealIntact({ ...sealed, seal: { ...seal, signature: 'x' } })).toBe(false);
  expect(isSealIntact(SIDECAR)).toBe(false);
});

test('another key cannot pass for the one that it names', () => {
  const stranger = createSigner(generateKeyPairSync('ed25519').privateKey);
  const { seal } = sealSidecar(SIDECAR, stranger, 7);
  if (!seal) throw new Error('not sealed');
  expect(isSealIntact({ ...SIDECAR, seal })).toBe(true);
  expect(isSealIntact({ ...SIDECAR, seal: { ...seal, keyId: signer.keyId } })).toBe(false);
});

test.skipIf(!hasOpenssl)('a signature is a plain Ed25519 one: openssl verifies it', async () => {
  const folder = await makeCastFolder();
  const bytes = Buffer.from('what is signed');
  const publicKey = createPublicKey(signer.publicKeyPem);
  expect(verify(null, bytes, publicKey, signer.sign(bytes))).toBe(true);
  await Promise.all([
    writeFile(`${folder}/key.pem`, signer.publicKeyPem),
    writeFile(`${folder}/text`, bytes),
    writeFile(`${folder}/signature`, signer.sign(bytes)),
  ]);
  const { stdout } = await promisify(execFile)(
    'openssl',
    ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', 'key.pem', '-in', 'text', '-sigfile', 'signature'],
    { cwd: folder },
  );
  expect(stdout).toContain('Verified Successfully');
});
