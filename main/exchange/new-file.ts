import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { AppError, systemCode } from '../base/errors.ts';

/** What was recorded is for this user alone until he hands it on. */
const FILE_MODE = 0o600;

/**
 * Writes a file that is there as a whole or not at all. Rejects with `bad-input` where there is one already, unless it
 * is to be replaced; with `recording-failed` where it cannot be written.
 */
export async function writeNewFile(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  { isReplaced }: { readonly isReplaced: boolean },
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  // An empty one in its place, so that nobody else makes one meanwhile.
  if (!isReplaced) await attempt(path, async () => (await open(path, 'wx', FILE_MODE)).close());
  try {
    const file = await attempt(path, () => open(temporary, 'wx', FILE_MODE));
    try {
      for await (const chunk of chunks) await attempt(path, () => file.appendFile(chunk));
    } finally {
      await file.close();
    }
    await attempt(path, () => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    if (!isReplaced) await rm(path, { force: true });
    throw error;
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'EEXIST') {
      throw new AppError('bad-input', `there is already a file ${path}`, {
        hint: 'Name another one with -o, or use --force to replace it.',
        cause,
      });
    }
    throw new AppError('recording-failed', `${path} could not be written: ${code}`, { cause });
  }
}
