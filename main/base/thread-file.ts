import { basename } from 'node:path/posix';

/**
 * Where a thread's code is, for `new Worker`. From source it is the source beside the caller, bundled a file beside the
 * bundle. In a package the app's bundle is in an archive, which a thread cannot start from: there it stands with the
 * command's files, outside of it.
 * @param source of the thread, seen from the caller's source
 * @param caller its `import.meta.url`
 */
export function findThreadFile(source: string, caller: string): URL {
  if (caller.endsWith('.ts')) return new URL(source, caller);
  const bundled = `${basename(source, '.ts')}.mjs`;
  const folder = new URL('.', caller).href;
  if (!folder.endsWith('/app.asar/out/')) return new URL(bundled, folder);
  return new URL(bundled, folder.replace(/app\.asar\/out\/$/, 'app.asar.unpacked/out/command/'));
}
