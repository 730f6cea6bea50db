import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOtherWay } from '../../../../main/hosts/electron/update-way.ts';

const base = {
  isPackaged: true,
  platform: 'linux',
  execPath: '/opt/Kubereel/kubereel',
  resourcesPath: '/opt/Kubereel/resources',
  environment: {},
} as const;
const nothing = () => false;
const only = (path: string) => (asked: string) => asked === path;

test('from source nothing is updated', () => {
  expect(findOtherWay({ ...base, isPackaged: false }, nothing)).toBe('source');
});

test('a deb or an rpm is the package manager’s', () => {
  const marked = only(join(base.resourcesPath, 'package-type'));
  expect(findOtherWay(base, marked)).toBe('package-manager');
  expect(findOtherWay({ ...base, environment: { APPIMAGE: '/x.AppImage' } }, marked)).toBe('package-manager');
});

test('an AppImage, what an installer brought and what macOS started update themselves; an archive does not', () => {
  expect(findOtherWay({ ...base, environment: { APPIMAGE: '/x.AppImage' } }, nothing)).toBeUndefined();
  expect(findOtherWay(base, nothing)).toBe('unpacked');
  expect(findOtherWay({ ...base, platform: 'darwin' }, nothing)).toBeUndefined();
  const windows = { ...base, platform: 'win32' } as const;
  expect(findOtherWay(windows, nothing)).toBe('unpacked');
  expect(findOtherWay(windows, only('/opt/Kubereel/Uninstall Kubereel.exe'))).toBeUndefined();
});
