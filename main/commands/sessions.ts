import type { Core } from '../compose.ts';
import type { CommandIo } from './io.ts';
import { formatAge, formatTable } from './table.ts';

/** Lists the recordings on this machine, newest first. */
export async function runSessions(
  core: Core,
  options: { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const library = await core.library();
  const recordings = await library.list();
  if (options.json) {
    await io.write(`${JSON.stringify(recordings, null, 2)}\n`);
    return 0;
  }
  if (recordings.length === 0) {
    await io.writeError(`No recordings yet in ${core.paths.recordings}\n`);
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
    recording.state,
  ]);
  const heads = ['ID', 'CONTEXT', 'NAMESPACE', 'POD/CONTAINER', 'STARTED', 'DURATION', 'EXIT', 'STATE'];
  await io.write(formatTable(heads, rows));
  return 0;
}
