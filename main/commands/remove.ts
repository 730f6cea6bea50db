import { AppError, toAppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import type { Recording } from '../library/recording.ts';
import { confirm } from './confirm.ts';
import { type CommandIo, formatFailure } from './io.ts';

/** Deletes recordings with all that belongs to them, and asks once before. Exit code 1 where one could not be. */
export async function runRemove(
  core: Core,
  { names, isConfirmed, json }: { names: readonly string[]; isConfirmed: boolean; json: boolean },
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const library = await core.library();
  const recordings = new Map<string, Recording>();
  // All are found, and may be deleted, before the first one is.
  for (const name of names) {
    const recording = await library.get(name);
    refuseLive(recording);
    recordings.set(recording.recordingId, recording);
  }
  const they = recordings.size === 1 ? 'It' : 'They';
  const question = `Delete ${describeAll([...recordings.values()])}? ${they} cannot be brought back.`;
  if (!isConfirmed) await confirm(io, question, 'nothing was deleted');
  const removed: string[] = [];
  const failures: { readonly recordingId: string; readonly message: string }[] = [];
  for (const recordingId of recordings.keys()) {
    signal.throwIfAborted();
    try {
      await library.remove(recordingId);
      removed.push(recordingId);
      if (!json) await io.write(`${recordingId}  deleted\n`);
    } catch (error) {
      failures.push({ recordingId, message: toAppError(error).message });
      await io.writeError(formatFailure(error));
    }
  }
  if (json) await io.write(`${JSON.stringify({ removed, failures }, null, 2)}\n`);
  return failures.length > 0 ? 1 : 0;
}

function refuseLive({ state, recordingId }: Recording): void {
  if (state !== 'live') return;
  throw new AppError('bad-input', `the recording ${recordingId} is still being written`, {
    hint: 'Close its session first.',
  });
}

function describeAll(recordings: readonly Recording[]): string {
  const pinned = recordings.filter(({ isPinned }) => isPinned).length;
  const owed = recordings.filter(({ isOwed }) => isOwed).length;
  const [only] = recordings;
  const what =
    recordings.length === 1 && only
      ? `the recording ${only.recordingId}${only.pod === '' ? '' : ` of ${only.pod}`}`
      : `${recordings.length} recordings`;
  const but = [
    ...(pinned > 0 ? [recordings.length === 1 ? 'pinned' : `${pinned} pinned`] : []),
    ...(owed > 0 ? [`${recordings.length === 1 ? '' : `${owed} `}not delivered to a recorder yet`] : []),
  ];
  return but.length === 0 ? what : `${what} (${but.join(', ')})`;
}
