import { readFile, writeFile } from 'node:fs/promises';

/** electron-builder lets every macOS app talk in the clear to everybody. This takes that away again. */
export async function allowNoArbitraryLoads(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const cleared = text.replace(/\s*<key>NSAllowsArbitraryLoads<\/key>\s*<true\s*\/>/g, '');
  if (cleared.includes('NSAllowsArbitraryLoads')) {
    throw new Error(`${path} allows arbitrary loads in a form that is not known`);
  }
  await writeFile(path, cleared);
}
