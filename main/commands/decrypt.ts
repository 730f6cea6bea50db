import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AppError, systemCode } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import { readClearLines } from '../recording/cast/clear-copy.ts';
import { isCastName, isEncryptedName } from '../recording/cast-path.ts';
import type { CommandIo } from './io.ts';

export interface DecryptOptions {
  readonly name: string;
  /** A file that must not be there yet; standard output where undefined. */
  readonly output?: string | undefined;
}

/** Hands an encrypted recording out in the clear. Exit code 1 where parts of it could not be read. */
export async function runDecrypt(
  core: Core,
  { name, output }: DecryptOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const path = await findPath(core, name);
  if (!isEncryptedName(path)) {
    throw new AppError('bad-input', 'the recording is not encrypted', { hint: `It can be copied: ${path}` });
  }
  const lines = readClearLines(path, { keys: core.decryptionKeys, signal });
  let gaps = 0;
  async function* count(): AsyncGenerator<string> {
    for await (const { text, isGap } of lines) {
      if (isGap) gaps += 1;
      yield text;
    }
  }
  if (output === undefined) for await (const text of count()) await io.write(text);
  else await writeNewFile(output, count());
  if (gaps === 0) return 0;
  await io.writeError(
    `warning: damaged parts that could not be read: ${gaps}; a marker stands in the place of each\n`,
  );
  return 1;
}

/** For this user alone. What fails leaves no file behind. */
async function writeNewFile(path: string, texts: AsyncIterable<string>): Promise<void> {
  let file: FileHandle | undefined;
  try {
    for await (const text of texts) {
      // What cannot be read at all makes no file.
      file ??= await createFile(path);
      await file.appendFile(text);
    }
    await file?.sync();
  } catch (error) {
    if (file) await rm(path, { force: true });
    throw error;
  } finally {
    await file?.close();
  }
}

async function createFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (cause) {
    const isThere = systemCode(cause) === 'EEXIST';
    throw new AppError(
      'bad-input',
      isThere ? `${path} is there already` : `${path} cannot be made: ${systemCode(cause)}`,
      {
        cause,
        ...(isThere ? { hint: 'Name another file with -o; none is overwritten.' } : {}),
      },
    );
  }
}

async function findPath(core: Core, name: string): Promise<string> {
  if (isCastName(basename(name))) return resolve(name);
  const library = await core.library();
  return (await library.get(name)).path;
}
