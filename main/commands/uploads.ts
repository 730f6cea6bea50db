import { type Command, Option } from 'commander';
import { AppError } from '../base/errors.ts';
import { toJobInfo } from '../bridge/uploads.ts';
import type { Core } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { RecorderKind } from '../policy/policy.ts';
import type { StandingJob } from '../upload/queue/upload-desk.ts';
import type { JobAnswer } from '../upload/queue/upload-job.ts';
import { confirm } from './confirm.ts';
import type { CommandIo } from './io.ts';
import { jsonOption } from './options.ts';
import type { CoreCommand } from './run.ts';
import { formatAge, formatTable } from './table.ts';
import { runUploadsRetry } from './uploads-retry.ts';
import { runUploadsTest } from './uploads-test.ts';

interface JsonFlag {
  readonly json?: boolean;
}

const OWED = 'recording, or the start of its id where that is unique';

/** The commands about what recorders are owed. */
export function addUploadsCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  const uploads = program.command('uploads').description('recordings that recorders are owed');

  uploads
    .command('list', { isDefault: true })
    .description('list them, with what the recorders said at the last try')
    .addOption(jsonOption)
    .action((options: JsonFlag) => run((core) => runUploadsList(core, { json: options.json === true }, io)));

  uploads
    .command('retry')
    .description('deliver them now; exit code 1 where one was not')
    .argument('[ids...]', `${OWED}; all where none is named`)
    .addOption(jsonOption)
    .action((names: readonly string[], options: JsonFlag) =>
      run(async (core, { signal }) => {
        const recordingIds = await findOwed(core, names);
        return runUploadsRetry(core, { recordingIds, json: options.json === true }, io, { signal });
      }),
    );

  uploads
    .command('drop')
    .description('owe them to no recorder any more; the recordings stay; asks once')
    .argument('<ids...>', OWED)
    .option('-y, --yes', 'do not ask')
    .addOption(jsonOption)
    .action((names: readonly string[], { yes, json }: { yes?: boolean } & JsonFlag) =>
      run((core) => runUploadsDrop(core, { names, isConfirmed: yes === true, json: json === true }, io)),
    );

  uploads
    .command('test')
    .description('send a recorder a tiny recording that says that it is a test; exit code 0 if it arrived')
    .argument('<recorder>', "the policy's name of one, or an address")
    .addOption(
      new Option('--kind <kind>', 'of an address that the policy does not name')
        .choices(['tsrecorder', 'asciinema', 'alis'])
        .default('tsrecorder'),
    )
    .addOption(jsonOption)
    .action((nameOrUrl: string, { kind, json }: { kind: RecorderKind } & JsonFlag) =>
      run((core, { signal }) =>
        runUploadsTest(core, { nameOrUrl, kind, json: json === true }, io, { signal }),
      ),
    );
}

async function runUploadsList(core: Core, { json }: { json: boolean }, io: CommandIo): Promise<number> {
  const { desk } = await core.uploads();
  const { jobs, unreadable } = await desk.list();
  if (json) {
    await io.write(`${JSON.stringify({ jobs: jobs.map(toJobInfo), unreadable }, null, 2)}\n`);
    return 0;
  }
  if (jobs.length === 0 && unreadable.length === 0) await io.writeError('Recorders are owed nothing.\n');
  const nowMs = core.clock.nowMs();
  const rows = jobs.map((standing) => describeRow(standing, nowMs));
  if (rows.length > 0) {
    await io.write(formatTable(['ID', 'RECORDERS', 'STATE', 'NEXT TRY', 'LAST ANSWER'], rows));
  }
  for (const { recordingId, path, reason } of unreadable) {
    await io.writeError(escapeControls(`${recordingId} is owed, and ${reason}; it was moved to ${path}\n`));
  }
  return 0;
}

function describeRow({ job, state }: StandingJob, nowMs: number): string[] {
  const { recordingId, recorders, answers, sentTo } = job;
  const next = { recording: 'at its end', delivering: 'now', stopped: 'after a retry' };
  return [
    recordingId,
    recorders.map(({ name, url }) => name ?? url).join(', '),
    sentTo.length > 0 && state.kind !== 'recording' ? `${state.kind}, may have arrived` : state.kind,
    state.kind === 'waiting' ? describeWait(state.nextTryAtMs - nowMs) : next[state.kind],
    answers.map(describeAnswer).join('; '),
  ].map((cell) => escapeControls(cell).replaceAll('\n', '\\x0a'));
}

function describeWait(ms: number): string {
  return ms <= 0 ? 'when the app runs' : `in ${formatAge(ms)}`;
}

function describeAnswer({ message, hint }: Pick<JobAnswer, 'message' | 'hint'>): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}

async function runUploadsDrop(
  core: Core,
  { names, isConfirmed, json }: { names: readonly string[]; isConfirmed: boolean; json: boolean },
  io: CommandIo,
): Promise<number> {
  const recordingIds = await findOwed(core, names);
  const what = recordingIds.length === 1 ? `of ${recordingIds[0]}` : `of ${recordingIds.length} recordings`;
  const they = recordingIds.length === 1 ? 'the recording stays' : 'the recordings stay';
  const question = `Drop what is owed ${what}? No recorder has confirmed it; ${they} here.`;
  if (!isConfirmed) await confirm(io, question, 'nothing was dropped');
  await (await core.uploads()).desk.drop(recordingIds);
  if (json) await io.write(`${JSON.stringify({ dropped: recordingIds }, null, 2)}\n`);
  else for (const recordingId of recordingIds) await io.write(`${recordingId}  dropped\n`);
  return 0;
}

/** By their ids, or the starts of them, in the order in which they were named. */
async function findOwed(core: Core, names: readonly string[]): Promise<readonly string[]> {
  const { desk } = await core.uploads();
  const { jobs, unreadable } = await desk.list();
  const owed = [
    ...jobs.map(({ job }) => job.recordingId),
    ...unreadable.map(({ recordingId }) => recordingId),
  ];
  const found = names.map((name) => {
    const matches = owed.includes(name) ? [name] : owed.filter((id) => name !== '' && id.startsWith(name));
    if (matches.length > 1) {
      throw new AppError('bad-input', `${matches.length} recordings that are owed begin with ${name}`, {
        hint: 'Give more of the id.',
      });
    }
    if (matches[0] === undefined) {
      throw new AppError('not-found', `no recording ${name} is owed to a recorder`, {
        hint: '`kubereel uploads` lists those that are.',
      });
    }
    return matches[0];
  });
  return [...new Set(found)];
}
