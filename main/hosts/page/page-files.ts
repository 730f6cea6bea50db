import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { AppError } from '../../base/errors.ts';

/** The page's files, read once: what is not in the table does not exist, whatever the address says. */
export type PageFiles = ReadonlyMap<string, PageFile>;

export interface PageFile {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Keys are request paths; `/` is the page itself. */
export async function readPageFiles(folder: string): Promise<PageFiles> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('not-found', `the page is not built: ${folder} cannot be read`, {
      hint: 'Run npm run build.',
      cause,
    });
  });
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType) files.set(`/${name}`, { contentType, bytes: await readFile(join(folder, name)) });
  }
  const index = files.get('/index.html');
  if (!index) throw new AppError('not-found', `the page is not built: ${folder} has no index.html`);
  return files.set('/', index);
}
