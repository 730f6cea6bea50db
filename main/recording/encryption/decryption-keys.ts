import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, systemCode } from '../../base/errors.ts';
import { holdFileLock } from '../../base/file-lock.ts';
import { describeLocker, type KeyVault, openVault, renewFile } from '../../base/key-vault.ts';
import { makePrivateFolder } from '../../base/paths.ts';
import { createTurns } from '../../base/turns.ts';
import { type CastKeys, createLockedError } from '../cast/cast-source.ts';
import { decryptWith, makeIdentity, parseIdentity } from './age.ts';

/**
 * The age identities of this home: with them it reads encrypted recordings. Recording needs none of them. They stand
 * in a file for each vault; the one of the open vault is read by all, for any process may add to it, and `age -i`
 * takes it as it is.
 */
export interface DecryptionKeys extends CastKeys {
  /** Makes an identity and keeps it. */
  create(): Promise<KnownIdentity>;
  /**
   * Keeps the identities of a text as `age-keygen` writes it; resolves with the recipients of those that are new.
   * Rejects with `bad-input`, keeping none, where a line of it is none or where there is none.
   */
  add(text: string): Promise<readonly string[]>;
  /**
   * What a small age file holds. Rejects with `recording-locked` where none of the identities here is one of its
   * recipients, with `recording-unreadable` where one is and does not open it.
   */
  decrypt(recipients: readonly string[], ageFile: Uint8Array): Promise<Uint8Array>;
  /** Whose recordings can be read here. */
  recipients(): Promise<readonly string[]>;
}

const FILE_NAME = 'age-identities';

export interface KnownIdentity {
  /** The secret half. */
  readonly identity: string;
  readonly recipient: string;
}

export function createDecryptionKeys({
  folder,
  clock,
  vault = openVault,
}: {
  readonly folder: string;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly vault?: KeyVault;
}): DecryptionKeys {
  const vaults = vault.suffix === openVault.suffix ? [vault] : [vault, openVault];
  const turns = createTurns();
  let hasRenewed = false;

  function pathOf({ suffix }: KeyVault): string {
    return join(folder, `${FILE_NAME}${suffix}`);
  }

  /** Anew each time: another process may have added one, and a recording is not opened often. */
  async function load(from: KeyVault): Promise<string> {
    try {
      const text = await from.unlock(await readFile(pathOf(from), 'utf8'));
      if (from.renew) renewOnce(from);
      return text;
    } catch (cause) {
      if (systemCode(cause) === 'ENOENT') return '';
      throw createUnusable(pathOf(from), cause, from);
    }
  }

  function renewOnce(from: KeyVault): void {
    if (hasRenewed) return;
    hasRenewed = true;
    // Not awaited: it waits for the turn of who reads now; and as it was it can be used, too.
    void turns
      .take(() => holdFileLock(clock, `${pathOf(from)}.lock`, () => renewFile(from, pathOf(from))))
      .catch(() => {});
  }

  /** Whether keys of this home are locked where only another program of ours opens them. */
  async function hasOtherKeys(): Promise<boolean> {
    const names = await readdir(folder).catch(() => []);
    const own = vaults.map(({ suffix }) => `${FILE_NAME}${suffix}`);
    return names.some((name) => name.startsWith(FILE_NAME) && !name.endsWith('.lock') && !own.includes(name));
  }

  async function loadIdentities(): Promise<readonly KnownIdentity[]> {
    const found = await Promise.all(
      vaults.map(async (from) =>
        readIdentities(await load(from)).catch((cause: unknown) => {
          throw createUnusable(pathOf(from), cause);
        }),
      ),
    );
    return found.flat();
  }

  function keep(added: readonly KnownIdentity[]): Promise<readonly string[]> {
    return turns.take(async () => {
      await makePrivateFolder(folder);
      return holdFileLock(clock, `${pathOf(vault)}.lock`, () => write(added));
    });
  }

  async function write(added: readonly KnownIdentity[]): Promise<readonly string[]> {
    const known = new Set((await loadIdentities()).map(({ identity }) => identity));
    const fresh = added.filter(({ identity }) => !known.has(identity));
    if (fresh.length === 0) return [];
    const time = new Date(clock.nowMs()).toISOString();
    const lines = fresh.map(
      ({ identity, recipient }) => `# created: ${time}\n# public key: ${recipient}\n${identity}\n`,
    );
    await writeFileAtomically(pathOf(vault), await vault.lock(`${await load(vault)}${lines.join('')}`));
    return fresh.map(({ recipient }) => recipient);
  }

  async function decrypt(recipients: readonly string[], ageFile: Uint8Array): Promise<Uint8Array> {
    const known = await loadIdentities();
    try {
      return await decryptWith(
        known.map(({ identity }) => identity),
        ageFile,
      );
    } catch (cause) {
      // age does not tell a key that is another from one that was altered; that it should open it does.
      if (known.some(({ recipient }) => recipients.includes(recipient))) refuseAltered(cause);
      throw createLockedError(recipients, { isMaybeElsewhere: await hasOtherKeys() });
    }
  }

  return {
    async create() {
      const made = await makeIdentity();
      await keep([made]);
      return made;
    },
    async add(text) {
      const identities = await readIdentities(text);
      if (identities.length === 0) throw new AppError('bad-input', 'there is no age identity in it');
      return keep(identities);
    },
    async recipients() {
      return (await loadIdentities()).map(({ recipient }) => recipient);
    },
    decrypt,
    async unlock({ recipients }, keyFile) {
      const text = Buffer.from(await decrypt(recipients, keyFile)).toString('utf8');
      return (await parseIdentity(text).catch(refuseAltered)).identity;
    },
  };
}

function refuseAltered(cause: unknown): never {
  throw new AppError('recording-unreadable', 'the recording cannot be read: its key was altered', { cause });
}

/** Throws `bad-input`, naming the line that is neither an identity nor a comment. */
async function readIdentities(text: string): Promise<readonly KnownIdentity[]> {
  const found: KnownIdentity[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const known = await parseIdentity(line).catch((error: AppError) => {
      throw new AppError('bad-input', `line ${index + 1}: ${error.message}`, { hint: error.hint ?? '' });
    });
    found.push(known);
  }
  return found;
}

function createUnusable(path: string, cause: unknown, vault: KeyVault = openVault): AppError {
  return new AppError('recording-failed', `the keys in ${path} cannot be used${describeLocker(vault)}`, {
    cause,
    hint:
      vault.place === 'files'
        ? 'Restore the file from a backup, or move it away; recordings that it opens cannot be read without it.'
        : 'Unlock or restore that keychain, as the user who has locked them. Else move the file away and add your copies of the keys.',
  });
}
