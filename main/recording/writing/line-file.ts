import type { AppendFile } from './recording-files.ts';

/** A file that ends with a whole line whenever something is appended, however often the disk refused before. */
export interface LineFile {
  /**
   * Appends whole lines, each with its line end. When the disk refuses, as many whole lines stay as went in,
   * the rest is cut off again, and this rejects; `length` tells how far it came, and it may be tried again.
   */
  append(lines: Uint8Array): Promise<void>;
  /** Up to the end of the last whole line. */
  readonly length: number;
  /** Nothing more comes. Resolves with what stands behind the last whole line, where the disk keeps it there. */
  end(): Promise<Uint8Array>;
}

/** How much of what is being appended may stay where only its first `written` bytes went in. */
export type WholePart = (bytes: Uint8Array, written: number) => number;

const wholeLines: WholePart = (bytes, written) =>
  written === 0 ? 0 : bytes.lastIndexOf(LINE_END, written - 1) + 1;

/** With another `wholePart` it holds other things than lines. */
export function createLineFile(file: AppendFile, wholePart: WholePart = wholeLines): LineFile {
  let length = 0;
  let torn = new Uint8Array();

  /** What comes behind half a line would be fused with it, and both would be lost. */
  async function mend(): Promise<void> {
    if (torn.length === 0) return;
    await file.truncate(length);
    torn = new Uint8Array();
  }

  return {
    async append(lines) {
      await mend();
      let written = 0;
      try {
        // A full disk takes a part first and refuses only at the next write.
        while (written < lines.length) {
          const count = await file.write(lines.subarray(written));
          if (count <= 0) throw new Error('the file took no bytes');
          written += count;
        }
        length += written;
      } catch (error) {
        const whole = wholePart(lines, written);
        length += whole;
        // A copy: they are the caller's.
        torn = new Uint8Array(lines.subarray(whole, written));
        // A torn line that cannot be cut off now is a torn tail: readers and recovery know those.
        await mend().catch(() => {});
        throw error;
      }
    },
    get length() {
      return length;
    },
    async end() {
      await mend().catch(() => {});
      return torn;
    },
  };
}

const LINE_END = 0x0a;
