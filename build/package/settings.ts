import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flipFuses } from '@electron/fuses';
import type { AfterPackContext, Configuration } from 'electron-builder';
import { APP_ID } from '../../main/hosts/electron/addresses.ts';
import { FUSES } from './fuses.ts';
import { allowNoArbitraryLoads } from './info-plist.ts';

/** electron-builder's settings. All that it would look up elsewhere is given, so that nothing is found by chance. */
export interface PackagePlaces {
  readonly root: string;
  /** The app as `stageApp` left it. */
  readonly app: string;
  /** What stands beside the archive: the command, its Node, the licences. */
  readonly resources: string;
  /** As `writeIcons` left them. */
  readonly icons: string;
  readonly output: string;
  /** An unpacked distribution of Electron; fetched where not given. */
  readonly electronDist?: string;
  /** Where the app looks for updates. */
  readonly updatesUrl: string;
}

/** What plain Node must be able to open: the command, threads, and packages with native parts or files to read. */
/** `kubereel` is the command. */
const LINUX_BINARY = 'kubereel-app';
const UNPACKED = ['out/command/**', 'node_modules/**'];

export function makeSettings(places: PackagePlaces): Configuration {
  const linuxFile = (name: string): string => join(places.root, 'build', 'package', 'linux', name);
  const metainfo = `${linuxFile('kubereel.metainfo.xml')}=/usr/share/metainfo/example.kubereel.Kubereel.metainfo.xml`;
  return {
    appId: APP_ID,
    productName: 'Kubereel',
    copyright: 'Apache-2.0, Kubereel maintainers',
    electronVersion: readElectronVersion(places.root),
    ...(places.electronDist === undefined ? {} : { electronDist: places.electronDist }),
    directories: { app: places.app, output: places.output, buildResources: places.icons },
    files: [
      'package.json',
      'out/**/*',
      // Said so, since otherwise it takes what package.json depends on.
      { from: join(places.app, 'node_modules'), to: 'node_modules', filter: ['**/*'] },
    ],
    extraResources: [{ from: places.resources, to: '.' }],
    asar: { smartUnpack: false },
    asarUnpack: UNPACKED,
    // Native parts are made for Node's stable interface, which Electron has too.
    npmRebuild: false,
    nodeGypRebuild: false,
    afterPack: finishApp,
    publish: { provider: 'generic', url: places.updatesUrl },
    protocols: [{ name: 'Kubereel recording', schemes: ['kubereel'], role: 'Viewer' }],
    fileAssociations: [
      {
        ext: 'cast',
        name: 'Terminal recording',
        description: 'Terminal recording',
        mimeType: 'application/x-asciicast',
        role: 'Viewer',
        rank: 'Alternate',
      },
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder's own marks.
    artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
    linux: {
      target: ['deb', 'rpm', 'AppImage', 'tar.gz'],
      executableName: LINUX_BINARY,
      icon: join(places.icons, 'png'),
      category: 'Development',
      synopsis: 'Shells in Kubernetes pods, on the record',
      description: 'Opens shells in Kubernetes pods and records every session.',
      maintainer: 'Kubereel maintainers <maintainers@kubereel.example>',
      syncDesktopName: true,
    },
    deb: {
      packageName: 'kubereel',
      packageCategory: 'admin',
      afterInstall: linuxFile('after-install.sh'),
      afterRemove: linuxFile('after-remove.sh'),
      appArmorProfile: linuxFile('apparmor-profile'),
      fpm: [metainfo],
    },
    rpm: {
      packageName: 'kubereel',
      packageCategory: 'Applications/System',
      afterInstall: linuxFile('after-install.sh'),
      afterRemove: linuxFile('after-remove.sh'),
      appArmorProfile: linuxFile('apparmor-profile'),
      // Two packages with the same Electron would both claim the links to its build ids.
      fpm: [metainfo, '--rpm-rpmbuild-define', '_build_id_links none'],
    },
    win: { target: ['nsis', 'zip'], icon: join(places.icons, 'icon.ico') },
    nsis: { include: join(places.root, 'build', 'package', 'windows', 'installer.nsh') },
    mac: {
      target: ['dmg', 'zip'],
      icon: join(places.icons, 'icon.icns'),
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
      entitlements: join(places.root, 'build', 'package', 'macos', 'entitlements.plist'),
      entitlementsInherit: join(places.root, 'build', 'package', 'macos', 'entitlements.plist'),
    },
  };
}

export function readElectronVersion(root: string): string {
  return JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')).version;
}

function findElectronBinary({ appOutDir, electronPlatformName, packager }: AfterPackContext): string {
  const { productFilename } = packager.appInfo;
  if (electronPlatformName === 'darwin') return join(appOutDir, `${productFilename}.app`);
  return join(appOutDir, electronPlatformName === 'win32' ? `${productFilename}.exe` : LINUX_BINARY);
}

/** After the app's folder is complete, before it is signed. */
async function finishApp(context: AfterPackContext): Promise<void> {
  const { appOutDir, electronPlatformName, packager } = context;
  if (electronPlatformName === 'darwin') {
    const app = join(appOutDir, `${packager.appInfo.productFilename}.app`);
    await allowNoArbitraryLoads(join(app, 'Contents', 'Info.plist'));
  }
  await flipFuses(findElectronBinary(context), FUSES);
}
