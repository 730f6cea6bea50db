import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { type CastEvent, type CastHeader, parseEvent, parseHeader } from '../recording/cast/cast.ts';
import { createLineSplitter, type Line } from '../recording/cast/line-splitter.ts';
import type { ImportPart, ImportReport } from './import-part.ts';

/** Larger lines are damage; asciinema's are as large as what one read gave it. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** asciicast v1 is one JSON document, which nothing but the whole of it can be read from. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));
const text = v.optional(v.fallback(v.union([v.string(), v.undefined()]), undefined));
const AnySchema = v.looseObject({
  version: v.picklist([1, 2, 3]),
  title: text,
  command: text,
});
const TermSchema = v.looseObject({ term: v.object({ cols: CountSchema, rows: CountSchema, type: text }) });
const DocumentSchema = v.object({
  width: CountSchema,
  height: CountSchema,
  stdout: v.array(v.tuple([v.pipe(v.number(), v.minValue(0)), v.string()])),
});
/** tsrecorder's Kubernetes proxy writes resizes rows first; what we deliver to recorders has our own key besides theirs. */
const RecorderSchema = v.object({
  srcNodeID: v.string(),
  kubernetes: v.looseObject({}),
  kubereel: v.exactOptional(v.never()),
});

/**
 * asciicast v1, v2 and v3, by their first line. Throws `recording-unreadable` where that is no header; a damaged line
 * becomes a gap, a torn one at the end is told in the report.
 */
export async function* readImportedCast(
  bytes: AsyncIterable<Uint8Array>,
  report: ImportReport,
): AsyncGenerator<ImportPart> {
  const lines = splitLines(bytes);
  const first = await lines.next();
  if (first.done === true) throw createNoHeaderError('it is empty');
  const json = parseJson(toText(first.value).replace(/^\ufeff/, ''));
  const known = v.safeParse(AnySchema, json);
  if (!known.success || known.output.version === 1) {
    yield* readDocument(first.value, lines, report);
    return;
  }
  const { version } = known.output;
  report.format = version === 2 ? 'asciicast v2' : 'asciicast v3';
  yield { kind: 'header', header: toHeader(json), ...describe(known.output) };
  const isSwapped = version === 2 && v.is(RecorderSchema, json);
  let timeMicros = 0;
  for await (const line of lines) {
    const event = readEvent(line, report);
    if (event === 'nothing') continue;
    if (event === 'damage') {
      report.damagedLines += 1;
      yield { kind: 'gap', timeMicros };
      continue;
    }
    timeMicros = version === 3 ? timeMicros + event.timeMicros : Math.max(timeMicros, event.timeMicros);
    if (timeMicros > Number.MAX_SAFE_INTEGER) throw createNoHeaderError('its times are beyond all measure');
    yield { kind: 'event', event: { ...(isSwapped ? swap(event) : event), timeMicros } };
  }
}

function readEvent(line: ImportLine, report: ImportReport): CastEvent | 'nothing' | 'damage' {
  if (line.isTooLong) return 'damage';
  const words = toText(line);
  if (words.startsWith('#') || words.trim() === '') return 'nothing';
  try {
    return parseEvent(words);
  } catch {
    if (!line.isUnfinished) return 'damage';
    report.isTorn = true;
    return 'nothing';
  }
}

function swap(event: CastEvent): CastEvent {
  if (event.kind !== 'resize') return event;
  return { ...event, size: { cols: event.size.rows, rows: event.size.cols } };
}

/** Of v3 as v2 would say it. */
function toHeader(json: unknown): CastHeader {
  const term = v.safeParse(TermSchema, json);
  if (!term.success) return parseHeader(JSON.stringify(json));
  const { cols, rows, type } = term.output.term;
  const env = type === undefined ? {} : { env: { TERM: type } };
  return parseHeader(JSON.stringify({ ...term.output, version: 2, width: cols, height: rows, ...env }));
}

function describe({ title, command }: v.InferOutput<typeof AnySchema>): { title?: string; command?: string } {
  return { ...(title !== undefined && { title }), ...(command !== undefined && { command }) };
}

async function* readDocument(
  first: ImportLine,
  lines: AsyncIterable<ImportLine>,
  report: ImportReport,
): AsyncGenerator<ImportPart> {
  const pieces = [Buffer.from(first.bytes)];
  let bytes = first.bytes.length;
  for await (const line of lines) {
    pieces.push(Buffer.from(line.bytes));
    bytes += line.bytes.length + 1;
    if (bytes > MAX_DOCUMENT_BYTES) throw createNoHeaderError('its first line is no asciicast header');
  }
  const json = parseJson(Buffer.concat(pieces.flatMap((piece) => [piece, LINE_END])).toString());
  const known = v.safeParse(AnySchema, json);
  const parsed = v.safeParse(DocumentSchema, json);
  if (!known.success) throw createNoHeaderError('its first line is no asciicast header');
  if (known.output.version !== 1 || !parsed.success) throw createNoHeaderError('it is no whole asciicast v1');
  const { width, height, stdout } = parsed.output;
  report.format = 'asciicast v1';
  yield { kind: 'header', header: toHeader({ version: 2, width, height }), ...describe(known.output) };
  let seconds = 0;
  for (const [delay, words] of stdout) {
    seconds += delay;
    const timeMicros = Math.min(Math.round(seconds * 1_000_000), Number.MAX_SAFE_INTEGER);
    yield { kind: 'event', event: { kind: 'output', timeMicros, text: words } };
  }
}

interface ImportLine extends Line {
  /** Nothing ended it. */
  readonly isUnfinished: boolean;
}

async function* splitLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ImportLine> {
  // A first line of v1 is the whole of it.
  const splitter = createLineSplitter(0, MAX_DOCUMENT_BYTES);
  let isFirst = true;
  function limit(line: Line): Line {
    const isTooLong = line.isTooLong || (!isFirst && line.bytes.length > MAX_LINE_BYTES);
    isFirst = false;
    return { ...line, isTooLong };
  }
  for await (const chunk of bytes) {
    for (const line of splitter.push(chunk)) yield { ...limit(line), isUnfinished: false };
  }
  const rest = splitter.rest();
  if (rest) yield { ...limit(rest), isUnfinished: true };
}

const LINE_END = Buffer.from('\n');

function toText({ bytes }: Line): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function createNoHeaderError(reason: string): AppError {
  return new AppError('recording-unreadable', `the recording cannot be read: ${reason}`);
}
