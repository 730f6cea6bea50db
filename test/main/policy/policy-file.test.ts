import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPolicyFile } from '../../../main/policy/policy-file.ts';

const TEXT = 'version: 1\nrules: [{ name: all, recording: required }]\n';
/** Who we are stands for root: that this is asked for is what is tested. */
const OURS = process.getuid?.() ?? 0;

async function makeFile(text: string | Uint8Array = TEXT): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-policy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'policy.yaml');
  await writeFile(path, text, { mode: 0o644 });
  return path;
}

test('a file is followed, and one that is not there is no policy', async () => {
  const path = await makeFile();
  const { state, rules, problems } = await readPolicyFile({ path, isLocked: false });
  expect({ state, names: rules.map(({ name }) => name), problems }).toEqual({
    state: 'followed',
    names: ['all'],
    problems: [],
  });
  await rm(path);
  expect(await readPolicyFile({ path, isLocked: true, ownerUid: OURS })).toMatchObject({
    state: 'absent',
    rules: [],
    problems: [],
  });
});

test('what is there and cannot be read is a problem', async () => {
  const path = await makeFile('version: 1\nrules: 5');
  expect(await readPolicyFile({ path, isLocked: false })).toMatchObject({
    state: 'failed',
    rules: [],
    problems: [{ file: path, line: 2, column: 8, message: 'rules must be a list of rules' }],
  });
  await rm(path);
  await mkdir(path);
  expect(await readPolicyFile({ path, isLocked: false })).toMatchObject({
    state: 'failed',
    problems: [{ file: path, message: 'it cannot be read (EISDIR)' }],
  });
});

test('a file that is no text, or too large for a policy, is a problem', async () => {
  const binary = await makeFile(new Uint8Array([0x76, 0xff, 0xfe]));
  expect((await readPolicyFile({ path: binary, isLocked: false })).problems).toEqual([
    { file: binary, message: 'it is not UTF-8 text' },
  ]);
  const large = await makeFile(`${TEXT}#${'x'.repeat(1024 * 1024)}`);
  expect((await readPolicyFile({ path: large, isLocked: false })).problems).toEqual([
    { file: large, message: 'it is larger than 1024 KiB' },
  ]);
});

test.skipIf(process.platform === 'win32')(
  'a locked file that others may change is not followed',
  async () => {
    const path = await makeFile();
    const locked = { path, isLocked: true, ownerUid: OURS };
    expect((await readPolicyFile(locked)).state).toBe('followed');
    for (const mode of [0o664, 0o646]) {
      await chmod(path, mode);
      expect((await readPolicyFile(locked)).problems).toMatchObject([
        { message: 'others than root may write to it' },
      ]);
      expect((await readPolicyFile({ path, isLocked: false })).state).toBe('followed');
    }
    await chmod(path, 0o644);
    await chmod(join(path, '..'), 0o777);
    expect((await readPolicyFile(locked)).problems).toMatchObject([
      { message: 'others than root may write to its folder' },
    ]);
  },
);

test.skipIf(process.platform === 'win32')(
  'a locked file of somebody else than root is not followed',
  async () => {
    const path = await makeFile();
    const { state, problems } = await readPolicyFile({ path, isLocked: true, ownerUid: OURS + 1 });
    expect(state).toBe('failed');
    expect(problems).toMatchObject([{ message: `it belongs to user ${OURS}, and not to root` }]);
  },
);
