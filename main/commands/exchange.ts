import { type Command, Option } from 'commander';
import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import {
  EXPORT_FORMATS,
  EXPORT_SUFFIXES,
  type Export,
  type ExportFormat,
  type ExportSummary,
} from '../exchange/export.ts';
import { writeNewFile } from '../exchange/new-file.ts';
import type { CommandIo } from './io.ts';
import { jsonOption, parseMoment } from './options.ts';
import type { CoreCommand } from './run.ts';

interface ExportFlags {
  readonly format: ExportFormat;
  readonly from?: number;
  readonly to?: number;
  readonly output?: string;
  readonly unmasked?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The commands that hand recordings on. */
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
    .option('-o, --output <file>', '- for standard output; named after the recording where not given')
    .option('--unmasked', 'mask nothing')
    .option('--force', 'replace a file that is there')
    .addOption(jsonOption)
    .action((id: string, options: ExportFlags) =>
      run((core, { signal }) => runExport(core, id, options, io, { signal })),
    );

  program
    .command('transcript')
    .description('print what was on the screen of a recording as text, secrets masked')
    .argument('<id>', 'recording, or the start of its id where that is unique')
    .option('--from <time>', 'where it begins: 83.5, 1:23.5 or 1m23s', parseMoment)
    .option('--to <time>', 'where it ends', parseMoment)
    .option('--unmasked', 'mask nothing')
    .action((id: string, options: Omit<ExportFlags, 'format'>) =>
      run((core, { signal }) => {
        const flags = { ...options, format: 'text', output: '-' } as const;
        return runExport(core, id, flags, { ...io, writeError: async () => {} }, { signal });
      }),
    );
}

async function runExport(
  core: Core,
  idOrPrefix: string,
  { format, from = 0, to = Number.POSITIVE_INFINITY, output, unmasked, force, json }: ExportFlags,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  if (from > to) throw new AppError('bad-input', '--from is after --to');
  if (output === '-' && json) {
    throw new AppError('bad-input', '--json says what became of a file, and standard output is none', {
      hint: 'Name a file with -o.',
    });
  }
  const library = await core.library();
  const { path, recordingId, pod, container } = await library.get(idOrPrefix);
  const wish = {
    format,
    range: { fromMicros: from, toMicros: to },
    isMasked: unmasked !== true,
    title: pod === '' ? recordingId : `${pod}/${container} ${recordingId}`,
  };
  const exported = await core.exchange.exportRecording(path, wish, { signal });
  const file = output ?? `${recordingId}${EXPORT_SUFFIXES[format]}`;
  if (file === '-') await writeOut(exported, io);
  else await writeNewFile(file, exported.chunks, { isReplaced: force === true });
  const summary = exported.summary();
  if (json) await io.write(`${JSON.stringify({ recordingId, file, ...summary }, null, 2)}\n`);
  else await io.writeError(describeExport(file, summary));
  return 0;
}

async function writeOut({ chunks }: Export, io: CommandIo): Promise<void> {
  for await (const chunk of chunks) await io.write(chunk);
}

/** More are in `--json`. */
const TOLD_PLACES = 10;

function describeExport(file: string, summary: ExportSummary): string {
  const { bytes, isMasked, maskedSpans, maskedRules, maskedPlaces, leftOutInputs, gaps } = summary;
  const lines = [`${file === '-' ? 'wrote' : `wrote ${file},`} ${bytes} bytes`];
  if (!isMasked) lines.push('nothing is masked in it');
  else if (maskedSpans === 0) lines.push('nothing in it looked like a secret');
  else {
    lines.push(`masked in ${maskedSpans} places:`);
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
  return lines.map((line) => `${line}\n`).join('');
}

/** As `--from` takes it. */
function formatMoment(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
