import { open, readFile, rm, stat } from 'node:fs/promises';
import { writeFileAtomically } from '../base/atomic-file.ts';
import { formatHeader } from './cast/cast.ts';
import type { CastKeys } from './cast/cast-source.ts';
import { type Survey, surveyRecording } from './cast/cast-survey.ts';
import { BLOCK_BYTES } from './integrity/block-chain.ts';
import { hashCast } from './integrity/cast-hash.ts';
import { chainPathOf, formatChain } from './integrity/chain-file.ts';
import { type Signer, sealSidecar } from './integrity/seal.ts';
import type { CutEnd, RecordingOwner, Sidecar } from './recording.ts';
import { formatSidecar, parseSidecar, reservePathOf, sidecarPathOf } from './sidecar.ts';
import { describeHeader } from './writing/new-recording.ts';
import {
  hashStderrFile,
  mendStderrFile,
  readStderrFile,
  type StderrIntegrity,
  stderrPathOf,
} from './writing/stderr-lines.ts';

/**
 * What became of a recording whose writer died. Nothing is taken out of its file without being kept beside it, and
 * what is damaged within is left as it is.
 */
export type Recovery =
  /**
   * Its end was mended, or there was nothing to mend. `isUnread`: it is encrypted and the key is not here, so that
   * its blocks are known to be whole, and what they hold is not.
   */
  | { readonly kind: 'recovered'; readonly cutBytes: number; readonly isUnread?: true }
  /** Lines within it cannot be read; readers show gaps there. */
  | { readonly kind: 'damaged'; readonly damagedLines: number; readonly firstBadBlock?: number };

export interface RecoveryNeeds {
  readonly clock: { nowMs(): number };
  isOwnerAlive(owner: RecordingOwner): boolean;
  /** Of this machine: whether a writer on another one still runs cannot be seen from here. */
  readonly hostName: string;
  /** As the cast writer's. */
  signer?(): Promise<Signer | undefined>;
  /** Read encrypted recordings; without the key for one only its end is mended. */
  readonly keys?: CastKeys;
}

/** Mends a recording where its writer is known to be gone; undefined where it is not, or nothing is to be done. */
export async function recoverOrphan(
  needs: RecoveryNeeds,
  path: string,
  { signal }: { signal: AbortSignal },
): Promise<Recovery | undefined> {
  const sidecar = parseSidecar(await readFile(sidecarPathOf(path), 'utf8'));
  const { state } = sidecar;
  if (state.kind !== 'live' || state.owner.hostName !== needs.hostName) return undefined;
  if (needs.isOwnerAlive(state.owner)) return undefined;
  return recoverRecording(needs, path, sidecar, { signal });
}

const LINE_END = 0x0a;

/**
 * Mends a recording that is nobody's any more; to be called only where its owner is gone. Doing it again, as after a
 * crash midway, comes to the same. Rejects with the file system's failure, the recording as readable as before.
 */
export async function recoverRecording(
  needs: Pick<RecoveryNeeds, 'clock' | 'signer' | 'keys'>,
  path: string,
  sidecar: Sidecar,
  { signal }: { signal: AbortSignal },
): Promise<Recovery> {
  const { size } = await stat(path);
  const survey = await surveyRecording(path, sidecar, { keys: needs.keys, signal });
  const { damagedLines, durationMicros, end } = survey;
  const firstBadBlock = await findBadBlock(path, sidecar.id, survey.goodBytes, { signal });
  if (damagedLines > 0 || firstBadBlock !== undefined) {
    const place = firstBadBlock === undefined ? {} : { firstBadBlock };
    await settle(needs, path, sidecar, { kind: 'damaged', damagedLines, ...place, durationMicros, end });
    return { kind: 'damaged', damagedLines, ...place };
  }
  const cutBytes = size - survey.goodBytes;
  const kept = cutBytes === 0 ? sidecar : { ...sidecar, cut: await readCut(path, survey, size) };
  // What is cut off must stand elsewhere first.
  await writeFileAtomically(sidecarPathOf(path), formatSidecar(kept));
  if (survey.hasHeader) await mendEnd(path, survey);
  else await writeFileAtomically(path, formatHeader(describeHeader(sidecar)));
  const bytes = (await stat(path)).size;
  const recoveredAtMs = needs.clock.nowMs();
  const unread = survey.isUnread ? { isUnread: true as const } : {};
  await settle(needs, path, kept, {
    kind: 'recovered',
    recoveredAtMs,
    durationMicros,
    bytes,
    end,
    ...unread,
  });
  return { kind: 'recovered', cutBytes, ...unread };
}

/** Of the blocks that are whole: those that a power cut took the end of are torn, not changed. */
async function findBadBlock(
  path: string,
  recordingId: string,
  goodBytes: number,
  options: { signal: AbortSignal },
): Promise<number | undefined> {
  const { firstBadBlock } = await hashCast(path, recordingId, options);
  const isWhole = firstBadBlock !== undefined && (firstBadBlock + 1) * BLOCK_BYTES <= goodBytes;
  return isWhole ? firstBadBlock : undefined;
}

/** Sealed as it is now: that nobody changed it before cannot be known beyond the blocks that were hashed. */
async function settle(
  { clock, signer }: Pick<RecoveryNeeds, 'clock' | 'signer'>,
  path: string,
  sidecar: Sidecar,
  state: Sidecar['state'],
): Promise<void> {
  const { integrity, blocks } = await hashCast(path, sidecar.id, { signal: new AbortController().signal });
  if (state.kind !== 'damaged') await writeFileAtomically(chainPathOf(path), formatChain(blocks));
  const stderr = await settleStderr(path, state);
  const settled = { ...sidecar, integrity, ...(stderr && { stderr }), state };
  const key = await signer?.();
  const sealed = key ? sealSidecar(settled, key, clock.nowMs()) : settled;
  await writeFileAtomically(sidecarPathOf(path), formatSidecar(sealed));
  await rm(reservePathOf(path), { force: true });
}

/** What tells standard error apart holds no output: a line of it that is torn is not worth keeping. */
async function settleStderr(path: string, state: Sidecar['state']): Promise<StderrIntegrity | undefined> {
  const found = await readStderrFile(path);
  const mended = state.kind === 'damaged' ? found : mendStderrFile(found);
  if (mended.length < found.length) await writeFileAtomically(stderrPathOf(path), mended);
  return hashStderrFile(mended);
}

/** Lines and frames are bounded, so is what can be torn of one; zeros are counted, not kept. */
async function readCut(path: string, { goodBytes, textBytes }: Survey, size: number): Promise<CutEnd> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, textBytes - goodBytes));
    await file.read(bytes, 0, bytes.length, goodBytes);
    return { base64: bytes.toString('base64'), zeros: size - textBytes };
  } finally {
    await file.close();
  }
}

async function mendEnd(path: string, { goodBytes, lacksLineEnd }: Survey): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(goodBytes);
    if (lacksLineEnd) await file.write(Buffer.of(LINE_END), 0, 1, goodBytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
