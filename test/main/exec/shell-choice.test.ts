import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isMissingShell, SHELL_COMMAND } from '../../../main/exec/shell-choice.ts';

const run = promisify(execFile);

/** Runs the command as an image would whose PATH holds only these programs; each says who it is. */
async function shellOf(...programs: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-image-'));
  await symlink('/bin/sh', join(folder, 'real-sh'));
  for (const program of programs) {
    const script = `#!/bin/sh\necho "${program} $TERM"\n`;
    await writeFile(join(folder, program), script, { mode: 0o755 });
  }
  const [, ...args] = SHELL_COMMAND;
  try {
    const { stdout } = await run(join(folder, 'real-sh'), args, { env: { PATH: folder, TERM: 'xterm' } });
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe.skipIf(process.platform === 'win32')('the shell that takes its place', () => {
  test.each([
    [['sh', 'ash', 'bash'], 'bash'],
    [['sh', 'ash'], 'ash'],
    [['sh'], 'sh'],
  ])('of %j is %s, in colours', async (programs, shell) => {
    expect(await shellOf(...programs)).toBe(`${shell} xterm-256color`);
  });
});

describe('an image without a shell', () => {
  test.each([126, 127])('ends it with %i before it has printed anything', (exitCode) => {
    expect(isMissingShell(SHELL_COMMAND, exitCode, false)).toBe(true);
  });

  test('is not a shell that has printed, one that was left, or another command', () => {
    expect(isMissingShell(SHELL_COMMAND, 127, true)).toBe(false);
    expect(isMissingShell(SHELL_COMMAND, 1, false)).toBe(false);
    expect(isMissingShell(['sh', '-c', 'nonsense'], 127, false)).toBe(false);
    expect(isMissingShell(['ls'], 127, false)).toBe(false);
  });
});
