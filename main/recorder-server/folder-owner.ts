import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { writeFileAtomically } from '../base/atomic-file.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { holdFileLock } from '../base/file-lock.ts';
import { parseJson } from '../base/json.ts';
import { describeThisProcess, isOwnerAlive } from '../recording/owner.ts';

/** Rejects with `bad-input` where another recorder on this machine keeps the folder: each would mend what the other writes. */
export async function takeFolder(
  needs: { readonly clock: Pick<Clock, 'nowMs' | 'sleep'> },
  { folder, ownerFile }: { readonly folder: string; readonly ownerFile: string },
): Promise<void> {
  await holdFileLock(needs.clock, `${ownerFile}.lock`, async () => {
    const text = await readFile(ownerFile, 'utf8').catch(() => '');
    const parsed = v.safeParse(ownerSchema, parseJson(text));
    if (parsed.success && isOwnerAlive(parsed.output)) {
      throw new AppError(
        'bad-input',
        `another recorder keeps ${folder}, as process ${parsed.output.processId}`,
        { hint: 'End it, or give this one a folder of its own.' },
      );
    }
    await writeFileAtomically(ownerFile, `${JSON.stringify(describeThisProcess())}\n`);
  });
}

const ownerSchema = v.object({
  hostName: v.string(),
  processId: v.number(),
  processStartedAtMs: v.number(),
});
