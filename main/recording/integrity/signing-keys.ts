import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { AppError, systemCode } from '../../base/errors.ts';
import { describeLocker, type KeyVault, openVault, renewFile } from '../../base/key-vault.ts';
import { makePrivateFolder } from '../../base/paths.ts';
import { createTurns } from '../../base/turns.ts';
import { createSigner, keyIdOf, type Signer } from './seal.ts';

/** The Ed25519 keys of this home: one that signs (for each vault that is in use), and the public halves of all that ever did. */
export interface SigningKeys {
  /** Makes the first key where there is none. Rejects with `recording-failed` where it cannot be read. */
  signer(): Promise<Signer>;
  /** A new key signs from now on, here at once and in other processes when they start anew; what the old ones signed stays verifiable. */
  rotate(): Promise<Signer>;
  /** Ids of all keys whose signatures are this home's. */
  knownKeyIds(): Promise<ReadonlySet<string>>;
}

const SIGNING_FILE = 'signing-key';
const PUBLIC_SUFFIX = '.pub.pem';

export function createSigningKeys({
  folder,
  vault = openVault,
}: {
  readonly folder: string;
  readonly vault?: KeyVault;
}): SigningKeys {
  const turns = createTurns();
  const signingFile = join(folder, `${SIGNING_FILE}${vault.suffix}`);
  let current: Signer | undefined;

  async function load(): Promise<Signer | undefined> {
    let stored: string;
    try {
      stored = await readFile(signingFile, 'utf8');
    } catch (cause) {
      if (systemCode(cause) === 'ENOENT') return undefined;
      throw createUnusable(folder, cause);
    }
    let signer: Signer;
    try {
      signer = createSigner(createPrivateKey(await vault.unlock(stored)));
    } catch (cause) {
      throw createUnusable(folder, cause, vault);
    }
    // As it was it can be used, too.
    await renewFile(vault, signingFile).catch(() => {});
    return signer;
  }

  async function create(): Promise<Signer> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    await makePrivateFolder(folder);
    // The public half first: a signature without one could never be verified.
    const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await writeFileAtomically(join(folder, `${keyIdOf(publicKey)}${PUBLIC_SUFFIX}`), publicPem);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFileAtomically(signingFile, await vault.lock(pem));
    return createSigner(privateKey);
  }

  async function forgetAll(): Promise<void> {
    await makePrivateFolder(folder);
    const names = (await readdir(folder)).filter((name) => name.startsWith(SIGNING_FILE));
    await Promise.all(names.map((name) => rm(join(folder, name))));
  }

  return {
    signer: () =>
      turns.take(async () => {
        current ??= (await load()) ?? (await create());
        return current;
      }),
    rotate: () =>
      turns.take(async () => {
        await forgetAll();
        current = await create();
        return current;
      }),
    async knownKeyIds() {
      await mkdir(folder, { recursive: true });
      const names = (await readdir(folder)).filter((name) => name.endsWith(PUBLIC_SUFFIX));
      const keys = await Promise.all(names.map((name) => readPublicKey(join(folder, name))));
      return new Set(keys.flatMap((key) => (key ? [keyIdOf(key)] : [])));
    },
  };
}

/** By what the file holds and not by its name, which anybody may change. */
async function readPublicKey(path: string): Promise<KeyObject | undefined> {
  try {
    return createPublicKey(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function createUnusable(folder: string, cause: unknown, vault: KeyVault = openVault): AppError {
  return new AppError(
    'recording-failed',
    `the signing key in ${folder} cannot be read${describeLocker(vault)}`,
    {
      hint: 'Recordings are kept without a signature. `kubereel keys rotate` makes a new key.',
      cause,
    },
  );
}
