import { open } from 'node:fs/promises';
import type { Integrity } from '../recording.ts';
import { BLOCK_BYTES, createBlockChain } from './block-chain.ts';
import { readChain } from './chain-file.ts';

/** A cast's chain as its bytes make it now, beside the one that was written with them. */
export interface CastHash {
  readonly integrity: Integrity;
  /** All whole blocks. */
  readonly blocks: readonly string[];
  /** The first whole block that is not what was written; absent where all are, as far as the chain file tells. */
  readonly firstBadBlock?: number;
}

export async function hashCast(
  path: string,
  recordingId: string,
  { signal }: { signal: AbortSignal },
): Promise<CastHash> {
  const chain = createBlockChain(recordingId);
  const blocks: string[] = [];
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.alloc(BLOCK_BYTES);
    while (true) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, BLOCK_BYTES, chain.bytes);
      if (bytesRead === 0) break;
      chain.push(chunk.subarray(0, bytesRead));
      blocks.push(...chain.takeBlocks());
    }
  } finally {
    await file.close();
  }
  const head = chain.head();
  blocks.push(...chain.takeBlocks());
  const written = await readChain(path);
  // A cast that has become shorter lacks blocks rather than having bad ones, but for the one where it now ends.
  const firstBadBlock = written.findIndex((hash, index) => hash !== blocks[index]);
  return {
    integrity: { algorithm: 'sha256', blockBytes: BLOCK_BYTES, bytes: chain.bytes, head },
    blocks,
    ...(firstBadBlock < 0 ? {} : { firstBadBlock }),
  };
}
