import { webcrypto } from 'node:crypto';

/**
 * SHA-256 over the blocks of a file, each taking the one before in: hash(i) = SHA-256(hash(i - 1) ‖ block(i)). Who
 * knows the last one can tell whether any byte before has changed, and who knows them all can tell where.
 */
export interface BlockChain {
  /** Takes the file's next bytes; resolves when few blocks wait to be hashed, which is done off this thread. */
  push(bytes: Uint8Array): Promise<void>;
  /** Hashes of whole blocks that are new since the last call, in order, in hex. */
  takeBlocks(): readonly string[];
  /** The last hash, the part of a block at the end included. */
  head(): Promise<string>;
  readonly bytes: number;
}

export const BLOCK_BYTES: number = 64 * 1024;
const HASH_BYTES = 32;
const PURPOSE = 'kubereel cast v1\n';
/** Half a MiB: so many blocks may wait before the writer of the file waits with them. */
const MAX_WAITING_BLOCKS = 8;

/** The id is part of it: two recordings with the same bytes have chains of their own. */
export function createBlockChain(recordingId: string): BlockChain {
  let last = hashSeed(`${PURPOSE}${recordingId}`);
  let block = Buffer.alloc(BLOCK_BYTES);
  let blockBytes = 0;
  let bytes = 0;
  let waitingBlocks = 0;
  const done: string[] = [];

  function link(part: Uint8Array): void {
    waitingBlocks += 1;
    last = last.then(async (before) => {
      const hash = await hashNext(before, part);
      done.push(toHex(hash));
      waitingBlocks -= 1;
      return hash;
    });
  }

  return {
    async push(chunk) {
      for (let start = 0; start < chunk.length; ) {
        const taken = Math.min(chunk.length - start, BLOCK_BYTES - blockBytes);
        block.set(chunk.subarray(start, start + taken), blockBytes);
        blockBytes += taken;
        start += taken;
        if (blockBytes === BLOCK_BYTES) {
          link(block);
          block = Buffer.alloc(BLOCK_BYTES);
          blockBytes = 0;
          if (waitingBlocks > MAX_WAITING_BLOCKS) await last;
        }
      }
      bytes += chunk.length;
    },
    takeBlocks: () => done.splice(0),
    async head() {
      const before = await last;
      return toHex(blockBytes === 0 ? before : await hashNext(before, block.subarray(0, blockBytes)));
    },
    get bytes() {
      return bytes;
    },
  };
}

async function hashSeed(seed: string): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', Buffer.from(seed)));
}

async function hashNext(before: Uint8Array, block: Uint8Array): Promise<Uint8Array> {
  const input = new Uint8Array(HASH_BYTES + block.length);
  input.set(before);
  input.set(block, HASH_BYTES);
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', input));
}

function toHex(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}
