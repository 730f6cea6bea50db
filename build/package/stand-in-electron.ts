import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from './machine.ts';

/**
 * The files of an Electron distribution with next to nothing in them, where the real one cannot be had. Packages made
 * of it have everything that is ours, and run nothing.
 */
export async function writeStandInElectron(
  folder: string,
  platform: Machine['platform'],
  version: string,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const write = async (path: string, content: string | Buffer, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    await chmod(join(folder, path), mode);
  };
  await write('LICENSE', 'Electron is not here: this is a stand-in for its distribution.\n');
  await write('LICENSES.chromium.html', '<!doctype html><title>stand-in</title>\n');
  await write('version', version);
  if (platform === 'darwin') return writeMacApp(write, version);
  const binary = platform === 'win32' ? 'electron.exe' : 'electron';
  await write('icudtl.dat', 'stand-in');
  await write('resources.pak', 'stand-in');
  await write('locales/en-US.pak', 'stand-in');
  await mkdir(join(folder, 'resources'), { recursive: true });
  if (platform === 'win32') return writeWindowsProgram(join(folder, binary));
  await write('chrome-sandbox', 'stand-in', 0o755);
  await write('chrome_crashpad_handler', 'stand-in', 0o755);
  await write(binary, Buffer.concat([Buffer.from(REFUSAL), FUSE_WIRE]), 0o755);
}

type Write = (path: string, content: string | Buffer, mode?: number) => Promise<void>;

const REFUSAL = '#!/bin/sh\necho "This package was made without Electron." >&2\nexit 69\n';

/**
 * What stands in Electron's binary for its fuses: a mark, the version of their order, how many there are, and each as
 * Electron 45 comes (github.com/electron/fuses).
 */
const FUSE_WIRE = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1'),
  Buffer.from([1, 9]),
  Buffer.from('101100011', 'latin1'),
]);

/** Only a real program has the resources that name, icon and hash are written to. */
async function writeWindowsProgram(path: string): Promise<void> {
  const script = `${path}.nsi`;
  await writeFile(
    script,
    [
      'Unicode true',
      `OutFile "${path}"`,
      'VIProductVersion "0.0.0.0"',
      'VIAddVersionKey "ProductName" "Electron"',
      'VIAddVersionKey "FileVersion" "0.0.0.0"',
      'VIAddVersionKey "FileDescription" "stand-in"',
      'VIAddVersionKey "LegalCopyright" "-"',
      'Section',
      'SectionEnd',
    ].join('\n'),
  );
  await promisify(execFile)('makensis', ['-V1', script]);
  await rm(script);
  await appendFile(path, FUSE_WIRE);
}

const HELPERS = ['', ' (GPU)', ' (Plugin)', ' (Renderer)'];

async function writeMacApp(write: Write, version: string): Promise<void> {
  const contents = 'Electron.app/Contents';
  const plist = (name: string): string =>
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<plist version="1.0"><dict>',
      `<key>CFBundleExecutable</key><string>${name}</string>`,
      `<key>CFBundleName</key><string>${name}</string>`,
      '<key>CFBundlePackageType</key><string>APPL</string>',
      `<key>CFBundleVersion</key><string>${version}</string>`,
      '<key>CFBundleIconFile</key><string>electron.icns</string>',
      '</dict></plist>',
      '',
    ].join('\n');
  await write(`${contents}/Info.plist`, plist('Electron'));
  await write(`${contents}/MacOS/Electron`, REFUSAL, 0o755);
  await write(`${contents}/Resources/electron.icns`, 'stand-in');
  await write(`${contents}/Frameworks/Electron Framework.framework/Electron Framework`, FUSE_WIRE, 0o755);
  for (const kind of HELPERS) {
    const name = `Electron Helper${kind}`;
    await write(`${contents}/Frameworks/${name}.app/Contents/Info.plist`, plist(name));
    await write(`${contents}/Frameworks/${name}.app/Contents/MacOS/${name}`, REFUSAL, 0o755);
  }
}
