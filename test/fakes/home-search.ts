import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Each file under `home` that holds one of the words; the demo's pods keep what is theirs. */
export async function findInHome(home: string, words: readonly string[]): Promise<string[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const own = paths.filter((path) => !relative(home, path).startsWith('demo'));
  const holding = await Promise.all(
    own.map(async (path) => {
      const bytes = await readFile(path);
      return words.some((word) => bytes.includes(word));
    }),
  );
  return own.filter((_path, index) => holding[index]);
}
