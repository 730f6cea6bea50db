import { join, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { systemCode } from '../../base/errors.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';
import { type CastHeader, formatHeader } from '../cast/cast.ts';
import type { CastKeys } from '../cast/cast-source.ts';
import { nameCast } from '../cast-path.ts';
import { createEncryptedFile, wholeFrame } from '../encryption/encrypted-file.ts';
import { publicDetails } from '../encryption/public-part.ts';
import { createBlockChain } from '../integrity/block-chain.ts';
import { chainPathOf } from '../integrity/chain-file.ts';
import { type ChainedFile, createChainedFile } from '../integrity/chained-file.ts';
import { type Signer, sealSidecar } from '../integrity/seal.ts';
import { describeThisProcess } from '../owner.ts';
import type { RecordingDetails, Sidecar } from '../recording.ts';
import { toRecordingError } from '../recording-error.ts';
import { makeRecordingId } from '../recording-id.ts';
import { formatSidecar, reservePathOf, sidecarPathOf } from '../sidecar.ts';
import type { LineQueueNeeds } from './line-queue.ts';
import type { AppendFile, RecordingFiles } from './recording-files.ts';
import { createStderrLines, type StderrLines } from './stderr-lines.ts';

/** What is to be recorded. */
export interface NewRecording {
  readonly details: RecordingDetails;
  /** Of the terminal at the start. */
  readonly size: TerminalSize;
  /** Unix milliseconds; now by default. */
  readonly startedAtMs?: number;
  /** Where something was told of it before it begins, by `makeRecordingId`. */
  readonly recordingId?: string;
}

/** The files of a recording whose writer lives: a cast that holds its header, and a sidecar that says `live`. */
export interface BegunRecording {
  readonly recordingId: string;
  readonly path: string;
  /** Room on the disk for how it ends; gone once that is written. */
  readonly reservePath: string;
  readonly file: AppendFile;
  readonly chainFile: AppendFile;
  /** `file`, with its bytes hashed into `chainFile`; encrypted before that where somebody is to hold the key. */
  readonly lines: ChainedFile;
  /** As `LineQueueNeeds.pace`. */
  readonly pace?: NonNullable<LineQueueNeeds['pace']>;
  /** Open it while it is being written; absent where it is in the clear. */
  readonly keys?: CastKeys;
  readonly sidecar: Sidecar;
  readonly stderrLines: StderrLines;
}

/** What the page's terminals are, and what the shells are told. */
const TERMINAL_TYPE = 'xterm-256color';
/** For the last line and both copies of a sidecar while one replaces the other; blocks of a disk included. */
export const RESERVE_BYTES: number = 64 * 1024;
/** Two ids of one second are the same once in 2^30 times. */
const MAX_ID_ATTEMPTS = 3;

export interface BeginningNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly files: RecordingFiles;
  /** age recipients; with none it is recorded in the clear. */
  readonly encryptTo?: readonly string[] | undefined;
}

/** Both files are on the disk when this resolves. Rejects with `disk-full` or `recording-failed`, and leaves neither. */
export async function beginRecording(
  needs: BeginningNeeds,
  folder: string,
  { details, size, startedAtMs = needs.clock.nowMs(), recordingId: knownId }: NewRecording,
): Promise<BegunRecording> {
  const { files, encryptTo = [] } = needs;
  const isEncrypted = encryptTo.length > 0;
  const wholeFolder = resolve(folder);
  try {
    await files.makeFolder(wholeFolder);
    const { recordingId, path, file } = await createCast(needs, wholeFolder, { startedAtMs, knownId });
    let chainFile: AppendFile | undefined;
    try {
      chainFile = await files.create(chainPathOf(path));
      const writing = await openLines(needs, { recordingId, file, chainFile });
      const { lines } = writing;
      const header = describeHeader({ details, size, startedAtMs });
      const command = isEncrypted ? { command: details.command } : {};
      await lines.append(Buffer.from(formatHeader({ ...header, ...command })));
      await file.sync();
      await files.syncFolder(wholeFolder);
      const sidecar: Sidecar = {
        version: 1,
        id: recordingId,
        details: isEncrypted ? publicDetails(details) : details,
        size,
        startedAtMs,
        ...(isEncrypted ? { encryptedTo: encryptTo } : {}),
        state: { kind: 'live', owner: describeThisProcess() },
      };
      await files.replace(sidecarPathOf(path), formatSidecar(sidecar));
      const reservePath = reservePathOf(path);
      await files.reserve(reservePath, RESERVE_BYTES);
      const stderrLines = createStderrLines(files, path);
      return { recordingId, path, reservePath, file, chainFile, sidecar, stderrLines, ...writing };
    } catch (error) {
      // What made it fail is what its caller must hear, not what else fails after that.
      await file.close().catch(() => {});
      await chainFile?.close().catch(() => {});
      for (const left of [path, chainPathOf(path), sidecarPathOf(path), reservePathOf(path)]) {
        await files.remove(left).catch(() => {});
      }
      throw error;
    }
  } catch (error) {
    throw toRecordingError(error, `no recording could be begun in ${wholeFolder}`);
  }
}

async function openLines(
  { clock, encryptTo = [] }: BeginningNeeds,
  { recordingId, file, chainFile }: Pick<BegunRecording, 'recordingId' | 'file' | 'chainFile'>,
): Promise<Pick<BegunRecording, 'lines' | 'pace' | 'keys'>> {
  const chain = createBlockChain(recordingId);
  if (encryptTo.length === 0) return { lines: createChainedFile(file, chain, chainFile) };
  const frames = createChainedFile(file, chain, chainFile, wholeFrame);
  const lines = await createEncryptedFile({ clock, frames }, encryptTo);
  return { lines, pace: lines.pace, keys: { unlock: async () => lines.identity } };
}

/** The first line of its cast, which the sidecar can bring back. */
export function describeHeader({
  details,
  size,
  startedAtMs,
}: Pick<Sidecar, 'details' | 'size' | 'startedAtMs'>): CastHeader {
  const { context, namespace, pod, container, command, source, ...facts } = details;
  const isAttached = facts.origin?.kind === 'debug';
  return {
    size,
    startedAtSeconds: Math.floor(startedAtMs / 1_000),
    terminalType: TERMINAL_TYPE,
    // What was taken in from elsewhere may be of none.
    ...(pod !== '' && { pod: { name: pod, namespace, container, ...(isAttached && { isAttached }) } }),
    context,
    ...(Object.keys(facts).length > 0 && { facts }),
    ...(source && { recorder: { source, command } }),
  };
}

/** Writes down how it ended, sealed where there is a key. Rejects never: the cast is what counts. */
export async function settleRecording(
  { files, signer }: { readonly files: RecordingFiles; readonly signer: Signer | undefined },
  { path, sidecar, lines, stderrLines }: BegunRecording,
  state: Sidecar['state'],
  nowMs: number,
): Promise<void> {
  const sidecarPath = sidecarPathOf(path);
  try {
    const stderr = await stderrLines.integrity();
    const settled = { ...sidecar, integrity: await lines.integrity(), ...(stderr && { stderr }), state };
    const sealed = signer ? sealSidecar(settled, signer, nowMs) : settled;
    await files.replace(sidecarPath, formatSidecar(sealed));
  } catch {
    // One that stays `live` would be a lie; without it the cast's own header and end tell the story.
    await files.remove(sidecarPath).catch(() => {});
  }
}

async function createCast(
  { files, encryptTo = [] }: BeginningNeeds,
  folder: string,
  { startedAtMs, knownId }: { readonly startedAtMs: number; readonly knownId: string | undefined },
): Promise<{ readonly recordingId: string; readonly path: string; readonly file: AppendFile }> {
  for (let attempt = 1; ; attempt += 1) {
    const recordingId = knownId ?? makeRecordingId(startedAtMs);
    const path = join(folder, nameCast(recordingId, { isEncrypted: encryptTo.length > 0 }));
    try {
      return { recordingId, path, file: await files.create(path) };
    } catch (error) {
      if (systemCode(error) !== 'EEXIST' || knownId !== undefined || attempt === MAX_ID_ATTEMPTS) throw error;
    }
  }
}
