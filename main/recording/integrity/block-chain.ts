import { createHash, type Hash } from 'node:crypto';

/**
 * SHA-256 over the blocks of a file, each taking the one before in: hash(i) = SHA-256(hash(i - 1) ‖ block(i)). Who
 * knows the last one can tell whether any byte before has changed, and who knows them all can tell where.
 */
export interface BlockChain {
  /** Takes the file's next bytes. Hashing them here costs less than handing them to another thread. */
  push(bytes: Uint8Array): void;
  /** Hashes of whole blocks that are new since the last call, in order, in hex. */
  takeBlocks(): readonly string[];
  /** The last hash, the part of a block at the end included. */
  head(): string;
  readonly bytes: number;
}

export const BLOCK_BYTES: number = 64 * 1024;
const PURPOSE = 'kubereel cast v1\n';

/** The id is part of it: two recordings with the same bytes have chains of their own. */
export function createBlockChain(recordingId: string): BlockChain {
  let last = createHash('sha256').update(`${PURPOSE}${recordingId}`).digest();
  let block = startBlock(last);
  let blockBytes = 0;
  let bytes = 0;
  const done: string[] = [];

  return {
    push(chunk) {
      for (let start = 0; start < chunk.length; ) {
        const taken = Math.min(chunk.length - start, BLOCK_BYTES - blockBytes);
        block.update(chunk.subarray(start, start + taken));
        blockBytes += taken;
        start += taken;
        if (blockBytes === BLOCK_BYTES) {
          last = block.digest();
          done.push(last.toString('hex'));
          block = startBlock(last);
          blockBytes = 0;
        }
      }
      bytes += chunk.length;
    },
    takeBlocks: () => done.splice(0),
    head: () => (blockBytes === 0 ? last : block.copy().digest()).toString('hex'),
    get bytes() {
      return bytes;
    },
  };
}

function startBlock(before: Uint8Array): Hash {
  return createHash('sha256').update(before);
}
