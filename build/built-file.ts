import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Puts one built file where it belongs, whole: an app that runs from there, or starts meanwhile, reads the old one or the
 * new one. One that is the same already is left alone. What names its interpreter can be executed.
 */
export async function placeBuiltFile(path: string, contents: Uint8Array): Promise<void> {
  if ((await readFile(path).catch(() => undefined))?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  const isProgram = Buffer.from(contents.subarray(0, 2)).toString() === '#!';
  await writeFile(temporary, contents, { mode: isProgram ? 0o777 : 0o666 });
  await rename(temporary, path);
}
