import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { systemCode } from '../../base/errors.ts';
import { createTurns } from '../../base/turns.ts';
import type { CastLine } from '../cast/cast-encoder.ts';
import { besideCast } from '../cast-path.ts';
import { createLineFile, type LineFile } from './line-file.ts';
import type { AppendFile, RecordingFiles } from './recording-files.ts';

/** Lines of a cast, counted from 1, the header's; the last one included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** What binds the file to its sidecar. */
export interface StderrIntegrity {
  readonly bytes: number;
  /** SHA-256, in hex. */
  readonly hash: string;
}

/**
 * Tells which lines of a cast hold standard error, where a command ran without a terminal: in the cast itself all
 * output is `o`. A file is made with the first of them. It holds numbers only, so nothing in it needs masking.
 */
export interface StderrLines {
  /** Lines that are in the cast now, in order. Written later; what the disk refuses is tried with what follows. */
  wrote(lines: readonly CastLine[]): void;
  /** As `AppendFile.putBack`. */
  putBack(): Promise<void>;
  /** All that the disk took; undefined where there was none. Nothing more may come. */
  integrity(): Promise<StderrIntegrity | undefined>;
  close(): Promise<void>;
}

/** `ID.stderr` beside `ID.cast`: lines of `[FROM,TO]`. */
export function stderrPathOf(castPath: string): string {
  return besideCast(castPath, '.stderr');
}

export function createStderrLines(files: Pick<RecordingFiles, 'create'>, castPath: string): StderrLines {
  const turns = createTurns();
  const hash = createHash('sha256');
  let waiting: LineRange[] = [];
  /** The header is there before any event. */
  let lastLine = 1;
  let file: AppendFile | undefined;
  let lines: LineFile | undefined;

  async function write(): Promise<void> {
    if (waiting.length === 0) return;
    const ranges = waiting;
    waiting = [];
    const text = formatRanges(ranges);
    const before = lines?.length ?? 0;
    try {
      file ??= await files.create(stderrPathOf(castPath));
      lines ??= createLineFile(file);
      await lines.append(text);
    } catch {
      const taken =
        text
          .subarray(0, (lines?.length ?? 0) - before)
          .toString()
          .split('\n').length - 1;
      waiting = [...ranges.slice(taken), ...waiting];
    }
    hash.update(text.subarray(0, (lines?.length ?? 0) - before));
  }

  return {
    wrote(written) {
      const isNew = waiting.length === 0;
      for (const { isStderr } of written) {
        lastLine += 1;
        if (!isStderr) continue;
        const last = waiting.at(-1);
        if (last?.to === lastLine - 1) waiting[waiting.length - 1] = { from: last.from, to: lastLine };
        else waiting.push({ from: lastLine, to: lastLine });
      }
      // Cannot fail: what the disk refuses waits.
      if (isNew && waiting.length > 0) void turns.take(write);
    },
    putBack: () => turns.take(async () => void (await file?.putBack())),
    async integrity() {
      await turns.take(write);
      hash.update((await lines?.end()) ?? new Uint8Array());
      const bytes = lines?.length ?? 0;
      return bytes > 0 ? { bytes, hash: hash.digest('hex') } : undefined;
    },
    close: () => turns.take(async () => file?.close()),
  };
}

/** Up to the first line that is none, as a crash leaves it. Empty where there is no file. */
export async function readStderrLines(castPath: string): Promise<readonly LineRange[]> {
  return parseRanges((await readStderrFile(castPath)).toString());
}

export async function readStderrFile(castPath: string): Promise<Buffer> {
  try {
    return await readFile(stderrPathOf(castPath));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

export function hashStderrFile(content: Uint8Array): StderrIntegrity | undefined {
  if (content.length === 0) return undefined;
  return { bytes: content.length, hash: createHash('sha256').update(content).digest('hex') };
}

/** What of a file that a crash left can be trusted: its whole lines. */
export function mendStderrFile(content: Uint8Array): Buffer {
  return formatRanges(parseRanges(Buffer.from(content).toString()));
}

function formatRanges(ranges: readonly LineRange[]): Buffer {
  return Buffer.from(ranges.map(({ from, to }) => `[${from},${to}]\n`).join(''));
}

function parseRanges(text: string): LineRange[] {
  const ranges: LineRange[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [, from, to] = /^\[(\d{1,15}),(\d{1,15})\]$/.exec(line)?.map(Number) ?? [];
    if (from === undefined || to === undefined || from > to) break;
    ranges.push({ from, to });
  }
  return ranges;
}

/** Tells line after line, from the first one on, whether it is in one of the ranges. */
export function createLineMatcher(ranges: readonly LineRange[]): (line: number) => boolean {
  let next = 0;
  return (line) => {
    while ((ranges[next]?.to ?? Number.POSITIVE_INFINITY) < line) next += 1;
    return line >= (ranges[next]?.from ?? Number.POSITIVE_INFINITY);
  };
}
