import type { CastKeys } from '../recording/cast/cast-source.ts';
import type { CompiledPattern } from '../recording/redaction/redaction-patterns.ts';
import type { MaskedSpan } from '../recording/redaction/redactor.ts';
import { type CastPart, type ReadingReport, readParts } from './cast-part.ts';
import { toCastV2, toCastV3 } from './cast-text.ts';
import { type CastRange, clipParts } from './clipped-cast.ts';
import { type Drawing, filmGif } from './gif-film.ts';
import {
  checkGifWish,
  GIF_DEFAULTS,
  GIF_LIMITS,
  type GifReport,
  type GifWish,
  measureLargestSize,
} from './gif-plan.ts';
import { createMaskReport, maskParts } from './masked-cast.ts';
import { type PlayerFiles, toPlayerPage } from './player-page.ts';
import { toScreenSvg } from './screen-svg.ts';
import { toTranscript } from './transcript.ts';

export const EXPORT_FORMATS = ['cast', 'cast3', 'text', 'html', 'svg', 'gif'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How files of each format end. */
export const EXPORT_SUFFIXES: Readonly<Record<ExportFormat, string>> = {
  cast: '.cast',
  cast3: '.v3.cast',
  text: '.txt',
  html: '.html',
  svg: '.svg',
  gif: '.gif',
};

/** What is played and not read: output as a terminal takes it. */
const OUTPUT_FORMATS: ReadonlySet<ExportFormat> = new Set(['cast', 'cast3', 'html']);

export interface ExportWish {
  readonly format: ExportFormat;
  /** For `svg` its end is the moment; what was before the range is on the screen at its start. */
  readonly range: CastRange;
  readonly isMasked: boolean;
  /** Of a page. */
  readonly title: string;
  /** For `gif`. */
  readonly gif?: GifWish;
}

export interface ExportNeeds {
  /** Of encrypted recordings: what is handed on is in the clear. */
  readonly keys?: CastKeys | undefined;
  /** The user's own, beside the built-in rules. */
  readonly patterns: readonly CompiledPattern[];
  playerFiles(): Promise<PlayerFiles>;
  /** For `gif` alone. */
  loadDrawing(): Promise<Drawing>;
}

/** What became of a recording that was handed on. */
export interface ExportSummary {
  readonly format: ExportFormat;
  readonly isMasked: boolean;
  /** Of what was written. */
  readonly bytes: number;
  /** Within the range. */
  readonly maskedSpans: number;
  readonly maskedRules: readonly { readonly rule: string; readonly name: string; readonly spans: number }[];
  /** Where they are, by the recording's time; the first thousand. */
  readonly maskedPlaces: readonly MaskedSpan[];
  /** Events of typed input that masking left out. */
  readonly leftOutInputs: number;
  /** Damaged lines, each with a marker in its place. */
  readonly gaps: number;
  /** It holds output of a command without a terminal: where a line ended with LF, it ends with CR LF. */
  readonly hasNewLineEnds: boolean;
  /** Of a `gif`, once it is drawn. */
  readonly gif?: GifReport;
}

export interface Export {
  /** Iterated once; UTF-8 where it is text. Throws as reading the cast does, and `bad-input` for a range that is not in it. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Complete once `chunks` has ended. */
  summary(): ExportSummary;
}

/** Enough for a file or a wire. */
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Hands a recording on in another form; the original is only read. Memory is bounded however long it is. Takes the
 * processor for seconds: the app does it in a thread (`exportInThread`).
 */
export function exportRecording(
  { keys, patterns, playerFiles, loadDrawing }: ExportNeeds,
  path: string,
  { format, range, isMasked, title, gif = GIF_DEFAULTS }: ExportWish,
  { signal }: { readonly signal: AbortSignal },
): Export {
  const masked = createMaskReport();
  const reading: ReadingReport = { gaps: 0, hasNewLineEnds: false };
  let bytes = 0;
  let gifReport: GifReport | undefined;

  function inRange(timeMicros: number): boolean {
    return timeMicros <= range.toMicros && (format === 'svg' || timeMicros >= range.fromMicros);
  }

  async function* writeParts(parts: AsyncIterable<CastPart>): AsyncGenerator<string | Uint8Array> {
    switch (format) {
      case 'cast':
        return yield* toCastV2(parts);
      case 'cast3':
        return yield* toCastV3(parts);
      case 'text':
        return yield* toTranscript(parts);
      case 'svg':
        return yield* toScreenSvg(parts);
      case 'html':
        return yield* toPlayerPage(parts, await playerFiles(), title);
      case 'gif':
        return yield* drawGif(parts);
    }
  }

  async function* drawGif(parts: AsyncIterable<CastPart>): AsyncGenerator<Uint8Array> {
    checkGifWish(gif);
    const size = await measureLargestSize(
      readParts(path, { gaps: 0, hasNewLineEnds: false }, { keys, signal }),
      range,
    );
    const drawing = await loadDrawing();
    const nowMs = (): number => performance.now();
    const film = filmGif({ drawing, nowMs }, parts, { ...gif, size, limits: GIF_LIMITS });
    yield* film.chunks;
    gifReport = film.report();
  }

  async function* write(): AsyncGenerator<Uint8Array> {
    const whole = readParts(path, reading, { keys, signal });
    const safe = isMasked ? maskParts(whole, patterns, masked, inRange) : whole;
    const from = format === 'svg' ? 0 : range.fromMicros;
    const clipped = clipParts(safe, { fromMicros: from, toMicros: range.toMicros });
    for await (const chunk of joinText(writeParts(clipped))) {
      bytes += chunk.length;
      yield chunk;
    }
  }

  return {
    chunks: write(),
    summary: () => ({
      format,
      isMasked,
      bytes,
      maskedSpans: masked.spans,
      maskedRules: Array.from(masked.rules, ([rule, found]) => ({ rule, ...found })),
      maskedPlaces: masked.places,
      leftOutInputs: masked.inputEvents,
      gaps: reading.gaps,
      hasNewLineEnds: reading.hasNewLineEnds && OUTPUT_FORMATS.has(format),
      ...(gifReport && { gif: gifReport }),
    }),
  };
}

async function* joinText(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting = '';
  for await (const piece of pieces) {
    if (typeof piece !== 'string') {
      yield piece;
      continue;
    }
    waiting += piece;
    if (waiting.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(waiting);
    waiting = '';
  }
  if (waiting !== '') yield Buffer.from(waiting);
}
