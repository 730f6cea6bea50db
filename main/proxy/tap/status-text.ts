import type { TapEvent } from './tap.ts';

/** A Status with a runtime's longest words is far below this. */
export const MAX_STATUS_BYTES: number = 64 * 1024;

/** Collects the error channel, and tells it once. */
export interface StatusText {
  add(bytes: Uint8Array): void;
  /** The channel has ended. Nothing where nothing came, or where it was told before. */
  end(): readonly TapEvent[];
}

export function createStatusText(): StatusText {
  const parts: Uint8Array[] = [];
  let kept = 0;
  let isTold = false;

  return {
    add(bytes) {
      // A copy, since it stays longer than what was given.
      const part = Uint8Array.from(bytes.subarray(0, MAX_STATUS_BYTES - kept));
      if (part.byteLength === 0) return;
      parts.push(part);
      kept += part.byteLength;
    },
    end() {
      if (isTold || kept === 0) return [];
      isTold = true;
      return [{ kind: 'status', text: Buffer.concat(parts).toString() }];
    },
  };
}
