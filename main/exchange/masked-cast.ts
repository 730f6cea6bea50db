import type { CastEvent, CastHeader } from '../recording/cast/cast.ts';
import { createUtf8Decoder } from '../recording/cast/utf8.ts';
import { redactText } from '../recording/redaction/redaction.ts';
import type { CompiledPattern } from '../recording/redaction/redaction-patterns.ts';
import { BUILT_IN } from '../recording/redaction/redaction-rules.ts';
import { type Captured, createRedactor, type MaskedSpan } from '../recording/redaction/redactor.ts';
import type { CastPart } from './cast-part.ts';

/** What was masked on the way out. */
export interface MaskReport {
  /** Of output, by rule, in the order of their first finding. */
  readonly rules: Map<string, MaskedRule>;
  /** In order; the first `MAX_PLACES`. */
  readonly places: MaskedSpan[];
  spans: number;
  /** Events of typed input, which nothing can tell a password in: left out. */
  inputEvents: number;
}

export interface MaskedRule {
  /** For people. */
  readonly name: string;
  spans: number;
}

/** As many places as anybody reviews; all are counted. */
export const MAX_PLACES = 1_000;

export function createMaskReport(): MaskReport {
  return { rules: new Map(), places: [], spans: 0, inputEvents: 0 };
}

/**
 * Masks what the redaction rules take for secrets. All output waits until it can be part of none: times stay, and no
 * more than the redactor's 4 KiB are held, however slowly it was printed.
 */
export async function* maskParts(
  parts: AsyncIterable<CastPart>,
  patterns: readonly CompiledPattern[],
  report: MaskReport,
  inRange: (timeMicros: number) => boolean,
): AsyncGenerator<CastPart> {
  const decoder = createUtf8Decoder();
  let lastMicros = 0;
  const redactor = createRedactor(patterns, (span) => {
    if (inRange(span.timeMicros)) count(report, span);
  });

  function* toParts(captured: readonly Captured[]): Generator<CastPart> {
    for (const piece of captured) {
      if (piece.kind === 'event') yield { kind: 'event', event: piece.event };
      if (piece.kind !== 'bytes') continue;
      lastMicros = piece.timeMicros;
      const text = decoder.decode(piece.bytes);
      if (text !== '') yield { kind: 'event', event: { kind: 'output', timeMicros: lastMicros, text } };
    }
  }

  for await (const part of parts) {
    if (part.kind === 'header') yield { kind: 'header', header: maskHeader(part.header, patterns) };
    else if (part.event.kind === 'output') {
      const { text, timeMicros } = part.event;
      yield* toParts(redactor.take({ kind: 'bytes', bytes: Buffer.from(text), timeMicros }));
    } else if (part.event.kind === 'input') {
      if (inRange(part.event.timeMicros)) report.inputEvents += 1;
    } else {
      const event = maskEvent(part.event, patterns);
      if (event) yield* toParts(redactor.take({ kind: 'event', event }));
    }
  }
  yield* toParts(redactor.finish());
  const rest = decoder.finish();
  if (rest !== '') yield { kind: 'event', event: { kind: 'output', timeMicros: lastMicros, text: rest } };
}

function count(report: MaskReport, span: MaskedSpan): void {
  const rule = report.rules.get(span.rule);
  if (rule) rule.spans += 1;
  else report.rules.set(span.rule, { name: nameOf(span.rule), spans: 1 });
  report.spans += 1;
  if (report.places.length < MAX_PLACES) report.places.push(span);
}

function nameOf(rule: string): string {
  return BUILT_IN.find(({ id }) => id === rule)?.name ?? rule;
}

/** Its command is left out: nothing can tell all that its words may hold. */
function maskHeader(
  { command: _command, ...header }: CastHeader,
  patterns: readonly CompiledPattern[],
): CastHeader {
  const { facts } = header;
  if (facts?.reason === undefined) return header;
  return { ...header, facts: { ...facts, reason: redactText(facts.reason, patterns).text } };
}

/** Codes that nobody here knows are handed on where they hold text. */
function maskEvent(event: CastEvent, patterns: readonly CompiledPattern[]): CastEvent | undefined {
  if (event.kind === 'marker') return { ...event, label: redactText(event.label, patterns).text };
  if (event.kind !== 'other') return event;
  if (typeof event.data !== 'string') return undefined;
  return { ...event, data: redactText(event.data, patterns).text };
}
