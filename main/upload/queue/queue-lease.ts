import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { Clock } from '../../base/clock.ts';
import { systemCode } from '../../base/errors.ts';
import { holdFileLock } from '../../base/file-lock.ts';
import { parseJson } from '../../base/json.ts';
import type { RecordingOwner } from '../../recording/recording.ts';

/** Which process of this home delivers what is owed: one at a time. */
export interface QueueLease {
  /** Takes it, or keeps it; false while another process has it. Rejects where the folder cannot be written to. */
  take(): Promise<boolean>;
  /** Whether another process has it now. */
  isElsewhere(): Promise<boolean>;
  /** Gives it back. */
  release(): Promise<void>;
}

export interface QueueLeaseNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly folder: string;
  readonly owner: { describe(): RecordingOwner; isAlive(owner: RecordingOwner): boolean };
}

/** How often whoever has it says so. */
export const RENEW_MS: number = 30_000;
/** A holder that has not said so for that long is gone, asleep, or was another program with the same number. */
const LAPSE_MS = 4 * RENEW_MS;

const leaseSchema = v.object({
  owner: v.object({ hostName: v.string(), processId: v.number(), processStartedAtMs: v.number() }),
  renewedAtMs: v.number(),
});

export function createQueueLease({ clock, folder, owner }: QueueLeaseNeeds): QueueLease {
  const path = join(folder, 'queue');
  const self = owner.describe();

  async function read(): Promise<v.InferOutput<typeof leaseSchema> | undefined> {
    try {
      const parsed = v.safeParse(leaseSchema, parseJson(await readFile(path, 'utf8')));
      return parsed.success ? parsed.output : undefined;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async function readOther(): Promise<boolean> {
    const held = await read();
    if (!held || isSame(held.owner, self)) return false;
    // A clock that was set back makes it look renewed in the future.
    if (Math.abs(clock.nowMs() - held.renewedAtMs) > LAPSE_MS) return false;
    // What runs on another machine cannot be seen from here: its word counts while it is fresh.
    return held.owner.hostName !== self.hostName || owner.isAlive(held.owner);
  }

  return {
    take: () =>
      holdFileLock(clock, `${path}.lock`, async () => {
        if (await readOther()) return false;
        const lease = { owner: self, renewedAtMs: clock.nowMs() };
        await writeFileAtomically(path, `${JSON.stringify(lease)}\n`);
        return true;
      }),
    isElsewhere: readOther,
    release: () =>
      holdFileLock(clock, `${path}.lock`, async () => {
        const held = await read();
        if (held && isSame(held.owner, self)) await rm(path, { force: true });
      }),
  };
}

function isSame(a: RecordingOwner, b: RecordingOwner): boolean {
  return (
    a.hostName === b.hostName && a.processId === b.processId && a.processStartedAtMs === b.processStartedAtMs
  );
}
