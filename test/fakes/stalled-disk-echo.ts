import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../main/base/clock.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import type { ViewerSink } from '../../main/session/viewers.ts';
import { createLimitedDisk } from './limited-disk.ts';
import { openScriptedSession } from './scripted-session.ts';

/** How a shell that floods feels while the disk takes nothing. */
export interface StalledDiskEcho {
  /** From a key's arrival at the shell to its echo at the window, each in milliseconds, in order of size. */
  readonly echoMs: readonly number[];
  readonly printedBytes: number;
  readonly lostBytes: number;
  /** The most that the recording kept for the disk. */
  readonly keptBytes: number;
}

const CHUNK_BYTES = 32 * 1024;
const TICK_MS = 10;
const KEY_MS = 50;
/** Begins the echo of a key, and occurs nowhere else. */
const KEY = '\u0001';

/** Prints at `bytesPerSecond` for so long, and types a key now and then; the disk is back at the end. */
export async function measureStalledDiskEcho(
  folder: string,
  { stalledMs, bytesPerSecond }: { readonly stalledMs: number; readonly bytesPerSecond: number },
): Promise<StalledDiskEcho> {
  const disk = createLimitedDisk();
  const clock = createSystemClock();
  const { shell, session } = openScriptedSession(folder, {
    clock,
    newCastWriter: (details, size) =>
      createCastWriter({ clock, folder, files: disk.files }, { details, size }),
  });
  const typedAtMs: number[] = [];
  const echoMs: number[] = [];
  const window: ViewerSink = {
    async write(record) {
      if (record.kind !== 'output' || record.bytes[0] !== KEY.charCodeAt(0)) return;
      echoMs.push(performance.now() - (typedAtMs[echoMs.length] ?? 0));
    },
    end: () => {},
  };
  const watching = session.view(window, { signal: new AbortController().signal });
  while (session.snapshot().viewers === 0) await sleep(1);

  const stall = Promise.withResolvers<void>();
  disk.stalled = stall.promise;
  const chunk = Buffer.alloc(CHUNK_BYTES, 'a line of a log that has no end\r\n');
  const startedAt = performance.now();
  let printedBytes = 0;
  let keptBytes = 0;
  for (let elapsedMs = 0; elapsedMs < stalledMs; elapsedMs = performance.now() - startedAt) {
    // A connection that is full takes no more.
    while (!shell.isPaused && printedBytes < (elapsedMs / 1_000) * bytesPerSecond) {
      shell.print(chunk);
      printedBytes += CHUNK_BYTES;
    }
    if (elapsedMs >= typedAtMs.length * KEY_MS) {
      typedAtMs.push(performance.now());
      shell.print(KEY);
    }
    const { recording } = session.snapshot();
    if (recording.kind === 'recording') keptBytes = Math.max(keptBytes, recording.bytes);
    await sleep(TICK_MS);
  }
  disk.stalled = undefined;
  stall.resolve();
  shell.end({ kind: 'exited', exitCode: 0 });
  await session.ended;
  await watching;
  const { recording } = session.snapshot();
  const lostBytes = recording.kind === 'stored' ? recording.lostBytes : Number.NaN;
  return { echoMs: echoMs.toSorted((left, right) => left - right), printedBytes, lostBytes, keptBytes };
}
