import type { Core } from '../compose.ts';
import { createLineMatcher, readStderrLines } from '../recording/stderr-lines.ts';
import type { CommandIo } from './io.ts';

export interface PlayOptions {
  readonly recordingId: string;
  /** 2 plays in half the time. */
  readonly speed: number;
  /** Longest pause that is kept, in seconds of the recording; undefined keeps all. */
  readonly idleLimitSeconds?: number;
  /** Where it begins, in microseconds since the recording's start; what came before is there at once. */
  readonly fromMicros?: number;
  /** Only that one, of a command that ran without a terminal; both by default. */
  readonly stream?: 'stdout' | 'stderr';
}

/** Leaves the alternate screen, resets colours, shows the cursor: a recording may end anywhere. */
const RESTORE_TERMINAL = '\u001b[?1049l\u001b[0m\u001b[?25h\r\n';

/** A keyframe is for an empty one. */
const CLEAR_TERMINAL = '\u001bc';

/** Writes a recording's output to where its command wrote it, with its timing. Ctrl-C stops it; exit code 0 then too. */
export async function runPlay(
  core: Core,
  { recordingId, speed, idleLimitSeconds = Number.POSITIVE_INFINITY, fromMicros = 0, stream }: PlayOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const { path, recordingId: id } = await (await core.library()).get(recordingId);
  const replays = await core.replays();
  const idleLimitMicros = idleLimitSeconds * 1_000_000;
  const stderrLines = await readStderrLines(path);
  const isStderr = createLineMatcher(stderrLines);
  const isScreen = io.isOutputTerminal && stderrLines.length === 0;
  const start = isScreen && fromMicros > 0 ? await replays.start(id, fromMicros) : undefined;
  let startMicros: number | undefined;
  let playedMicros = 0;
  let lastMicros = fromMicros;
  let line = 0;
  try {
    if (start) await io.write(CLEAR_TERMINAL + start.state);
    const fromOffset = start?.offset ?? 0;
    for await (const item of replays.read(id, { fromOffset, isExact: !isScreen, signal })) {
      line += 1;
      if (item.kind !== 'event' || item.event.kind !== 'output') continue;
      const from = isStderr(line) ? 'stderr' : 'stdout';
      const { timeMicros, text } = item.event;
      if (timeMicros > lastMicros) {
        startMicros ??= core.clock.nowMicros();
        playedMicros += Math.min(timeMicros - lastMicros, idleLimitMicros) / speed;
        lastMicros = timeMicros;
        const waitMs = (startMicros + playedMicros - core.clock.nowMicros()) / 1_000;
        if (waitMs > 0) await core.clock.sleep(waitMs, { signal });
      }
      if (stream !== undefined && stream !== from) continue;
      await (from === 'stderr' ? io.writeError(text) : io.write(text));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (io.isOutputTerminal) await io.write(RESTORE_TERMINAL);
  return 0;
}
