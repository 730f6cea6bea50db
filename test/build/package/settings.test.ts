// covers: build/package/info-plist.ts
// covers: build/package/update-info.ts
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { allowNoArbitraryLoads } from '../../../build/package/info-plist.ts';
import { findNode } from '../../../build/package/resources.ts';
import { makeSettings } from '../../../build/package/settings.ts';
import { addFiles, readUpdateInfo } from '../../../build/package/update-info.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'kubereel-settings-'));

test("Info.plist loses electron-builder's leave to load from everywhere, and nothing else", async () => {
  const path = join(await temporary(), 'Info.plist');
  const rest = '<key>NSAllowsLocalNetworking</key>\n    <true/>\n  </dict>';
  await writeFile(path, `<dict>\n    <key>NSAllowsArbitraryLoads</key>\n    <true/>\n    ${rest}`);
  await allowNoArbitraryLoads(path);
  expect(await readFile(path, 'utf8')).toBe(`<dict>\n    ${rest}`);
});

test('a leave in another form is no silent pass', async () => {
  const path = join(await temporary(), 'Info.plist');
  await writeFile(path, '<key>NSAllowsArbitraryLoads</key><integer>1</integer>');
  await expect(allowNoArbitraryLoads(path)).rejects.toThrow('allows arbitrary loads');
});

test('apps find the packages of both runs in one list', async () => {
  const folder = await temporary();
  const [first, second] = [join(folder, 'first.yml'), join(folder, 'second.yml')];
  await writeFile(first, 'version: 1.0.0\nfiles:\n  - url: a.AppImage\n');
  await writeFile(second, 'version: 1.0.0\nfiles:\n  - url: a.deb\n  - url: a.rpm\npath: a.deb\n');
  await addFiles(second, await readUpdateInfo(first));
  expect(parse(await readFile(second, 'utf8'))).toEqual({
    version: '1.0.0',
    files: [{ url: 'a.AppImage' }, { url: 'a.deb' }, { url: 'a.rpm' }],
    path: 'a.deb',
  });
  expect(await readUpdateInfo(join(folder, 'none.yml'))).toBeUndefined();
});

test('the settings name every kind of package that is promised', () => {
  const settings = makeSettings({
    root,
    app: '/app',
    resources: '/resources',
    icons: '/icons',
    output: '/output',
    updatesUrl: 'https://updates.example/kubereel',
  });
  expect(settings.linux?.target).toEqual(['deb', 'rpm', 'AppImage', 'tar.gz']);
  expect(settings.win?.target).toEqual(['nsis', 'zip']);
  expect(settings.mac?.target).toEqual(['dmg', 'zip']);
  expect(settings.publish).toEqual({ provider: 'generic', url: 'https://updates.example/kubereel' });
});

test('the command gets a Node of its system, and another one is refused', async () => {
  const machine = { platform: process.platform, arch: process.arch } as Parameters<typeof findNode>[1];
  const { stdout } = await promisify(execFile)(findNode(root, machine), ['--version']);
  expect(stdout).toMatch(/^v24\./);
  const arch = machine.arch === 'x64' ? 'arm64' : 'x64';
  expect(() => findNode(root, { ...machine, arch })).toThrow('not the Node 24');
});

test.runIf(process.platform !== 'win32')(
  'the launcher runs the command that stands beside it with the Node beside it, also through a link',
  async () => {
    const folder = await temporary();
    const bin = join(folder, 'resources', 'bin');
    await mkdir(bin, { recursive: true });
    await copyFile(join(root, 'build/package/command/kubereel'), join(bin, 'kubereel'));
    await writeFile(join(bin, 'node'), '#!/bin/sh\nprintf "%s|" "$@"\n', { mode: 0o755 });
    await chmod(join(bin, 'kubereel'), 0o755);
    await symlink(join(bin, 'kubereel'), join(folder, 'linked'));
    const { stdout } = await promisify(execFile)(join(folder, 'linked'), ['exec', 'two words']);
    expect(stdout).toBe(`${bin}/../app.asar.unpacked/out/command/cli.mjs|exec|two words|`);
  },
);
