import { createHash } from 'node:crypto';

/** Length and SHA-256 of what went into a store. */
export interface CastTally {
  add(bytes: Uint8Array): void;
  readonly bytes: number;
  /** Ends it. */
  sha256(): string;
}

export function createCastTally(): CastTally {
  const hash = createHash('sha256');
  let count = 0;
  return {
    add(bytes) {
      hash.update(bytes);
      count += bytes.length;
    },
    get bytes() {
      return count;
    },
    sha256: () => hash.digest('hex'),
  };
}
