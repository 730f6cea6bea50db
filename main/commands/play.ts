import type { Core } from '../compose.ts';
import { createLineMatcher, readStderrLines } from '../recording/stderr-lines.ts';
import type { CommandIo } from './io.ts';

export interface PlayOptions {
  readonly recordingId: string;
  /** 2 plays in half the time. */
  readonly speed: number;
  /** Longest pause that is kept, in seconds of the recording; undefined keeps all. */
  readonly idleLimitSeconds?: number;
  /** Only that one, of a command that ran without a terminal; both by default. */
  readonly stream?: 'stdout' | 'stderr';
}

/** Leaves the alternate screen, resets colours, shows the cursor: a recording may end anywhere. */
const RESTORE_TERMINAL = '\u001b[?1049l\u001b[0m\u001b[?25h\r\n';

/** Writes a recording's output to where its command wrote it, with its timing. Ctrl-C stops it; exit code 0 then too. */
export async function runPlay(
  core: Core,
  { recordingId, speed, idleLimitSeconds = Number.POSITIVE_INFINITY, stream }: PlayOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const library = await core.library();
  const idleLimitMicros = idleLimitSeconds * 1_000_000;
  const startMicros = core.clock.nowMicros();
  let playedMicros = 0;
  let lastMicros = 0;
  let line = 0;
  const { path } = await library.get(recordingId);
  const isStderr = createLineMatcher(await readStderrLines(path));
  try {
    for await (const item of library.read(recordingId, { signal })) {
      line += 1;
      if (item.kind !== 'event' || item.event.kind !== 'output') continue;
      const from = isStderr(line) ? 'stderr' : 'stdout';
      playedMicros += Math.min(item.event.timeMicros - lastMicros, idleLimitMicros) / speed;
      lastMicros = item.event.timeMicros;
      const waitMs = (startMicros + playedMicros - core.clock.nowMicros()) / 1_000;
      if (waitMs > 0) await core.clock.sleep(waitMs, { signal });
      if (stream !== undefined && stream !== from) continue;
      await (from === 'stderr' ? io.writeError(item.event.text) : io.write(item.event.text));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (io.isOutputTerminal) await io.write(RESTORE_TERMINAL);
  return 0;
}
