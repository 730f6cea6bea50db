import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingEnd } from '../../main/recording/recording.ts';
import { sidecarPathOf } from '../../main/recording/sidecar.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { WEB_SHELL } from './cast-folder.ts';
import { createManualClock } from './manual-clock.ts';

/** Unix milliseconds of the first second of 2026. */
export const NEW_YEAR_MS: number = Date.UTC(2026, 0, 1);

export interface RecordedSession {
  readonly recordingId: string;
  readonly path: string;
}

/** Records a session of 1.5 s that printed `hello`, by the writer itself. */
export async function recordSession(
  folder: string,
  options: { readonly startedAtMs?: number; readonly end?: RecordingEnd } = {},
): Promise<RecordedSession> {
  const { startedAtMs = NEW_YEAR_MS, end = { kind: 'exited', exitCode: 0 } } = options;
  const clock = createManualClock();
  const writer = await createCastWriter({ clock, folder }, { ...WEB_SHELL, startedAtMs });
  await clock.advance(1_500);
  await writer.output(Buffer.from('hello'), clock.nowMicros());
  await writer.close(end, clock.nowMicros());
  return { recordingId: writer.recordingId, path: writer.path };
}

/** Files as a writer leaves them that was killed in the middle of a line. */
export async function recordCutSession(folder: string, hostName = 'gone'): Promise<RecordedSession> {
  const { recordingId, path } = await recordSession(folder, { end: { kind: 'closed' } });
  const sidecar = JSON.parse(await readFile(sidecarPathOf(path), 'utf8'));
  // No process of such an age is left after a reboot.
  const owner = { hostName, processId: 1, processStartedAtMs: 0 };
  await writeFile(sidecarPathOf(path), JSON.stringify({ ...sidecar, state: { kind: 'live', owner } }));
  await writeFile(path, '[9.0,"o","to', { flag: 'a' });
  return { recordingId, path };
}

/** A cast of another program, without a sidecar. */
export async function placeForeignCast(folder: string, recordingId: string): Promise<RecordedSession> {
  const path = join(folder, `${recordingId}.cast`);
  await writeFile(
    path,
    '{"version": 2, "width": 100, "height": 30, "timestamp": 1700000000}\n[2.5, "o", "hi"]\n',
  );
  return { recordingId, path };
}
