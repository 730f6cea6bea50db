import { open } from 'node:fs/promises';
import { AppError, systemCode } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import type { CommandIo } from './io.ts';

/** Lists the keys whose seals are this home's. */
export async function listKeys({ signingKeys }: Core, io: CommandIo): Promise<number> {
  const { keyId } = await signingKeys.signer();
  for (const known of await signingKeys.knownKeyIds()) {
    await io.write(`${known === keyId ? '*' : ' '} ${known}\n`);
  }
  return 0;
}

export async function rotateKeys({ signingKeys }: Core, io: CommandIo): Promise<number> {
  const { keyId } = await signingKeys.rotate();
  await io.write(`${keyId}\n`);
  return 0;
}

/** Lists the public keys of the age identities that are here. */
export async function listIdentities({ decryptionKeys }: Core, io: CommandIo): Promise<number> {
  const recipients = await decryptionKeys.recipients();
  if (recipients.length === 0)
    await io.writeError('No identities here; `kubereel keys identity new` makes one.\n');
  for (const recipient of recipients) await io.write(`${recipient}\n`);
  return 0;
}

export async function makeIdentity({ decryptionKeys, paths }: Core, io: CommandIo): Promise<number> {
  const { recipient } = await decryptionKeys.create();
  await io.write(`${recipient}\n`);
  await io.writeError(
    `The secret half is in ${paths.keys}. Keep a copy elsewhere: without it what is encrypted to it is lost.\n`,
  );
  return 0;
}

/** Keeps the identities of a file, or of standard input where none is named. */
export async function addIdentities(
  { decryptionKeys }: Core,
  path: string | undefined,
  io: CommandIo,
): Promise<number> {
  const text = path === undefined ? await readText(io.input, 'standard input') : await readIdentityFile(path);
  const added = await decryptionKeys.add(text);
  if (added.length === 0) await io.writeError('All of them were here.\n');
  for (const recipient of added) await io.write(`${recipient}\n`);
  return 0;
}

/** Many keys with what is written around them; what is larger is something else. */
const MAX_TEXT_BYTES = 64 * 1024;

async function readIdentityFile(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    return await readText(file.createReadStream(), path);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('bad-input', `${path} cannot be read: ${systemCode(cause) ?? cause}`, { cause });
  }
}

async function readText(input: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (bytes > MAX_TEXT_BYTES)
      throw new AppError('bad-input', `${name} is too large for a file of identities`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
