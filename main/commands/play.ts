import type { TerminalSize } from '../base/terminal-size.ts';
import type { Core } from '../compose.ts';
import type { Recording } from '../library/recording.ts';
import { createLineMatcher, readStderrLines } from '../recording/writing/stderr-lines.ts';
import type { CommandIo } from './io.ts';
import { createPlayKeys, type PlayCommand } from './play-keys.ts';
import { createTerminalPlayer } from './terminal-player.ts';

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
  /** Each output as a line of JSON at its time, for programs. */
  readonly json?: boolean;
}

/**
 * A recording may end anywhere: leaves the alternate screen, resets margins, colours and character sets (DECSTR), and
 * ends what would send or change keys: mouse reports, bracketed paste, application modes.
 */
const RESTORE_TERMINAL =
  '\u001b[?1049l\u001b[!p\u001b[?9;1000;1002;1003;1004;1006;2004l\u001b[?1l\u001b>\u001b[?7h\u001b[0m\u001b[?25h\r\n';

/**
 * Writes a recording's output to where its command wrote it, with its timing. In a terminal its keys are obeyed, and it
 * is left as it was whatever happens. Ctrl-C stops it; exit code 0 then too.
 */
export async function runPlay(
  core: Core,
  options: PlayOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const recording = await (await core.library()).get(options.recordingId);
  const stderrLines = await readStderrLines(recording.path);
  const isScreen = io.isOutputTerminal && !options.json;
  try {
    if (isScreen && stderrLines.length === 0) await playOnScreen(core, recording, options, io, signal);
    else await playLines(core, recording, stderrLines, options, io, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (isScreen) await io.write(RESTORE_TERMINAL);
  }
  return 0;
}

async function playOnScreen(
  core: Core,
  { recordingId, size }: Recording,
  { speed, idleLimitSeconds = Number.POSITIVE_INFINITY, fromMicros = 0, stream }: PlayOptions,
  io: CommandIo,
  signal: AbortSignal,
): Promise<void> {
  // All of it is standard output.
  if (stream === 'stderr') return;
  const replays = await core.replays();
  const player = createTerminalPlayer(
    {
      clock: core.clock,
      write: (text) => io.write(text),
      markers: () => replays.timeline(recordingId),
      async open(micros) {
        const start = micros > 0 ? await replays.start(recordingId, micros) : undefined;
        const { offset = 0, timeMicros = 0 } = start ?? {};
        return {
          ...(start && { state: start.state }),
          timeMicros,
          read: (reading) => replays.read(recordingId, { fromOffset: offset, signal: reading }),
        };
      },
    },
    { speed, idleLimitMicros: idleLimitSeconds * 1e6, fromMicros },
  );
  const own = io.size();
  const note = own && tellSize(size, own);
  if (note) await io.writeError(note);
  const restore = io.isInputTerminal ? io.rawInput() : undefined;
  // It ends with the input, which nobody else reads.
  if (restore) void obeyKeys(io, player.command);
  try {
    await player.run({ signal });
  } finally {
    restore?.();
  }
}

/** Never rejects: without keys it plays all the same. */
async function obeyKeys(io: CommandIo, obey: (command: PlayCommand) => void): Promise<void> {
  const readKeys = createPlayKeys();
  try {
    for await (const bytes of io.input) for (const command of readKeys(bytes)) obey(command);
  } catch {
    // The terminal has gone, or the recording has ended.
  }
}

/** Undefined where all of it fits. */
function tellSize(recorded: TerminalSize, own: TerminalSize): string | undefined {
  if (recorded.cols <= own.cols && recorded.rows <= own.rows) return undefined;
  const sizes = `recorded at ${formatSize(recorded)}, this terminal has ${formatSize(own)}`;
  return `${sizes}: make it larger, or lines are drawn in wrong places\r\n`;
}

function formatSize({ cols, rows }: TerminalSize): string {
  return `${cols}×${rows}`;
}

/** To a file or pipe, or what went to two streams: as it was written, without anything in between. */
async function playLines(
  core: Core,
  { recordingId }: Recording,
  stderrLines: Awaited<ReturnType<typeof readStderrLines>>,
  { speed, idleLimitSeconds = Number.POSITIVE_INFINITY, fromMicros = 0, stream, json }: PlayOptions,
  io: CommandIo,
  signal: AbortSignal,
): Promise<void> {
  const isStderr = createLineMatcher(stderrLines);
  const idleLimitMicros = idleLimitSeconds * 1e6;
  let startMicros: number | undefined;
  let playedMicros = 0;
  let lastMicros = fromMicros;
  let line = 0;
  const replays = await core.replays();
  for await (const item of replays.read(recordingId, { fromOffset: 0, isExact: true, signal })) {
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
    if (json) await io.write(`${JSON.stringify({ timeMicros, stream: from, text })}\n`);
    else await (from === 'stderr' ? io.writeError(text) : io.write(text));
  }
}
