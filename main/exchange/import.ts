import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { createLifetime } from '../base/lifetime.ts';
import { type CastHeader, formatEvent } from '../recording/cast/cast.ts';
import { publicDetails } from '../recording/encryption/public-part.ts';
import { chainPathOf } from '../recording/integrity/chain-file.ts';
import type { Signer } from '../recording/integrity/seal.ts';
import type { RecordingDetails, RecordingEnd } from '../recording/recording.ts';
import { toRecordingError } from '../recording/recording-error.ts';
import { sidecarPathOf } from '../recording/sidecar.ts';
import { type BegunRecording, beginRecording, settleRecording } from '../recording/writing/new-recording.ts';
import { type RecordingFiles, systemRecordingFiles } from '../recording/writing/recording-files.ts';
import type { SpaceGuard } from '../recording/writing/space-guard.ts';
import { readImportedCast } from './import-cast.ts';
import { createImportReport, type ImportFormat, type ImportPart, type ImportReport } from './import-part.ts';
import { type ImportFile, takeStart, unpack } from './import-source.ts';
import { isTtyrecHeader, readTtyrec, TTYREC_HEADER_BYTES } from './import-ttyrec.ts';

export interface ImportNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  /** Of the recordings. */
  readonly folder: string;
  /** The system's files by default. */
  readonly files?: RecordingFiles;
  /** Keeps to the limits of the disk. */
  readonly guard?: Pick<SpaceGuard, 'measure' | 'refusal' | 'spent'>;
  /** age recipients; with none it is kept in the clear. */
  readonly encryptTo?: readonly string[];
  /** What stands beside the output is masked as in any recording. */
  mask(details: RecordingDetails): RecordingDetails;
  signer?(): Promise<Signer | undefined>;
}

/** What a file has become. */
export interface ImportSummary {
  readonly recordingId: string;
  readonly fileName: string;
  readonly format: ImportFormat;
  readonly packing: 'none' | 'gzip' | 'zstd';
  readonly sha256: string;
  readonly events: number;
  readonly durationMicros: number;
  /** The file broke off; what came before is there. */
  readonly isTorn: boolean;
  /** What could not be read, each with a marker in its place. */
  readonly damagedLines: number;
}

const BATCH_CHARACTERS = 256 * 1024;
const GAP_LABEL = 'a damaged part of the imported file is missing here';
const TORN_NOTE = 'the imported file broke off here';
/** The last second that a recording's name can hold. */
const LAST_SECOND = 253_402_300_799;

/**
 * Takes a foreign recording into the library: a cast of ours, sealed as imported. Rejects with `recording-unreadable` or
 * `bad-input` for what is none, with `recording-limit`, `disk-full` or `recording-failed`, and leaves nothing then.
 */
export async function importRecording(
  needs: ImportNeeds,
  file: ImportFile,
  options: { readonly signal: AbortSignal },
): Promise<ImportSummary> {
  const report = createImportReport();
  const parts = readForeign(file, report, options);
  try {
    const first = await parts.next();
    return await store(needs, file.name, headerOf(first), parts, report);
  } catch (error) {
    options.signal.throwIfAborted();
    throw explainUnreadable(error, file.name);
  } finally {
    await parts.return(undefined);
  }
}

/** What a foreign recording begins with. */
export type ImportHeader = Extract<ImportPart, { kind: 'header' }>;

export function headerOf({ done, value }: IteratorResult<ImportPart>): ImportHeader {
  if (done !== true && value.kind === 'header') return value;
  throw new AppError('recording-unreadable', 'the recording cannot be read: it has no header');
}

/** Says of which file it is, and what could be imported instead. */
export function explainUnreadable(error: unknown, fileName: string): unknown {
  const { code, message, hint, detail } = toAppError(error);
  if (code !== 'recording-unreadable') return error;
  return new AppError(code, `${fileName} is not imported: ${message.replace(/^the recording/, 'it')}`, {
    hint: hint ?? 'asciicast v1, v2 and v3, also as gzip or zstd, and ttyrec can be imported.',
    ...(detail === undefined ? {} : { detail }),
    cause: error,
  });
}

export async function* readForeign(
  file: ImportFile,
  report: ImportReport,
  options: { readonly signal: AbortSignal },
): AsyncGenerator<ImportPart> {
  const { start, rest } = await takeStart(unpack(file, report, options), TTYREC_HEADER_BYTES);
  const isText = /^(?:\ufeff)?\s*\{/.test(start.toString('utf8'));
  if (!isText && isTtyrecHeader(start)) yield* readTtyrec(rest, report);
  else yield* readImportedCast(rest, report);
}

async function store(
  needs: ImportNeeds,
  fileName: string,
  { header, title, command }: ImportHeader,
  parts: AsyncIterable<ImportPart>,
  report: ImportReport,
): Promise<ImportSummary> {
  const { clock, folder, files = systemRecordingFiles, guard, encryptTo } = needs;
  const startedAtMs = startOf(header) ?? clock.nowMs();
  const imported = { fileName, format: report.format, ...(title !== undefined && { title }) };
  const details = needs.mask({ ...detailsOf(header, command), imported });
  await checkSpace(guard, fileName);
  const begun = await beginRecording({ clock, files, encryptTo }, folder, {
    details,
    size: header.size,
    startedAtMs,
  });
  const life = createLifetime(`import ${begun.recordingId}`, () => {});
  life.own(() => begun.file.close());
  life.own(() => begun.chainFile.close());
  try {
    const written = await writeParts(begun, parts, async (bytes) => {
      guard?.spent(bytes);
      await checkSpace(guard, fileName);
    });
    await begun.file.sync();
    const { sha256, isTorn, invalidBytes, damagedLines, packing, format } = report;
    const end: RecordingEnd = isTorn ? { kind: 'failed', note: TORN_NOTE } : written.end;
    const state = {
      kind: 'closed',
      durationMicros: written.durationMicros,
      bytes: begun.lines.fileBytes,
      lostBytes: 0,
      invalidBytes,
      maskedSpans: 0,
      end,
    } as const;
    const known = { ...details, imported: { ...imported, sha256 } };
    const sidecar = { ...begun.sidecar, details: begun.keys ? publicDetails(known) : known };
    const signer = await needs.signer?.();
    await files.remove(begun.reservePath);
    await settleRecording({ files, signer }, { ...begun, sidecar }, state, clock.nowMs());
    await life.end();
    const { recordingId } = begun;
    const { events, durationMicros } = written;
    return { recordingId, fileName, format, packing, sha256, events, durationMicros, isTorn, damagedLines };
  } catch (error) {
    await life.end();
    // The sidecar last: a cast without one would look like a recording of its own.
    for (const left of [begun.path, chainPathOf(begun.path), begun.reservePath, sidecarPathOf(begun.path)]) {
      await files.remove(left).catch(() => {});
    }
    throw error;
  }
}

interface Written {
  readonly events: number;
  readonly durationMicros: number;
  readonly end: RecordingEnd;
}

async function writeParts(
  { lines, path }: BegunRecording,
  parts: AsyncIterable<ImportPart>,
  onWritten: (bytes: number) => Promise<void>,
): Promise<Written> {
  let events = 0;
  let durationMicros = 0;
  let end: RecordingEnd = { kind: 'closed' };
  let isWithinGap = false;
  let batch = '';

  async function flush(): Promise<void> {
    const bytes = Buffer.from(batch);
    batch = '';
    if (bytes.length === 0) return;
    try {
      await lines.append(bytes);
    } catch (cause) {
      throw toRecordingError(cause, `the recording ${path} cannot be written to`);
    }
    await onWritten(bytes.length);
  }

  for await (const part of parts) {
    if (part.kind === 'header') continue;
    if (part.kind === 'event') {
      events += 1;
      durationMicros = part.event.timeMicros;
      if (part.event.kind === 'exit') end = { kind: 'exited', exitCode: part.event.exitCode };
      batch += formatEvent(part.event);
    } else if (!isWithinGap) {
      batch += formatEvent({ kind: 'marker', timeMicros: part.timeMicros, label: GAP_LABEL });
    }
    isWithinGap = part.kind === 'gap';
    if (batch.length >= BATCH_CHARACTERS) await flush();
  }
  await flush();
  return { events, durationMicros, end };
}

async function checkSpace(guard: ImportNeeds['guard'], fileName: string): Promise<void> {
  await guard?.measure();
  const refusal = guard?.refusal(0);
  if (!refusal) return;
  throw new AppError('recording-limit', `${fileName} is not imported: ${refusal.message}`, {
    hint: 'The limits stand in the settings; old recordings can be deleted.',
    cause: refusal,
  });
}

function startOf({ startedAtSeconds }: CastHeader): number | undefined {
  const isKnown = startedAtSeconds !== undefined && startedAtSeconds <= LAST_SECOND;
  return isKnown ? startedAtSeconds * 1_000 : undefined;
}

/** What the file says of itself; what it does not say is empty, as in the library. */
function detailsOf({ pod, context = '', facts }: CastHeader, command: string | undefined): RecordingDetails {
  return {
    ...facts,
    context,
    namespace: pod?.namespace ?? '',
    pod: pod?.name ?? '',
    container: pod?.container ?? '',
    command: command === undefined ? [] : [command],
  };
}
