import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { createEncryptedFile, wholeFrame } from '../encryption/encrypted-file.ts';
import { createBlockChain } from '../integrity/block-chain.ts';
import { createChainedFile } from '../integrity/chained-file.ts';
import { toRecordingError } from '../recording-error.ts';
import { RESERVE_BYTES } from './new-recording.ts';
import { type RecordingFiles, systemRecordingFiles } from './recording-files.ts';
import type { SpaceGuard } from './space-guard.ts';

export interface RehearsalNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly folder: string;
  /** The system's files by default. */
  readonly files?: RecordingFiles;
  readonly guard?: Pick<SpaceGuard, 'measure' | 'refusal'>;
  readonly encryptTo?: readonly string[];
}

/**
 * Does what beginning a recording does, under names that no reader takes for one, and removes it again: for whoever
 * must know it before a cluster is asked. Rejects as the beginning would.
 */
export async function rehearseRecording(needs: RehearsalNeeds): Promise<void> {
  const { clock, files = systemRecordingFiles, guard, encryptTo = [] } = needs;
  await guard?.measure();
  const refusal = guard?.refusal(0);
  if (refusal) throw refusal;
  const folder = resolve(needs.folder);
  const name = `.rehearsal-${randomUUID()}`;
  const path = join(folder, name);
  const chainPath = `${path}.hashes`;
  const reservePath = `${path}.reserve`;
  try {
    await files.makeFolder(folder);
    const file = await files.create(path);
    const chainFile = await files.create(chainPath).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    try {
      const frames = createChainedFile(file, createBlockChain(name), chainFile, wholeFrame);
      const lines = encryptTo.length > 0 ? await createEncryptedFile({ clock, frames }, encryptTo) : frames;
      await lines.append(Buffer.from('rehearsed\n'));
      await file.sync();
      await files.syncFolder(folder);
      await files.reserve(reservePath, RESERVE_BYTES);
    } finally {
      await file.close();
      await chainFile.close();
    }
  } catch (error) {
    throw toRecordingError(error, `no recording could be begun in ${folder}`);
  } finally {
    // It may be the disk that fails; what is left over is small, and no recording.
    for (const left of [path, chainPath, reservePath]) await files.remove(left).catch(() => {});
  }
}
