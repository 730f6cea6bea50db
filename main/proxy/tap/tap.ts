import { AppError } from '../../base/errors.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';

/** What a tap reads of a remote command that passes. */
export type TapEvent =
  /** `bytes` is a view of what was given, where that came unmasked: it holds as long as that does. */
  | { readonly kind: 'output'; readonly bytes: Uint8Array; readonly isStderr: boolean }
  /** Only where `readsInput`. */
  | { readonly kind: 'input'; readonly bytes: Uint8Array }
  | { readonly kind: 'input-ended' }
  | { readonly kind: 'resize'; readonly size: TerminalSize }
  /** Once: all that the error channel had, of which 64 KiB are kept. */
  | { readonly kind: 'status'; readonly text: string };

export interface TapOptions {
  readonly hasTty: boolean;
  /** Whether what is typed is read at all. */
  readonly readsInput: boolean;
}

export interface Farewell {
  /** For the terminal, with its line breaks. */
  readonly text: string;
  /** For the error channel: a Status as JSON. */
  readonly status: string;
  /** Whether the server's bytes given last went to the client: all of them, or none. */
  readonly isLastPassed: boolean;
}

/**
 * Reads a copy of what passes between a client and a server, in both directions. It changes and holds nothing.
 * Bytes may be split anywhere; none is given twice.
 */
export interface Tap {
  /** Never throws. What cannot be read sets `problem`; from then on the tap is blind in both directions. */
  fromServer(bytes: Uint8Array): readonly TapEvent[];
  fromClient(bytes: Uint8Array): readonly TapEvent[];
  /** The server sends nothing more: the status, where its end was not told before. */
  ended(): readonly TapEvent[];
  /** `protocol-error`. */
  readonly problem: AppError | undefined;
  /** The server has said that nothing of the command follows, be it with a status or without. */
  readonly isOver: boolean;
  /**
   * After how many of the server's bytes given last words of ours may stand: the last such place, 0 before all of them.
   * Undefined where there is none, since they stand within something that began earlier, or since the client has nothing
   * yet, or nothing any more, to show words on.
   */
  readonly gap: number | undefined;
  /** Frames that show `text` in the client's terminal, for a gap. */
  say(text: string): Uint8Array;
  /**
   * What ends the command for the client from where it stands: the missing rest of a frame as NUL bytes, `text`,
   * the status, and an orderly end. Nothing of the server may follow. Empty where no frame can follow: then the
   * connection can only be cut.
   */
  farewell(words: Farewell): Uint8Array;
}

/** Of a frame that ends unfinished, as filler for the client: more is not worth the words that follow it. */
export const MAX_FILLER_BYTES: number = 1024 * 1024;

export function createUnreadable(words: string, cause?: unknown): AppError {
  return new AppError(
    'protocol-error',
    `what passes between kubectl and the cluster cannot be read: ${words}`,
    {
      hint: 'Use kubectl as it comes, over WebSocket or SPDY, or open the shell in the app.',
      cause,
    },
  );
}
