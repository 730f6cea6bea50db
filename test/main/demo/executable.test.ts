import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findExecutable } from '../../../main/demo/executable.ts';

describe.skipIf(process.platform === 'win32')('executables on Unix', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubereel-demo-'));
    for (const name of ['first', 'second']) await mkdir(join(folder, name));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function addFile(name: string, mode: number): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, mode);
    return path;
  }

  const find = (name: string): ReturnType<typeof findExecutable> =>
    findExecutable(name, { searchPath: `${folder}/first:${folder}/second`, folder });

  test('a name is searched along the path, past what cannot be executed', async () => {
    await addFile('first/tool', 0o644);
    await mkdir(join(folder, 'first', 'other'));
    const path = await addFile('second/tool', 0o755);
    expect(await find('tool')).toEqual({ kind: 'found', path });
    expect(await find('other')).toEqual({ kind: 'missing', reason: 'executable file not found in $PATH' });
  });

  test('a path is taken from the folder, or as it is', async () => {
    const path = await addFile('first/tool', 0o755);
    expect(await find('./first/tool')).toEqual({ kind: 'found', path });
    expect(await find(path)).toEqual({ kind: 'found', path });
  });

  test('what is missing is told in the words of a container runtime', async () => {
    expect(await find('nosuch')).toEqual({ kind: 'missing', reason: 'executable file not found in $PATH' });
    expect(await find('')).toEqual({ kind: 'missing', reason: 'executable file not found in $PATH' });
    expect(await find('/nosuch/tool')).toEqual({
      kind: 'missing',
      reason: 'stat /nosuch/tool: no such file or directory',
    });
    await addFile('first/text', 0o644);
    expect(await find('./first/text')).toEqual({ kind: 'missing', reason: 'permission denied' });
  });
});
