import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The curl on this machine's PATH that speaks HTTP/2, or undefined: then the tests that need one are skipped. */
export const curlPath: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'curl'))
  .find(
    (path) => existsSync(path) && execFileSync(path, ['--version'], { encoding: 'utf8' }).includes('HTTP2'),
  );
