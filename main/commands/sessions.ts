import { type Command, Option } from 'commander';
import {
  compareRecordings,
  groupRecordings,
  matchesQuery,
  RECORDING_GROUPINGS,
  RECORDING_SORT_KEYS,
  type RecordingGrouping,
  type RecordingQuery,
  type RecordingSort,
  type RecordingSortKey,
} from '../../preload/recording-query.ts';
import {
  formatFilter,
  formatRecordingQuery,
  parseRecordingQuery,
  QUERY_FILTERS,
  type QueryProblem,
} from '../../preload/recording-query-text.ts';
import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import type { CommandIo } from './io.ts';
import { jsonOption, parseCount } from './options.ts';
import { formatRecordings } from './recordings-table.ts';
import type { CoreCommand } from './run.ts';

interface SessionsFlags {
  readonly context?: readonly string[];
  readonly namespace?: readonly string[];
  readonly pod?: readonly string[];
  readonly image?: readonly string[];
  readonly user?: readonly string[];
  readonly tag?: readonly string[];
  readonly state?: readonly string[];
  readonly exit?: string;
  readonly since?: string;
  readonly until?: string;
  readonly minDuration?: string;
  readonly maxDuration?: string;
  readonly pinned?: boolean;
  readonly sort: RecordingSortKey;
  readonly reverse?: boolean;
  readonly limit?: number;
  readonly group: RecordingGrouping;
  readonly json?: boolean;
}

/** The flags that are filters of the query's text by other names. */
const FILTER_FLAGS = [
  ['context', '--context', 'context'],
  ['namespace', '--namespace', 'namespace'],
  ['pod', '--pod', 'pod'],
  ['image', '--image', 'image'],
  ['user', '--user', 'user'],
  ['tag', '--tag', 'tag'],
  ['state', '--state', 'state'],
  ['exit', '--exit', 'exit'],
  ['since', '--since', 'since'],
  ['until', '--until', 'until'],
  ['minDuration', '--min-duration', 'longer'],
  ['maxDuration', '--max-duration', 'shorter'],
] as const satisfies readonly (readonly [keyof SessionsFlags, string, string])[];

export function addSessionsCommand(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  program
    .command('sessions')
    .description('list the recordings on this machine, newest first')
    .argument('[query...]', 'words and filters, as in the library of the app')
    .addOption(repeatable('--context <glob>', 'of this kubeconfig context'))
    .addOption(repeatable('-n, --namespace <glob>', 'of this namespace'))
    .addOption(repeatable('--pod <glob>', 'of this pod'))
    .addOption(repeatable('--image <glob>', 'whose container ran this image'))
    .addOption(repeatable('--user <glob>', 'whom the cluster took you for'))
    .addOption(repeatable('--tag <tag>', 'with this tag; with all of them where there are several'))
    .addOption(repeatable('--state <state>', 'in this state'))
    .option('--exit <code>', 'that ended so: ok, failed, unknown or a code')
    .option('--since <time>', 'that began since: 7d, 2026-11-01, 2026-11-01T09:30, today')
    .option('--until <time>', 'that began until then')
    .option('--min-duration <duration>', 'at least that long: 90s, 5m, 1h30m')
    .option('--max-duration <duration>', 'at most that long')
    .option('--pinned', 'that are pinned')
    .addOption(new Option('--sort <by>', 'by what').choices(RECORDING_SORT_KEYS).default('started'))
    .option('--reverse', 'the other way round')
    .option('--limit <number>', 'at most so many', parseCount)
    .addOption(new Option('--group <by>', 'under headings').choices(RECORDING_GROUPINGS).default('none'))
    .addOption(jsonOption)
    .addHelpText('after', HELP)
    .action((words: readonly string[], flags: SessionsFlags) =>
      run((core) => runSessions(core, words.join(' '), flags, io)),
    );
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; may be repeated`).argParser<readonly string[]>(
    (value, before = []) => [...before, value],
  );
}

const HELP = `
Filters of the query:
${QUERY_FILTERS.map(({ filter, help }) => `  ${filter.padEnd(18)}${help}`).join('\n')}

Examples:
  kubereel sessions --pod 'api-*' --exit failed --since 7d
  kubereel sessions 'on:yesterday -namespace:kube-* longer:5m' --sort duration
  kubereel sessions 'tag:incident "disk full"' --group day
  kubereel sessions --state not-uploaded --json | jq -r '.[].recordingId'`;

async function runSessions(core: Core, text: string, flags: SessionsFlags, io: CommandIo): Promise<number> {
  const query = readQuery(text, flags);
  const recordings = await (await core.library()).list();
  const found = recordings.filter((one) => matchesQuery(query, one)).sort(compareRecordings(readSort(flags)));
  const shown = found.slice(0, flags.limit);
  if (flags.json) {
    await io.write(`${JSON.stringify(shown, null, 2)}\n`);
    return 0;
  }
  if (shown.length > 0) await io.write(formatRecordings(groupRecordings(flags.group, shown), flags.group));
  const missing = found.length - shown.length;
  if (found.length === 0) await io.writeError(`${describeNone(query)} in ${core.paths.recordings}\n`);
  else if (missing > 0) await io.writeError(`${missing} more; --limit is ${flags.limit}\n`);
  return 0;
}

/** Flags and text ask together. Throws `bad-input` at the first word that cannot be understood. */
function readQuery(text: string, flags: SessionsFlags): RecordingQuery {
  const nowMs = Date.now();
  const filters = flags.pinned ? ['is:pinned'] : [];
  for (const [name, flag, key] of FILTER_FLAGS) {
    const values = flags[name] ?? [];
    for (const value of typeof values === 'string' ? [values] : values) {
      const filter = formatFilter(key, value);
      const [problem] = parseRecordingQuery(filter, { nowMs }).problems;
      // As it was typed.
      if (problem) throw toError(problem, `${flag} ${value}${problem.message.slice(filter.length)}`);
      filters.push(filter);
    }
  }
  const { query, problems } = parseRecordingQuery([...filters, text].join(' '), { nowMs });
  if (problems[0]) throw toError(problems[0], problems[0].message);
  return query;
}

function toError({ hint }: QueryProblem, message: string): AppError {
  return new AppError('bad-input', message, { hint });
}

/** Names from A on, all else from the greatest on. */
function readSort({ sort, reverse = false }: SessionsFlags): RecordingSort {
  return { by: sort, isAscending: (sort === 'pod' || sort === 'context') !== reverse };
}

function describeNone(query: RecordingQuery): string {
  const { states, ...rest } = query;
  const text = formatRecordingQuery(query);
  if (text === '') return 'No recordings yet';
  if (states && formatRecordingQuery(rest) === '') return `No recordings that are ${states.join(' or ')}`;
  return `No recordings for ${text}`;
}
