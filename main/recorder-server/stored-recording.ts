import * as v from 'valibot';
import { parseJson } from '../base/json.ts';

/** What was known of a delivery when it began. */
export interface DeliveryNote {
  /** What the client called the recording, or what we called it for want of that. */
  readonly recordingId: string;
  readonly protocol: 'v1' | 'v2';
  /** The client says that some of it may have come before. */
  readonly isAgain: boolean;
  /** The client's address, and its certificate's name where it has one. */
  readonly from: string;
  readonly startedAtMs: number;
}

/** A recording in the store. `state` is `partial` where its delivery broke off. */
export interface StoredRecording extends DeliveryNote {
  /** Its own name here: that of the recording, or with `.2`, `.partial` and the like behind it. */
  readonly id: string;
  readonly state: 'whole' | 'partial';
  /** Why it is partial. */
  readonly reason?: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly endedAtMs: number;
  readonly header?: CastFacts | undefined;
}

/** What a list shows of a cast's first line. */
export interface CastFacts {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Unix seconds. */
  readonly timestamp?: number | undefined;
  readonly title?: string | undefined;
  readonly srcNode?: string | undefined;
  readonly srcNodeUser?: string | undefined;
  readonly kubernetes?:
    | { readonly PodName: string; readonly Namespace: string; readonly Container: string }
    | undefined;
}

/**
 * What a client may call a recording. It becomes a file's name and an object's key: no separator, no dot, no capital that a file
 * system folds, and a digit in front, as no device of Windows has one.
 */
const RECORDING_ID = /^[0-9][0-9a-z-]{0,63}$/;
const STORED_ID = /^[0-9][0-9a-z-]{0,63}(\.partial)?(\.[1-9]\d{0,8})?$/;

export function isRecordingId(text: string): boolean {
  return RECORDING_ID.test(text);
}

export function isStoredId(text: string): boolean {
  return STORED_ID.test(text);
}

/** The names that recordings of one id take, in this order: `ID`, `ID.2`, …, or `ID.partial`, `ID.partial.2`, …. */
export function nameStored(recordingId: string, state: 'whole' | 'partial', version: number): string {
  const first = state === 'whole' ? recordingId : `${recordingId}.partial`;
  return version === 1 ? first : `${first}.${version}`;
}

/** A stored recording as the JSON that stands beside it; a store may add what it needs to find it again. */
export function formatStored(recording: StoredRecording, more: object = {}): string {
  return `${JSON.stringify({ version: 1, ...recording, ...more }, null, 2)}\n`;
}

/** Undefined where it is none of ours. */
export function parseStored(text: string): StoredRecording | undefined {
  const parsed = v.safeParse(storedSchema, parseJson(text));
  if (!parsed.success) return undefined;
  const { version: _version, ...recording } = parsed.output;
  return recording;
}

export function formatNote(note: DeliveryNote): string {
  return `${JSON.stringify(note)}\n`;
}

export function parseNote(text: string): DeliveryNote | undefined {
  const parsed = v.safeParse(v.object(noteFields), parseJson(text));
  return parsed.success ? parsed.output : undefined;
}

/** Undefined for a line that is no asciicast header. */
export function readCastFacts(line: string): CastFacts | undefined {
  const parsed = v.safeParse(castHeaderSchema, parseJson(line));
  if (!parsed.success) return undefined;
  const { version: _version, ...facts } = parsed.output;
  return facts;
}

/** A list need not show more of a name that came from outside. */
const MAX_TEXT_LENGTH = 256;

const shortText = v.pipe(
  v.string(),
  v.transform((text) => text.slice(0, MAX_TEXT_LENGTH)),
);
/** What is odd is left out: the cast itself is kept as it came. */
const maybe = <T extends v.GenericSchema>(schema: T) => v.fallback(v.optional(schema), undefined);
const castFields = {
  width: maybe(v.number()),
  height: maybe(v.number()),
  timestamp: maybe(v.number()),
  title: maybe(shortText),
  srcNode: maybe(shortText),
  srcNodeUser: maybe(shortText),
  kubernetes: maybe(v.object({ PodName: shortText, Namespace: shortText, Container: shortText })),
};
const castHeaderSchema = v.object({ version: v.picklist([2, 3]), ...castFields });
const noteFields = {
  recordingId: v.pipe(v.string(), v.check(isRecordingId)),
  protocol: v.picklist(['v1', 'v2']),
  isAgain: v.boolean(),
  from: v.string(),
  startedAtMs: v.number(),
};
const storedSchema = v.object({
  version: v.literal(1),
  ...noteFields,
  id: v.pipe(v.string(), v.check(isStoredId)),
  state: v.picklist(['whole', 'partial']),
  reason: v.exactOptional(v.string()),
  bytes: v.number(),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  endedAtMs: v.number(),
  header: v.exactOptional(v.object(castFields)),
});
