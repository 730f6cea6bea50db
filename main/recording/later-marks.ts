import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { writeFileAtomically } from '../base/atomic-file.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, systemCode } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import type { CastItem } from './cast/cast-reader.ts';
import { besideCast, toRecordingId } from './cast-path.ts';
import { isSealOf, type Signer, sealBody } from './integrity/seal.ts';
import type { Seal } from './recording.ts';
import { holdRecording } from './recording-lock.ts';

/**
 * Markers that were set in a recording after its end: the cast is sealed as it was, so that they stand beside it,
 * under a signature of their own.
 */
export interface LaterMark {
  /** Since the recording's start. */
  readonly timeMicros: number;
  readonly label: string;
  /** Unix milliseconds. */
  readonly addedAtMs: number;
}

export type LaterMarks =
  | { readonly kind: 'none' }
  | { readonly kind: 'signed'; readonly marks: readonly LaterMark[] }
  /** They are not what a key of this home signed for this recording. */
  | { readonly kind: 'altered' };

export interface LaterMarksNeeds {
  /** Whose signatures are trusted. */
  knownKeyIds(): Promise<ReadonlySet<string>>;
}

const PURPOSE = 'kubereel later marks v1\n';
/** As many as the timeline shows. */
const MOST_MARKS = 1_000;

const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const FileSchema = v.object({
  version: v.literal(1),
  id: v.string(),
  marks: v.array(v.object({ timeMicros: CountSchema, label: v.string(), addedAtMs: CountSchema })),
  seal: v.object({
    keyId: v.string(),
    publicKeyPem: v.string(),
    signedAtMs: CountSchema,
    signature: v.string(),
  }),
});

/** `ID.marks` beside `ID.cast`. */
export function laterMarksPathOf(castPath: string): string {
  return besideCast(castPath, '.marks');
}

/** Rejects only where the file is there and cannot be read. */
export async function readLaterMarks(needs: LaterMarksNeeds, castPath: string): Promise<LaterMarks> {
  let text: string;
  try {
    text = await readFile(laterMarksPathOf(castPath), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { kind: 'none' };
    throw error;
  }
  const parsed = v.safeParse(FileSchema, parseJson(text));
  if (!parsed.success) return { kind: 'altered' };
  const { seal, ...body } = parsed.output;
  const isOurs = body.id === toRecordingId(castPath) && (await needs.knownKeyIds()).has(seal.keyId);
  return isOurs && isSealOf(PURPOSE, body, seal)
    ? { kind: 'signed', marks: body.marks }
    : { kind: 'altered' };
}

/** Rejects with `recording-failed` where what is there was altered, is full, or cannot be written anew. */
export async function addLaterMark(
  needs: LaterMarksNeeds & { readonly clock: Pick<Clock, 'nowMs' | 'sleep'>; signer(): Promise<Signer> },
  castPath: string,
  mark: LaterMark,
): Promise<void> {
  // Of two that read the same markers, each would leave out what the other one adds.
  return holdRecording(needs.clock, castPath, () => writeWith(needs, castPath, mark));
}

async function writeWith(
  needs: LaterMarksNeeds & { signer(): Promise<Signer> },
  castPath: string,
  mark: LaterMark,
): Promise<void> {
  const known = await readLaterMarks(needs, castPath);
  if (known.kind === 'altered') {
    throw new AppError(
      'recording-failed',
      'the markers beside this recording are not those that were signed',
      {
        hint: `Look at ${laterMarksPathOf(castPath)}, and remove it to begin anew.`,
      },
    );
  }
  const marks = [...(known.kind === 'signed' ? known.marks : []), mark];
  if (marks.length > MOST_MARKS) {
    throw new AppError('recording-failed', `this recording has ${MOST_MARKS} markers beside it already`);
  }
  marks.sort((a, b) => a.timeMicros - b.timeMicros);
  const body = { version: 1, id: toRecordingId(castPath), marks };
  const seal: Seal = sealBody(PURPOSE, body, await needs.signer(), mark.addedAtMs);
  await writeFileAtomically(laterMarksPathOf(castPath), `${JSON.stringify({ ...body, seal }, null, 2)}\n`);
}

/** A cast with its later markers in their places, before what happened at the same time. */
export async function* withLaterMarks(
  items: AsyncIterable<CastItem>,
  later: LaterMarks,
): AsyncGenerator<CastItem> {
  const waiting = later.kind === 'signed' ? [...later.marks] : [];
  let end = 0;
  function* due(timeMicros: number): Generator<CastItem> {
    while (waiting[0] && waiting[0].timeMicros <= timeMicros) {
      const [mark] = waiting.splice(0, 1);
      if (mark) yield toItem(mark, end);
    }
  }
  for await (const item of items) {
    if (item.kind === 'event') yield* due(item.event.timeMicros);
    yield item;
    end = item.nextOffset;
  }
  yield* due(Number.POSITIVE_INFINITY);
}

function toItem({ timeMicros, label }: LaterMark, offset: number): CastItem {
  return { kind: 'event', event: { kind: 'marker', timeMicros, label }, offset, nextOffset: offset };
}
