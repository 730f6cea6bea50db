import type { Integrity } from '../recording.ts';
import { createLineFile, type LineFile, type WholePart } from '../writing/line-file.ts';
import type { AppendFile } from '../writing/recording-files.ts';
import { BLOCK_BYTES, type BlockChain } from './block-chain.ts';
import { formatChain } from './chain-file.ts';

/** A line file whose bytes are hashed as they are taken, with the hashes of whole blocks in a file beside it. */
export interface ChainedFile extends Omit<LineFile, 'end'> {
  /** What the lines take in the file: more than they are long where they are encrypted. */
  readonly fileBytes: number;
  /**
   * What the file is now that nothing more comes, a torn end that could not be cut off included: to be asked once.
   * The chain file has all of its whole blocks, as far as the disk took them.
   */
  integrity(): Promise<Integrity>;
}

export function createChainedFile(
  file: AppendFile,
  chain: BlockChain,
  chainFile: AppendFile,
  wholePart?: WholePart,
): ChainedFile {
  const lineFile = createLineFile(file, wholePart);
  const chainLines = createLineFile(chainFile);
  let waiting: string[] = [];

  /** A chain file that lacks its end makes a change harder to place, and no harder to see. */
  async function writeBlocks(): Promise<void> {
    waiting.push(...chain.takeBlocks());
    if (waiting.length === 0) return;
    const before = chainLines.length;
    await chainLines.append(Buffer.from(formatChain(waiting))).catch(() => {});
    waiting = waiting.slice((chainLines.length - before) / CHAIN_LINE_BYTES);
  }

  return {
    async append(lines) {
      const before = lineFile.length;
      try {
        await lineFile.append(lines);
      } finally {
        // Also of a disk that refused: what it took by then is in the file.
        chain.push(lines.subarray(0, lineFile.length - before));
        await writeBlocks();
      }
    },
    get length() {
      return lineFile.length;
    },
    get fileBytes() {
      return lineFile.length;
    },
    async integrity() {
      chain.push(await lineFile.end());
      const head = chain.head();
      await writeBlocks();
      return { algorithm: 'sha256', blockBytes: BLOCK_BYTES, bytes: chain.bytes, head };
    },
  };
}

/** 64 digits and a line end. */
const CHAIN_LINE_BYTES = 65;
