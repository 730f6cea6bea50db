import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { besideCast } from './cast-path.ts';
import type { Sidecar } from './recording.ts';
import { recordingFactsSchema } from './recording-facts.ts';

const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const ExtentSchema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff));

const EndSchema = v.variant('kind', [
  v.object({
    kind: v.literal('exited'),
    exitCode: v.pipe(v.number(), v.integer()),
    note: v.exactOptional(v.string()),
  }),
  v.object({ kind: v.literal('closed') }),
  v.object({ kind: v.literal('failed'), note: v.string() }),
]);

const SidecarSchema = v.object({
  version: v.literal(1),
  id: v.string(),
  details: v.intersect([
    v.object({
      context: v.string(),
      namespace: v.string(),
      pod: v.string(),
      container: v.string(),
      command: v.array(v.string()),
      source: v.exactOptional(
        v.object({ node: v.string(), nodeId: v.string(), userId: v.number(), user: v.string() }),
      ),
    }),
    recordingFactsSchema,
  ]),
  size: v.object({ cols: ExtentSchema, rows: ExtentSchema }),
  startedAtMs: CountSchema,
  encryptedTo: v.exactOptional(v.array(v.string())),
  cut: v.exactOptional(v.object({ base64: v.string(), zeros: CountSchema })),
  integrity: v.exactOptional(
    v.object({
      algorithm: v.literal('sha256'),
      blockBytes: CountSchema,
      bytes: CountSchema,
      head: v.string(),
    }),
  ),
  stderr: v.exactOptional(v.object({ bytes: CountSchema, hash: v.string() })),
  seal: v.exactOptional(
    v.object({ keyId: v.string(), publicKeyPem: v.string(), signedAtMs: CountSchema, signature: v.string() }),
  ),
  state: v.variant('kind', [
    v.object({
      kind: v.literal('live'),
      owner: v.object({ hostName: v.string(), processId: CountSchema, processStartedAtMs: CountSchema }),
    }),
    v.object({
      kind: v.literal('closed'),
      durationMicros: CountSchema,
      bytes: CountSchema,
      lostBytes: v.optional(CountSchema, 0),
      invalidBytes: v.optional(CountSchema, 0),
      maskedSpans: v.optional(CountSchema, 0),
      pausedBytes: v.exactOptional(CountSchema),
      binaryBytes: v.exactOptional(CountSchema),
      end: EndSchema,
    }),
    v.object({
      kind: v.literal('recovered'),
      recoveredAtMs: CountSchema,
      durationMicros: CountSchema,
      bytes: CountSchema,
      end: EndSchema,
      isUnread: v.exactOptional(v.literal(true)),
    }),
    v.object({
      kind: v.literal('damaged'),
      damagedLines: CountSchema,
      firstBadBlock: v.exactOptional(CountSchema),
      durationMicros: CountSchema,
      end: EndSchema,
    }),
  ]),
});

/** `ID.json` beside `ID.cast`. */
export function sidecarPathOf(castPath: string): string {
  return besideCast(castPath, '.json');
}

/** `ID.reserve` beside a live `ID.cast`. */
export function reservePathOf(castPath: string): string {
  return besideCast(castPath, '.reserve');
}

export function formatSidecar(sidecar: Sidecar): string {
  return `${JSON.stringify(sidecar, undefined, 2)}\n`;
}

/** Throws `recording-unreadable`, naming the field that is wrong. */
export function parseSidecar(text: string): Sidecar {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError('recording-unreadable', 'the details beside the recording are no JSON', { cause });
  }
  const parsed = v.safeParse(SidecarSchema, json);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = v.getDotPath(issue) ?? 'the whole';
  throw new AppError('recording-unreadable', `the details beside the recording are wrong: ${field}`, {
    detail: issue.message,
  });
}
