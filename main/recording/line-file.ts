import type { AppendFile } from './recording-files.ts';

/** A file that only ever ends with a whole line, as long as this process lives. */
export interface LineFile {
  /**
   * Appends whole lines, each with its line end. When the disk refuses, as many whole lines stay as went in,
   * the rest is cut off again, and this rejects; nothing can be appended after that.
   */
  append(lines: Uint8Array): Promise<void>;
  /** Up to the end of the last whole line. */
  readonly length: number;
}

export function createLineFile(file: AppendFile): LineFile {
  let length = 0;
  let failure: { readonly error: unknown } | undefined;
  return {
    async append(lines) {
      if (failure) throw failure.error;
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
        failure = { error };
        if (written > 0) {
          const whole = lines.lastIndexOf(LINE_END, written - 1) + 1;
          length += whole;
          // A torn line that is left behind is a torn tail; readers and recovery know those.
          if (whole < written) await file.truncate(length).catch(() => {});
        }
        throw error;
      }
    },
    get length() {
      return length;
    },
  };
}

const LINE_END = 0x0a;
