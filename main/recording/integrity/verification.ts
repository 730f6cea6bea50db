import { readFile, stat } from 'node:fs/promises';
import { systemCode } from '../../base/errors.ts';
import { toRecordingId } from '../cast-path.ts';
import { readLaterMarks } from '../later-marks.ts';
import type { RecordingOwner, Sidecar } from '../recording.ts';
import { parseSidecar, sidecarPathOf } from '../sidecar.ts';
import { hashStderrFile, readStderrFile } from '../writing/stderr-lines.ts';
import { BLOCK_BYTES } from './block-chain.ts';
import { hashCast } from './cast-hash.ts';
import { isSealIntact } from './seal.ts';

/**
 * Whether a recording is what was recorded. `intact` alone is all well; `recovered` is as recovery sealed it after
 * its program died; `damaged` was found so by recovery; `altered` differs from what was sealed; `foreign` is what
 * a key of somebody else sealed; `unsealed` never was, so that nothing can be said.
 */
export type Verdict = 'intact' | 'recovered' | 'live' | 'damaged' | 'altered' | 'foreign' | 'unsealed';

export interface Verification {
  readonly recordingId: string;
  readonly verdict: Verdict;
  /** A sentence's worth, for people. */
  readonly reason: string;
  /** Where it is known: the first block of 64 KiB that is not what was written. */
  readonly badBlock?: { readonly index: number; readonly fromByte: number; readonly toByte: number };
  readonly keyId?: string;
  /** Unix milliseconds. */
  readonly signedAtMs?: number;
}

export interface VerificationNeeds {
  /** Of this home's keys, the old ones among them. */
  readonly knownKeyIds: ReadonlySet<string>;
  isOwnerAlive(owner: RecordingOwner): boolean;
}

/** Reads all of the cast. Rejects only where a file cannot be read. */
export async function verifyRecording(
  needs: VerificationNeeds,
  path: string,
  { signal }: { signal: AbortSignal },
): Promise<Verification> {
  const recordingId = toRecordingId(path);
  const say = (verdict: Verdict, reason: string, more: Partial<Verification> = {}): Verification => ({
    recordingId,
    verdict,
    reason,
    ...more,
  });

  const sidecar = await readSidecar(path);
  if (!sidecar) return say('unsealed', 'there is no sidecar beside it');
  const { state, seal, integrity } = sidecar;
  if (state.kind === 'live') {
    return needs.isOwnerAlive(state.owner)
      ? say('live', 'it is still being recorded')
      : say('unsealed', 'its program died; `kubereel recover` mends and seals it');
  }
  if (!seal || !integrity) return say('unsealed', 'there was no key to seal it with');
  const signed = { keyId: seal.keyId, signedAtMs: seal.signedAtMs };
  if (!isSealIntact(sidecar)) return say('altered', 'its sidecar was changed after it was sealed', signed);
  if (sidecar.id !== recordingId) {
    return say('altered', `it was recorded under another name, ${sidecar.id}`, signed);
  }
  const hash = await hashCast(path, sidecar.id, { signal });
  if (hash.integrity.head !== integrity.head || hash.integrity.bytes !== integrity.bytes) {
    return say('altered', describeChange(hash.integrity.bytes - integrity.bytes), {
      ...signed,
      ...describeBlock(hash.firstBadBlock ?? lastBlockOf(integrity.bytes), integrity.bytes),
    });
  }
  const { stderr } = sidecar;
  if (hashStderrFile(await readStderrFile(path))?.hash !== stderr?.hash) {
    return say('altered', 'what tells its standard error from its output was changed', signed);
  }
  if (!needs.knownKeyIds.has(seal.keyId)) {
    return say('foreign', `it is as key ${seal.keyId} sealed it, which is none of this home’s`, signed);
  }
  const knownKeyIds = async (): Promise<ReadonlySet<string>> => needs.knownKeyIds;
  if ((await readLaterMarks({ knownKeyIds }, path)).kind === 'altered') {
    return say('altered', 'it is what was recorded, but not the markers that were added later', signed);
  }
  if (state.kind === 'damaged') {
    const place =
      state.firstBadBlock === undefined ? {} : describeBlock(state.firstBadBlock, integrity.bytes);
    return say('damaged', describeDamage(state), { ...signed, ...place });
  }
  if (state.kind === 'recovered') {
    const reason = 'its program died, and it is as recovery sealed it then';
    const unread = '; it is encrypted, and recovery had no key to read it with';
    return say('recovered', state.isUnread ? `${reason}${unread}` : reason, signed);
  }
  const { imported } = sidecar.details;
  if (imported) return say('intact', `it is what was imported from ${imported.fileName}`, signed);
  return say('intact', 'it is what was recorded', signed);
}

async function readSidecar(path: string): Promise<Sidecar | undefined> {
  // A cast that is not there is told as such, whatever stands beside it.
  await stat(path);
  try {
    return parseSidecar(await readFile(sidecarPathOf(path), 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function describeChange(moreBytes: number): string {
  if (moreBytes > 0) return `its bytes are not those that were sealed: ${moreBytes} more`;
  if (moreBytes < 0) return `its bytes are not those that were sealed: ${-moreBytes} fewer`;
  return 'its bytes are not those that were sealed';
}

/** The chain file holds whole blocks only: what all of them agree on leaves the last one. */
function lastBlockOf(bytes: number): number {
  return Math.floor(bytes / BLOCK_BYTES);
}

function describeBlock(index: number, bytes: number): Pick<Required<Verification>, 'badBlock'> {
  const fromByte = index * BLOCK_BYTES;
  return {
    badBlock: { index, fromByte, toByte: Math.max(fromByte, Math.min(bytes, fromByte + BLOCK_BYTES)) },
  };
}

function describeDamage({
  damagedLines,
  firstBadBlock,
}: Extract<Sidecar['state'], { kind: 'damaged' }>): string {
  const changed = 'bytes were changed between its program’s death and its recovery';
  if (damagedLines === 0 && firstBadBlock !== undefined) return changed;
  return `${damagedLines} lines within it could not be read when it was recovered`;
}
