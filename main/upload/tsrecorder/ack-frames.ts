import * as v from 'valibot';
import { parseJson } from '../../base/json.ts';
import { createLineSplitter, type Line } from '../../recording/cast/line-splitter.ts';

/**
 * What a recorder says while it receives, one JSON object a line (tailscale, sessionrecording/connect.go,
 * v2ResponseFrame; docs/RECORDER.md for what is our recorder's own).
 */
export type AckFrame =
  | {
      readonly kind: 'ack';
      /** Received since the start; absent where the frame only says that it is there: Go leaves a zero out. */
      readonly bytes: number | undefined;
      /** Those of them that would outlive its death. */
      readonly durableBytes: number | undefined;
      /** The last frame of a recording that is stored. */
      readonly stored: StoredRecording | undefined;
    }
  /** The last frame. */
  | { readonly kind: 'error'; readonly text: string; readonly code: string | undefined }
  | { readonly kind: 'invalid'; readonly text: string };

export interface StoredRecording {
  readonly id: string;
  /** Of what is stored, in hex. */
  readonly sha256: string;
  /** `same`: it was there already; `another`: another one of its id was, and it stands beside that. */
  readonly outcome: 'new' | 'same' | 'another';
}

export interface AckFrameReader {
  push(bytes: Uint8Array): AckFrame[];
  /** What stands behind the last line end. */
  end(): AckFrame[];
}

/** A frame is 300 bytes at the most; an error may quote something. */
const MAX_FRAME_BYTES = 64 * 1024;

const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const StoredSchema: v.GenericSchema<unknown, StoredRecording> = v.object({
  id: v.string(),
  sha256: v.string(),
  outcome: v.picklist(['new', 'same', 'another']),
});
const FrameSchema = v.pipe(
  v.unknown(),
  // valibot takes a list for an object without keys.
  v.check((value) => !Array.isArray(value)),
  v.object({
    ack: v.exactOptional(CountSchema),
    durable: v.exactOptional(CountSchema),
    stored: v.exactOptional(StoredSchema),
    error: v.exactOptional(v.string()),
    code: v.exactOptional(v.string()),
  }),
);

export function createAckFrameReader(): AckFrameReader {
  const splitter = createLineSplitter(0, MAX_FRAME_BYTES);
  return {
    push: (bytes) => splitter.push(bytes).flatMap(readFrame),
    end() {
      const rest = splitter.rest();
      return rest ? readFrame(rest) : [];
    },
  };
}

function readFrame({ bytes, isTooLong }: Line): AckFrame[] {
  if (isTooLong) return [{ kind: 'invalid', text: `a line over ${MAX_FRAME_BYTES} bytes` }];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8').trim();
  if (text === '') return [];
  const frame = v.safeParse(FrameSchema, parseJson(text));
  if (!frame.success) return [{ kind: 'invalid', text }];
  const { ack, durable, stored, error = '', code } = frame.output;
  if (error !== '') return [{ kind: 'error', text: error, code }];
  return [{ kind: 'ack', bytes: ack, durableBytes: durable, stored }];
}
