/** The system and processor that a package is for, as Node names them. */
export interface Machine {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly arch: 'x64' | 'arm64';
}

export function thisMachine(): Machine {
  const { platform, arch } = process;
  if (platform !== 'linux' && platform !== 'darwin' && platform !== 'win32') {
    throw new Error(`no packages are made on ${platform}`);
  }
  if (arch !== 'x64' && arch !== 'arm64') throw new Error(`no packages are made on a processor ${arch}`);
  return { platform, arch };
}
