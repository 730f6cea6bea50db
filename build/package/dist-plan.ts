import type { Machine } from './machine.ts';

/** Which packages a machine can make. What would have to be fetched from a host that does not answer is not tried. */
export interface DistFacts {
  readonly machine: Machine;
  /** Electron is unpacked here. */
  readonly hasElectron: boolean;
  /** Why Electron cannot be fetched, or electron-builder's tools; undefined where they can. */
  readonly electronTrouble: string | undefined;
  readonly toolsTrouble: string | undefined;
  /** Packages with native parts for this machine that npm did not install. */
  readonly missingModules: readonly string[];
  /** Programs on PATH, and tools that the environment names. */
  has(tool: 'fpm' | 'rpmbuild' | '7za' | 'appimage-tools'): boolean;
}

export interface DistRow {
  readonly target: string;
  /** Why it is not made. */
  readonly obstacle?: string;
}

const TARGETS: Readonly<Record<Machine['platform'], readonly string[]>> = {
  linux: ['deb', 'rpm', 'AppImage', 'tar.gz'],
  win32: ['nsis', 'zip'],
  darwin: ['dmg', 'zip'],
};

const SYSTEM_NAMES: Readonly<Record<Machine['platform'], string>> = {
  linux: 'Linux',
  win32: 'Windows',
  darwin: 'macOS',
};

/** Every package that there is, with what stands against it on this machine. */
export function planDist(facts: DistFacts): readonly DistRow[] {
  const { machine } = facts;
  const own = TARGETS[machine.platform].map((target) => {
    const obstacle = findObstacle(target, facts);
    return { target, ...(obstacle === undefined ? {} : { obstacle }) };
  });
  const others = (Object.keys(TARGETS) as Machine['platform'][])
    .filter((platform) => platform !== machine.platform)
    .flatMap((platform) =>
      TARGETS[platform].map((target) => ({
        target: `${SYSTEM_NAMES[platform]} ${target}`,
        obstacle: `made on ${SYSTEM_NAMES[platform]}, whose native parts npm installs there`,
      })),
    );
  const arch = machine.arch === 'x64' ? 'arm64' : 'x64';
  return [
    ...own,
    { target: `all for ${arch}`, obstacle: `made on ${arch}, whose native parts npm installs there` },
    ...others,
  ];
}

function findObstacle(target: string, facts: DistFacts): string | undefined {
  const { hasElectron, electronTrouble, toolsTrouble, missingModules, has } = facts;
  if (missingModules.length > 0) return `npm did not install ${missingModules.join(', ')}`;
  if (!hasElectron && electronTrouble)
    return `Electron is not here and cannot be fetched (${electronTrouble})`;
  const unless = (isHere: boolean, what: string): string | undefined =>
    isHere || !toolsTrouble ? undefined : `${what} is not here and cannot be fetched (${toolsTrouble})`;
  if (target === 'rpm' && !has('rpmbuild')) return 'rpmbuild is not installed';
  if (target === 'deb' || target === 'rpm') return unless(has('fpm'), 'fpm');
  if (target === 'AppImage') return unless(has('appimage-tools'), "AppImage's runtime");
  if (target === 'nsis') return unless(false, "NSIS as electron-builder's plug-ins need it");
  if (target === 'tar.gz' || target === 'zip') return unless(has('7za'), '7-Zip');
  return undefined;
}

export function formatRows(rows: readonly DistRow[], files: readonly string[]): string {
  const width = Math.max(...rows.map(({ target }) => target.length));
  return [
    ...rows.map(
      ({ target, obstacle }) => `${target.padEnd(width)}  ${obstacle ? `no: ${obstacle}` : 'made'}`,
    ),
    ...files,
  ].join('\n');
}
