/**
 * asciicast v2 as text: one header line, then one line an event, `[seconds, code, data]`
 * (docs.asciinema.org/manual/asciicast/v2). Writing is strict, reading takes what other programs write.
 */
import * as v from 'valibot';
import { AppError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';
import { type RecordingFacts, recordingFactsSchema } from '../recording-facts.ts';
import { escapeJson } from './json-escape.ts';
import { describeForRecorder, type RecorderHeader } from './recorder-header.ts';

/** One event of a cast, any version, with absolute time. */
export type CastEvent =
  | { readonly kind: 'output'; readonly timeMicros: number; readonly text: string }
  | { readonly kind: 'input'; readonly timeMicros: number; readonly text: string }
  | { readonly kind: 'resize'; readonly timeMicros: number; readonly size: TerminalSize }
  | { readonly kind: 'marker'; readonly timeMicros: number; readonly label: string }
  | { readonly kind: 'exit'; readonly timeMicros: number; readonly exitCode: number }
  /** A code that we do not know; kept, not shown. */
  | { readonly kind: 'other'; readonly timeMicros: number; readonly code: string; readonly data: unknown };

export interface CastHeader {
  readonly size: TerminalSize;
  /** Unix time of the start, whole seconds. */
  readonly startedAtSeconds?: number;
  /** The recorded terminal's TERM. */
  readonly terminalType?: string;
  /** What was recorded, as Kubernetes recorders write it. */
  readonly pod?: CastPod;
  /** The kubeconfig context; only our own casts name one. */
  readonly context?: string;
  /** Only where the cast is encrypted: commands carry secrets. */
  readonly command?: readonly string[];
  /** What else was known when it began. */
  readonly facts?: RecordingFacts;
  /** For a recorder that the cast is delivered to; written, and never read back. */
  readonly recorder?: RecorderHeader;
}

interface CastPod {
  readonly name: string;
  readonly namespace: string;
  readonly container: string;
  /** Whether what ran there already was attached to, and not a command executed. */
  readonly isAttached?: boolean;
}

/** The header's line, with its line end. */
export function formatHeader(header: CastHeader, version: 2 | 3 = 2): string {
  const { startedAtSeconds, pod, context, command, facts, recorder } = header;
  const fields = {
    version,
    ...(version === 2 ? describeTerminal(header) : { term: describeTerm(header) }),
    timestamp: startedAtSeconds,
    ...(recorder && describeForRecorder(recorder)),
    kubernetes: pod && {
      PodName: pod.name,
      Namespace: pod.namespace,
      Container: pod.container,
      SessionType: pod.isAttached ? 'attach' : 'exec',
    },
    kubereel: context === undefined ? undefined : { context, command, ...facts },
  };
  const json = JSON.stringify(fields, (_key, value) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  return `${escapeRaw(json)}\n`;
}

function describeTerminal({ size, terminalType }: CastHeader): object {
  const env = terminalType === undefined ? undefined : { TERM: terminalType };
  return { width: size.cols, height: size.rows, env };
}

/** Of asciicast v3. */
function describeTerm({ size, terminalType }: CastHeader): object {
  return { cols: size.cols, rows: size.rows, type: terminalType };
}

/** The event's line, with its line end. `timeMicros` is a whole number, 0 or more. */
export function formatEvent(event: CastEvent): string {
  return formatTimedEvent(formatSeconds(event.timeMicros), event);
}

/** The same with a time as asciicast v3 has it. */
export function formatTimedEvent(time: string, event: CastEvent): string {
  switch (event.kind) {
    case 'output':
      return `[${time},"o",${quote(event.text)}]\n`;
    case 'input':
      return `[${time},"i",${quote(event.text)}]\n`;
    case 'resize':
      return `[${time},"r","${event.size.cols}x${event.size.rows}"]\n`;
    case 'marker':
      return `[${time},"m",${quote(event.label)}]\n`;
    case 'exit':
      return `[${time},"x","${event.exitCode}"]\n`;
    case 'other':
      return `[${time},${quote(event.code)},${escapeRaw(JSON.stringify(event.data ?? null))}]\n`;
  }
}

/** The line of an output event, as `formatEvent` would write it; `utf8` is UTF-8 from end to end. */
export function formatOutput(timeMicros: number, utf8: Uint8Array): string {
  const line = escapeJson(`[${formatSeconds(timeMicros)},"o","`, utf8, '"]\n');
  return line ?? formatEvent({ kind: 'output', timeMicros, text: decoder.decode(utf8) });
}

// Without ignoreBOM the bytes EF BB BF at the start would vanish.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Throws `recording-unreadable`. What is wrong but not needed is taken as absent. */
export function parseHeader(line: string): CastHeader {
  const json = parseJson(line.replace(/^\ufeff/, ''));
  const version = v.safeParse(VersionSchema, json);
  if (!version.success) throw createUnreadableError('its first line is no asciicast header', line);
  if (version.output.version !== 2) {
    throw createUnreadableError(
      `it is asciicast version ${version.output.version}, and only 2 is read`,
      line,
    );
  }
  const parsed = v.safeParse(HeaderSchema, json);
  if (!parsed.success) throw createUnreadableError('its header has no terminal size', line);
  const { width, height, timestamp, env, kubernetes, kubereel } = parsed.output;
  const { context, command, ...facts } = kubereel ?? {};
  return {
    // Recorders that saw no terminal write 0x0; players show those as 80x24.
    size: { cols: width || DEFAULT_SIZE.cols, rows: height || DEFAULT_SIZE.rows },
    ...(timestamp === undefined ? {} : { startedAtSeconds: Math.floor(timestamp) }),
    ...(env === undefined ? {} : { terminalType: env.TERM }),
    ...(kubernetes === undefined
      ? {}
      : {
          pod: {
            name: kubernetes.PodName,
            namespace: kubernetes.Namespace,
            container: kubernetes.Container,
            ...(kubernetes.SessionType === 'attach' && { isAttached: true }),
          },
        }),
    ...(context === undefined ? {} : { context }),
    ...(command === undefined ? {} : { command }),
    ...(Object.keys(facts).length > 0 && { facts }),
  };
}

/** Throws `recording-unreadable` for a line that is no event. */
export function parseEvent(line: string): CastEvent {
  const json = parseJson(line);
  if (!Array.isArray(json)) throw createUnreadableError('a line is no event', line);
  const [seconds, code, data] = json as unknown[];
  if (!isSeconds(seconds) || typeof code !== 'string')
    throw createUnreadableError('a line is no event', line);
  // Rounding brings back the written microseconds for every time of the next decades.
  const event = readEvent(Math.round(seconds * 1_000_000), code, data);
  if (!event) throw createUnreadableError(`an event "${code}" has unfit data`, line);
  return event;
}

const DEFAULT_SIZE: TerminalSize = { cols: 80, rows: 24 };
const MAX_EXTENT = 0xffff;
/** So that microseconds stay exact as a number; 285 years. */
const MAX_SECONDS = Number.MAX_SAFE_INTEGER / 1_000_000;

const VersionSchema = v.object({ version: v.number() });
const ExtentSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_EXTENT));
const HeaderSchema = v.object({
  width: ExtentSchema,
  height: ExtentSchema,
  timestamp: v.fallback(v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))), undefined),
  env: v.fallback(v.optional(v.object({ TERM: v.string() })), undefined),
  kubernetes: v.fallback(
    v.optional(
      v.object({
        PodName: v.string(),
        Namespace: v.string(),
        Container: v.string(),
        SessionType: v.fallback(v.optional(v.string()), undefined),
      }),
    ),
    undefined,
  ),
  kubereel: v.fallback(
    v.optional(
      v.intersect([
        v.object({ context: v.string(), command: v.exactOptional(v.array(v.string())) }),
        recordingFactsSchema,
      ]),
    ),
    undefined,
  ),
});

function readEvent(timeMicros: number, code: string, data: unknown): CastEvent | undefined {
  switch (code) {
    case 'o':
      return typeof data === 'string' ? { kind: 'output', timeMicros, text: data } : undefined;
    case 'i':
      return typeof data === 'string' ? { kind: 'input', timeMicros, text: data } : undefined;
    case 'm':
      return typeof data === 'string' ? { kind: 'marker', timeMicros, label: data } : undefined;
    case 'r': {
      const size = parseSize(data);
      return size && { kind: 'resize', timeMicros, size };
    }
    case 'x': {
      const exitCode = typeof data === 'string' && /^-?\d{1,10}$/.test(data) ? Number(data) : data;
      return Number.isInteger(exitCode)
        ? { kind: 'exit', timeMicros, exitCode: exitCode as number }
        : undefined;
    }
    default:
      return { kind: 'other', timeMicros, code, data };
  }
}

function parseSize(data: unknown): TerminalSize | undefined {
  const match = typeof data === 'string' ? /^(\d{1,5})x(\d{1,5})$/.exec(data) : null;
  if (!match) return undefined;
  const [cols, rows] = [Number(match[1]), Number(match[2])];
  const isSize = cols >= 1 && rows >= 1 && cols <= MAX_EXTENT && rows <= MAX_EXTENT;
  return isSize ? { cols, rows } : undefined;
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_SECONDS;
}

/** Six decimals from whole microseconds, without a detour through binary fractions. */
function formatSeconds(micros: number): string {
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;
}

function quote(text: string): string {
  // A lone surrogate is no character: asciinema 2.2 dies of one.
  return escapeRaw(JSON.stringify(text.toWellFormed()));
}

/**
 * JSON leaves DEL, C1 controls, the Unicode line ends and the byte order mark as they are. Readers that
 * split lines at U+2028 exist (Node 24's readline is one), and terminals act on C1.
 */
function escapeRaw(json: string): string {
  // Most output is ASCII, and telling so is a hundred times faster than looking for each of these.
  if (Buffer.byteLength(json) === json.length && !json.includes(DELETE)) return json;
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const DELETE = '\u007f';

function createUnreadableError(reason: string, line: string): AppError {
  return new AppError('recording-unreadable', `the recording cannot be read: ${reason}`, {
    detail: line.length > 200 ? `${line.slice(0, 200)}…` : line,
  });
}
