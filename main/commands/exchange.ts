import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { AppError, systemCode, toAppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import {
  EXPORT_FORMATS,
  EXPORT_SUFFIXES,
  type Export,
  type ExportFormat,
  type ExportSummary,
} from '../exchange/export.ts';
import { GIF_DEFAULTS, type GifReport, type GifWish } from '../exchange/gif-plan.ts';
import type { ImportSummary } from '../exchange/import.ts';
import { writeNewFile } from '../exchange/new-file.ts';
import { type CommandIo, formatFailure } from './io.ts';
import { jsonOption, parseMoment, parsePositive } from './options.ts';
import type { CoreCommand } from './run.ts';

interface ExportFlags {
  readonly format: ExportFormat;
  readonly from?: number;
  readonly to?: number;
  readonly speed?: number;
  readonly idleLimit?: number;
  readonly fontSize?: number;
  readonly output?: string;
  readonly unmasked?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The commands that hand recordings on, and take them in. */
export function addExchangeCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  program
    .command('export')
    .description('write a recording in another form, secrets masked; the original stays as it is')
    .argument('<id>', 'recording, or the start of its id where that is unique')
    .addOption(new Option('-f, --format <format>', 'what to write').choices(EXPORT_FORMATS).default('cast'))
    .option('--from <time>', 'where it begins: 83.5, 1:23.5 or 1m23s', parseMoment)
    .option('--to <time>', 'where it ends; for svg the moment it shows', parseMoment)
    .option('--speed <factor>', 'of a gif: 2 is twice as fast', parsePositive)
    .option('--idle-limit <seconds>', 'of a gif: cut longer pauses to this; 2 where not given', parsePositive)
    .option('--font-size <pixels>', 'of a gif; 16 where not given', parsePositive)
    .option('-o, --output <file>', '- for standard output; named after the recording where not given')
    .option('--unmasked', 'mask nothing')
    .option('--force', 'replace a file that is there')
    .addOption(jsonOption)
    .action((id: string, options: ExportFlags) =>
      run((core, { signal }) => runExport(core, id, options, io, { signal })),
    );

  program
    .command('import')
    .description('take recordings of other programs into the library, sealed as imported')
    .argument('<files...>', 'asciicast v1, v2 or v3, plain, gzip or zstd, or ttyrec')
    .addOption(jsonOption)
    .action((files: readonly string[], options: { json?: boolean }) =>
      run((core, { signal }) => runImport(core, files, options, io, { signal })),
    );

  program
    .command('transcript')
    .description('print what was on the screen of a recording as text, secrets masked')
    .argument('<id>', 'recording, or the start of its id where that is unique')
    .option('--from <time>', 'where it begins: 83.5, 1:23.5 or 1m23s', parseMoment)
    .option('--to <time>', 'where it ends', parseMoment)
    .option('--unmasked', 'mask nothing')
    .addOption(jsonOption)
    .action((id: string, { json, ...options }: Omit<ExportFlags, 'format'>) =>
      run((core, { signal }) => {
        const flags = { ...options, format: 'text', output: '-' } as const;
        return json
          ? runTranscriptJson(core, id, flags, io, { signal })
          : runExport(core, id, flags, { ...io, writeError: async () => {} }, { signal });
      }),
    );
}

interface ImportFailure {
  readonly fileName: string;
  readonly problem: { readonly code: string; readonly message: string; readonly hint?: string | undefined };
}

/** One after the other; those that are none keep no other out. Exit code 1 where there was one. */
async function runImport(
  core: Core,
  names: readonly string[],
  { json }: { readonly json?: boolean },
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const results: (ImportSummary | ImportFailure)[] = [];
  for (const name of names) {
    const file = { name: basename(name), bytes: readBytes(name) };
    try {
      const summary = await core.exchange.importRecording(file, { signal });
      results.push(summary);
      if (!json) await io.write(`${summary.recordingId}  ${describeImport(summary)}\n`);
    } catch (error) {
      signal.throwIfAborted();
      const failure = toReadFailure(name, error);
      const { code, message, hint } = failure;
      results.push({ fileName: file.name, problem: { code, message, hint } });
      await io.writeError(formatFailure(failure));
    }
  }
  if (json) await io.write(`${JSON.stringify(results, null, 2)}\n`);
  return results.some((result) => 'problem' in result) ? 1 : 0;
}

/** Opened when it is read: a stream that nobody reads yet has nobody to tell its failure to. */
async function* readBytes(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

function toReadFailure(name: string, error: unknown): AppError {
  const code = systemCode(error);
  if (error instanceof AppError || code === undefined) return toAppError(error);
  return new AppError('bad-input', `${name} could not be read: ${code}`, { cause: error });
}

function describeImport(summary: ImportSummary): string {
  const { fileName, format, packing, events, durationMicros, isTorn, damagedLines } = summary;
  const packed = packing === 'none' ? '' : ` (${packing})`;
  return [
    `imported from ${fileName}: ${format}${packed}, ${events} events, ${formatMoment(durationMicros)}`,
    ...(isTorn ? ['the file broke off: what came before is there'] : []),
    ...(damagedLines > 0 ? [`damaged lines: ${damagedLines}; markers stand in their place`] : []),
  ].join('; ');
}

async function runExport(
  core: Core,
  idOrPrefix: string,
  flags: ExportFlags,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const { format, output, force, json } = flags;
  if (output === '-' && json) {
    throw new AppError('bad-input', '--json says what became of a file, and standard output is none', {
      hint: 'Name a file with -o.',
    });
  }
  const { exported, recordingId } = await openExport(core, idOrPrefix, flags, { signal });
  const file = output ?? `${recordingId}${EXPORT_SUFFIXES[format]}`;
  if (file === '-') await writeOut(exported, io);
  else await writeNewFile(file, exported.chunks, { isReplaced: force === true });
  const summary = exported.summary();
  if (json) await io.write(`${JSON.stringify({ recordingId, file, ...summary }, null, 2)}\n`);
  else await io.writeError(describeExport(file, summary));
  return 0;
}

interface OpenExport {
  readonly exported: Export;
  readonly recordingId: string;
}

async function openExport(
  core: Core,
  idOrPrefix: string,
  flags: ExportFlags,
  { signal }: { signal: AbortSignal },
): Promise<OpenExport> {
  const { format, from = 0, to = Number.POSITIVE_INFINITY, unmasked } = flags;
  if (from > to) throw new AppError('bad-input', '--from is after --to');
  const gif = readGifFlags(flags);
  const library = await core.library();
  const { path, recordingId, pod, container } = await library.get(idOrPrefix);
  const wish = {
    format,
    range: { fromMicros: from, toMicros: to },
    isMasked: unmasked !== true,
    title: pod === '' ? recordingId : `${pod}/${container} ${recordingId}`,
    gif,
  };
  const exported = await core.exchange.exportRecording(path, wish, { signal });
  return { exported, recordingId };
}

/** Written as it comes: however long it is, it goes through in pieces. */
async function runTranscriptJson(
  core: Core,
  idOrPrefix: string,
  flags: ExportFlags,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const { exported, recordingId } = await openExport(core, idOrPrefix, flags, { signal });
  await io.write(`{"recordingId":${JSON.stringify(recordingId)},"lines":[`);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  let separator = '\n';
  for await (const chunk of exported.chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length === 0) continue;
    await io.write(separator + lines.map((line) => JSON.stringify(line)).join(',\n'));
    separator = ',\n';
  }
  const { isMasked, maskedSpans, maskedRules, gaps } = exported.summary();
  await io.write(`\n],${JSON.stringify({ isMasked, maskedSpans, maskedRules, gaps }).slice(1)}\n`);
  return 0;
}

function readGifFlags({ format, speed, idleLimit, fontSize }: ExportFlags): GifWish {
  if (format !== 'gif' && (speed ?? idleLimit ?? fontSize) !== undefined) {
    throw new AppError('bad-input', '--speed, --idle-limit and --font-size are for --format gif');
  }
  return {
    speed: speed ?? GIF_DEFAULTS.speed,
    idleLimitSeconds: idleLimit ?? GIF_DEFAULTS.idleLimitSeconds,
    fontSize: fontSize ?? GIF_DEFAULTS.fontSize,
  };
}

async function writeOut({ chunks }: Export, io: CommandIo): Promise<void> {
  for await (const chunk of chunks) await io.write(chunk);
}

/** More are in `--json`. */
const TOLD_PLACES = 10;

function describeExport(file: string, summary: ExportSummary): string {
  const {
    bytes,
    isMasked,
    maskedSpans,
    maskedRules,
    maskedPlaces,
    leftOutInputs,
    gaps,
    hasNewLineEnds,
    gif,
  } = summary;
  const lines = [`${file === '-' ? 'wrote' : `wrote ${file},`} ${bytes} bytes`];
  if (gif) lines.push(...describeGif(gif));
  if (!isMasked) lines.push('nothing is masked in it');
  else if (maskedSpans === 0) lines.push('nothing in it looked like a secret');
  else {
    lines.push(`masked in ${maskedSpans} ${maskedSpans === 1 ? 'place' : 'places'}:`);
    for (const { rule, name, spans } of maskedRules) {
      const times = maskedPlaces.filter((place) => place.rule === rule).slice(0, TOLD_PLACES);
      const more = spans > times.length ? ', …' : '';
      lines.push(
        `  ${name}: ${spans}, at ${times.map(({ timeMicros }) => formatMoment(timeMicros)).join(', ')}${more}`,
      );
    }
  }
  if (leftOutInputs > 0) lines.push(`typed input was left out: ${leftOutInputs} events`);
  if (gaps > 0) lines.push(`damaged lines: ${gaps}; a marker stands in the place of each`);
  if (hasNewLineEnds) lines.push('lines end with CR LF, as players need it: the command had no terminal');
  return lines.map((line) => `${line}\n`).join('');
}

function describeGif({ width, height, frames, durationMicros, cutMicros }: GifReport): string[] {
  const seconds = (durationMicros / 1_000_000).toFixed(1);
  const pictures = `${frames} ${frames === 1 ? 'picture' : 'pictures'} of ${width}x${height} pixels`;
  return [
    `${pictures}, ${seconds} s once through`,
    ...(cutMicros > 0 ? [`pauses were cut by ${(cutMicros / 1_000_000).toFixed(1)} s in all`] : []),
  ];
}

/** As `--from` takes it. */
function formatMoment(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
