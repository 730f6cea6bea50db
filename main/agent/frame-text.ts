/** Bytes of a command as the strings of frames, and back: no character is cut where a frame ends. */

export interface TextReader {
  /** What is whole by now; the bytes of a character that is not wait for the next ones. */
  read(bytes: Uint8Array): string;
  /** What still waits, as U+FFFD. */
  end(): string;
}

/** What is no UTF-8 becomes U+FFFD, as browsers have it; a byte order mark is a character as any other. */
export function createTextReader(): TextReader {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    read: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  };
}

export interface TextWriter {
  write(text: string): Uint8Array;
}

/** A page that cuts a paste into frames may cut it within a surrogate pair: its first half waits for the other. */
export function createTextWriter(): TextWriter {
  let held = '';
  return {
    write(text) {
      const whole = held + text;
      const last = whole.charCodeAt(whole.length - 1);
      const isCut = last >= 0xd800 && last <= 0xdbff;
      held = isCut ? whole.slice(-1) : '';
      return Buffer.from(isCut ? whole.slice(0, -1) : whole, 'utf8');
    },
  };
}
