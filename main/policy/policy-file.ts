import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../base/errors.ts';
import type { PolicyProblem, PolicyRule, PolicyUpdates } from './policy.ts';
import { parsePolicyText } from './policy-text.ts';

export interface PolicyFile {
  readonly path: string;
  /** Set by the system's administrator: nobody else may be able to change it. Else the user's own. */
  readonly isLocked: boolean;
  /** Who the owner of a locked file has to be; nobody is asked for on Windows, whose rights are not read here. */
  readonly ownerUid?: number;
}

export interface ReadPolicyFile extends PolicyFile {
  readonly state: 'absent' | 'followed' | 'failed';
  readonly rules: readonly PolicyRule[];
  /** What it says of updates of the app; absent where it says nothing, or has a problem. */
  readonly updates?: PolicyUpdates;
  readonly problems: readonly PolicyProblem[];
}

const MAX_BYTES = 1024 * 1024;
const WRITABLE_BY_OTHERS = 0o022;

/** Reads one file. Never rejects: only a file that is not there is no policy; any other that cannot be read is a problem. */
export async function readPolicyFile(
  file: PolicyFile,
  parse: typeof parsePolicyText = parsePolicyText,
): Promise<ReadPolicyFile> {
  let handle: FileHandle;
  try {
    handle = await open(file.path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { ...file, state: 'absent', rules: [], problems: [] };
    return fail(file, `it cannot be read (${systemCode(error) ?? 'unknown'})`);
  }
  try {
    const mistrust = file.isLocked ? await findMistrust(handle, file) : undefined;
    if (mistrust) return fail(file, mistrust, 'Have an administrator give it back to root with `chmod 644`.');
    const { size } = await handle.stat();
    if (size > MAX_BYTES) return fail(file, `it is larger than ${MAX_BYTES / 1024} KiB`);
    const parsed = parse(decode(await handle.readFile()), file.path);
    return { ...file, state: parsed.problems.length > 0 ? 'failed' : 'followed', ...parsed };
  } catch (error) {
    if (error instanceof TypeError) return fail(file, 'it is not UTF-8 text');
    return fail(file, `it cannot be read (${systemCode(error) ?? 'unknown'})`);
  } finally {
    await handle.close();
  }
}

/** Asked of what was opened, so that nobody swaps it in between; and of its folder, where it could be replaced. */
async function findMistrust(handle: FileHandle, { path, ownerUid }: PolicyFile): Promise<string | undefined> {
  if (ownerUid === undefined) return undefined;
  for (const [what, found] of [
    ['it', await handle.stat()],
    ['its folder', await stat(dirname(path))],
  ] as const) {
    if (found.uid !== ownerUid) return `${what} belongs to user ${found.uid}, and not to root`;
    if ((found.mode & WRITABLE_BY_OTHERS) !== 0) return `others than root may write to ${what}`;
  }
  return undefined;
}

function fail(file: PolicyFile, reason: string, hint?: string): ReadPolicyFile {
  const problem = { file: file.path, message: reason, ...(hint === undefined ? {} : { hint }) };
  return { ...file, state: 'failed', rules: [], problems: [problem] };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
