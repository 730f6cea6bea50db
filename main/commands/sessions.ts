import type { Core } from '../compose.ts';
import type { Recording } from '../library/recording.ts';
import type { CommandIo } from './io.ts';
import { formatAge, formatTable } from './table.ts';

/** Lists the recordings on this machine, newest first. */
export async function runSessions(
  core: Core,
  options: { readonly state?: Recording['state']; readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const library = await core.library();
  const { state } = options;
  const recordings = (await library.list()).filter((one) => state === undefined || one.state === state);
  if (options.json) {
    await io.write(`${JSON.stringify(recordings, null, 2)}\n`);
    return 0;
  }
  if (recordings.length === 0) {
    const which = state === undefined ? 'No recordings yet' : `No recordings that are ${state}`;
    await io.writeError(`${which} in ${core.paths.recordings}\n`);
    return 0;
  }
  const rows = recordings.map((recording) => [
    recording.recordingId,
    recording.context,
    recording.namespace,
    `${recording.pod}/${recording.container}`,
    new Date(recording.startedAtMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    formatAge(recording.durationMicros / 1_000),
    recording.exitCode === undefined ? '' : String(recording.exitCode),
    recording.encryptedTo ? `${recording.state}, ${describeLock(recording)}` : recording.state,
  ]);
  const heads = ['ID', 'CONTEXT', 'NAMESPACE', 'POD/CONTAINER', 'STARTED', 'DURATION', 'EXIT', 'STATE'];
  await io.write(formatTable(heads, rows));
  return 0;
}

function describeLock({ isLocked }: Recording): string {
  return isLocked ? 'encrypted: no key here' : 'encrypted';
}
