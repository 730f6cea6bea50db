import { chmod, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  appRules,
  findContentFaults,
  findModeFaults,
  listFiles,
  resourceRules,
} from '../../../build/package/contents.ts';
import type { Machine } from '../../../build/package/machine.ts';
import { PACKAGED_FILES } from '../../fakes/packaged-files.ts';

const LINUX: Machine = { platform: 'linux', arch: 'x64' };

test('an app with all that belongs to it has no faults', () => {
  expect(findContentFaults(PACKAGED_FILES, appRules(LINUX))).toEqual([]);
});

test.each([
  ['a map', 'out/main.mjs.map'],
  ['a map of the page', 'out/page/app.js.map'],
  ['a source', 'main/index.ts'],
  ['a source beside the bundle', 'out/index.ts'],
  ['a test', 'test/main/cli.test.ts'],
  ['types of a package', 'node_modules/@napi-rs/canvas/index.d.ts'],
  ['a development dependency', 'node_modules/esbuild/package.json'],
  ['a dependency that is bundled', 'node_modules/ws/index.js'],
  ["another system's native part", 'node_modules/@lydell/node-pty-darwin-arm64/pty.node'],
  ['settings of the developer', '.env'],
])('%s is told', (_what, planted) => {
  expect(findContentFaults([...PACKAGED_FILES, planted], appRules(LINUX))).toEqual([
    `${planted} does not belong into a package`,
  ]);
});

test.each(PACKAGED_FILES)('without %s the package is not whole', (lost) => {
  expect(
    findContentFaults(
      PACKAGED_FILES.filter((path) => path !== lost),
      appRules(LINUX),
    ),
  ).not.toEqual([]);
});

test('the resources hold the command and its Node as the system names them', () => {
  const common = ['app.asar', 'LICENSES.html'];
  const unix = [...common, 'bin/kubereel', 'bin/node'];
  const windows = [...common, 'bin/kubereel.cmd', 'bin/node.exe'];
  const other: Machine = { platform: 'win32', arch: 'x64' };
  expect(findContentFaults(unix, resourceRules(LINUX))).toEqual([]);
  expect(findContentFaults(windows, resourceRules(other))).toEqual([]);
  expect(findContentFaults(unix, resourceRules(other))).not.toEqual([]);
  expect(findContentFaults([...unix, 'default_app.asar'], resourceRules(LINUX))).toHaveLength(1);
});

test.runIf(process.platform !== 'win32')(
  'files that others may write to, that give rights away or lead out are told',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubereel-contents-'));
    const write = async (path: string, mode: number): Promise<void> => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), '');
      await chmod(join(folder, path), mode);
    };
    await write('resources/bin/kubereel', 0o755);
    await write('resources/bin/node', 0o755);
    await write('icudtl.dat', 0o644);
    expect(findModeFaults(await listFiles(folder))).toEqual([]);
    await write('locales/en.pak', 0o666);
    await write('chrome-sandbox', 0o4755);
    await chmod(join(folder, 'resources/bin/node'), 0o644);
    await symlink('/etc/passwd', join(folder, 'link'));
    expect(findModeFaults(await listFiles(folder))).toEqual([
      'chrome-sandbox gives rights away (4755)',
      'link leads out of the package, to /etc/passwd',
      'locales/en.pak can be written to by others (666)',
      'resources/bin/node cannot be run by everybody',
    ]);
  },
);
