import type { Captured } from '../redaction/redactor.ts';
import type { CastEvent } from './cast.ts';

/** All that a cast writer took is in one of these, in this order. */
export interface CastStanding {
  /** Of the lines in the file, up to one's end: where reading it is to stop. */
  readonly fileBytes: number;
  /** What the disk has not taken yet. */
  readonly unwritten: readonly CastEvent[];
  /** The start of a character whose end has not come. */
  readonly undecoded: Uint8Array;
  /** What redaction holds back, unmasked: it may be shown, as the live output is, and never written. */
  readonly held: readonly Captured[];
}
