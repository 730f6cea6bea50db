import type { Readable } from 'node:stream';
import type { CastFacts, DeliveryNote, StoredRecording } from './stored-recording.ts';

/** Where recordings and events are kept: a folder, or an S3 bucket. Rejections are `Refusal`s, fit for clients. */
export interface RecordingStore {
  /** For people: where it is. */
  readonly place: string;
  /** Finishes what a dead recorder left behind, as partial recordings; resolves with how many. Before anything else. */
  mend(): Promise<number>;
  /** Makes a place for a recording. Rejects with `disk-full` where there is none. */
  open(note: DeliveryNote): Promise<IncomingCast>;
  /** In the order of their ids, from behind `after` on. */
  list(range: ListRange): Promise<ListedRecordings>;
  /** Undefined where there is none of that id. */
  read(id: string): Promise<StoredCast | undefined>;
  /** Resolves when it is durable. `event` is one line of JSON. */
  addEvent(event: string, atMs: number): Promise<void>;
  /** Undefined where the store has no such thing as an end. */
  freeBytes(): Promise<number | undefined>;
}

export interface ListRange {
  readonly after: string;
  readonly limit: number;
}

export interface ListedRecordings {
  readonly recordings: readonly StoredRecording[];
  /** What the next page comes after; undefined on the last one. */
  readonly next?: string;
}

export interface StoredCast {
  readonly bytes: number;
  readonly body: Readable;
}

/** A cast on its way into the store. One call at a time, but for `sync`. */
export interface IncomingCast {
  /** Resolves when the store has taken all of it: who writes waits for the disk. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes durable what was written, as far as the store can before the end. */
  sync(): Promise<void>;
  /** Of the bytes written, from the first one on. */
  readonly durableBytes: number;
  /**
   * Keeps what was written, durably, and gives the name it has now. Nothing that was stored before is changed. Resolves with
   * undefined where nothing was written. Called once, and once more, as partial, where that failed.
   */
  finish(ending: Ending): Promise<StoredOutcome | undefined>;
}

export type Ending = { readonly endedAtMs: number; readonly header?: CastFacts | undefined } & (
  | { readonly state: 'whole' }
  | { readonly state: 'partial'; readonly reason: string }
);

/** `same`: those bytes were there already. `another`: it stands beside another one of that id. */
export interface StoredOutcome {
  readonly outcome: 'new' | 'same' | 'another';
  readonly stored: StoredRecording;
}
