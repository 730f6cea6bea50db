import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

/**
 * The archive's hash where Electron looks for it: on macOS in the app's Info.plist, on Windows in a resource of the
 * program, read by 7-Zip. On Linux Electron looks for none.
 */
export async function readArchiveHash(folder: string, { platform }: Machine): Promise<string | undefined> {
  if (platform === 'linux') return undefined;
  if (platform === 'darwin') {
    const plist = await readFile(join(folder, 'Kubereel.app', 'Contents', 'Info.plist'), 'utf8');
    const part = /<key>ElectronAsarIntegrity<\/key>[\s\S]*?<key>hash<\/key>\s*<string>([0-9a-f]+)</.exec(
      plist,
    );
    return part?.[1];
  }
  const resource = execFileSync(
    '7z',
    ['x', '-so', '-tPE', join(folder, 'Kubereel.exe'), '.rsrc/INTEGRITY/ELECTRONASAR'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return /"value":"([0-9a-f]+)"/.exec(resource)?.[1];
}
