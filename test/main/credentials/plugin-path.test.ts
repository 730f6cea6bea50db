import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findProgram, readVariable } from '../../../main/credentials/plugin-path.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-path-'));
  for (const name of ['one', 'two']) await mkdir(join(folder, name));
  const files = ['one/plain', 'two/plain', 'two/tool', 'two/tool.cmd', 'two/tool.exe'];
  for (const file of files) await writeFile(join(folder, file), '');
  await chmod(join(folder, 'two/plain'), 0o755);
  await chmod(join(folder, 'two/tool'), 0o755);
  await mkdir(join(folder, 'one/tool'));
});

describe.skipIf(process.platform === 'win32')('on Unix', () => {
  test('the first executable file on the PATH is it; folders and other files are not', async () => {
    const environment = { PATH: `${folder}/one:${folder}/two` };
    expect(await findProgram('plain', environment, 'linux')).toEqual({
      kind: 'found',
      path: `${folder}/two/plain`,
    });
    expect(await findProgram('tool', environment, 'linux')).toEqual({
      kind: 'found',
      path: `${folder}/two/tool`,
    });
  });

  test('the current folder never counts, and hides what comes after it, as for Go', async () => {
    const here = process.cwd();
    process.chdir(join(folder, 'two'));
    try {
      for (const path of [`.:${folder}/two`, `:${folder}/two`, `../two:${folder}/two`]) {
        expect(await findProgram('tool', { PATH: path }, 'linux')).toMatchObject({ kind: 'missing' });
      }
      expect(await findProgram('./tool', { PATH: folder }, 'linux')).toMatchObject({ kind: 'missing' });
    } finally {
      process.chdir(here);
    }
  });

  test('a path is taken as it is, where it can be run', async () => {
    expect(await findProgram(`${folder}/two/tool`, {}, 'linux')).toMatchObject({ kind: 'found' });
    expect(await findProgram(`${folder}/one/plain`, {}, 'linux')).toEqual({ kind: 'missing', folders: [] });
  });

  test('what was looked at is told', async () => {
    expect(await findProgram('none', { PATH: '/a:/b' }, 'linux')).toEqual({
      kind: 'missing',
      folders: ['/a', '/b'],
    });
    expect(await findProgram('none', {}, 'linux')).toMatchObject({ kind: 'missing' });
  });
});

test('Windows: variables have no case, and PATHEXT says what can be run', async () => {
  expect(readVariable({ Path: 'x' }, 'PATH', 'win32')).toBe('x');
  expect(readVariable({ Path: 'x' }, 'PATH', 'linux')).toBeUndefined();
  const environment = { Path: folder, PATHEXT: '.EXE;.CMD' };
  expect(await findProgram(`${folder}/two/tool`, environment, 'win32')).toEqual({
    kind: 'found',
    path: `${folder}/two/tool.exe`,
  });
  expect(await findProgram(`${folder}/two/tool.cmd`, environment, 'win32')).toMatchObject({
    path: `${folder}/two/tool.cmd`,
  });
  expect(await findProgram(`${folder}/one/plain`, environment, 'win32')).toMatchObject({ kind: 'missing' });
  // Files of this machine under Windows' rules: their path is not absolute there, so nothing is found in the end,
  // which is the rule for folders that are relative.
  expect(await findProgram('tool', { Path: 'one;two', PATHEXT: '.EXE;.CMD' }, 'win32')).toEqual({
    kind: 'missing',
    folders: ['one', 'two'],
  });
});
