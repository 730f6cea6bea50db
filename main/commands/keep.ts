import type { Command } from 'commander';
import { runAnnotate } from './annotate.ts';
import type { CommandIo } from './io.ts';
import { jsonOption } from './options.ts';
import { runPrune } from './prune.ts';
import { parseBytes, parseDays } from './quantities.ts';
import { runRemove } from './remove.ts';
import type { CoreCommand } from './run.ts';

interface JsonFlag {
  readonly json?: boolean;
}

const RECORDING = 'recording, or the start of its id where that is unique';

/** The commands that say something of recordings, and that let them go. */
export function addKeepCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  program
    .command('tag')
    .description('give a recording tags, or take them away; prints those that it has')
    .argument('<id>', RECORDING)
    .argument('[tags...]', 'one word each')
    .option('-r, --remove <tags...>', 'take these away')
    .addOption(jsonOption)
    .action((id: string, addTags: readonly string[], options: { remove?: readonly string[] } & JsonFlag) =>
      run((core) => {
        const change = { addTags, removeTags: options.remove ?? [] };
        return runAnnotate(core, { names: [id], change, json: options.json === true }, io);
      }),
    );

  program
    .command('comment')
    .description('write a comment on a recording in place of the one that it has, or print that')
    .argument('<id>', RECORDING)
    .argument('[text]', 'empty for none')
    .addOption(jsonOption)
    .action((id: string, comment: string | undefined, options: JsonFlag) =>
      run((core) => {
        const change = comment === undefined ? {} : { comment };
        return runAnnotate(core, { names: [id], change, json: options.json === true }, io);
      }),
    );

  for (const isPinned of [true, false]) {
    program
      .command(isPinned ? 'pin' : 'unpin')
      .description(
        isPinned ? 'keep recordings, whatever the rules of retention say' : 'leave them to the rules again',
      )
      .argument('<ids...>', RECORDING)
      .addOption(jsonOption)
      .action((names: readonly string[], options: JsonFlag) =>
        run((core) => runAnnotate(core, { names, change: { isPinned }, json: options.json === true }, io)),
      );
  }

  program
    .command('rm')
    .description('delete recordings with all that belongs to them; asks once')
    .argument('<ids...>', RECORDING)
    .option('-y, --yes', 'do not ask')
    .addOption(jsonOption)
    .action((names: readonly string[], { yes, json }: { yes?: boolean } & JsonFlag) =>
      run((core, { signal }) =>
        runRemove(core, { names, isConfirmed: yes === true, json: json === true }, io, { signal }),
      ),
    );

  program
    .command('prune')
    .description('let recordings go by age or quota, the oldest first; asks once')
    .option('--older-than <age>', '36h, 90d, 2w or 1y since it was last written to', parseDays)
    .option('--keep-under <size>', '5GiB for all together, with all of their files', parseBytes)
    .option('--dry-run', 'tell what would go and what stays, and delete nothing')
    .option('-y, --yes', 'do not ask')
    .addOption(jsonOption)
    .action((options: PruneFlags) =>
      run((core, { signal }) => {
        const { olderThan, keepUnder, dryRun = false, yes = false, json = false } = options;
        const age = olderThan === undefined ? {} : { days: olderThan };
        const quota = keepUnder === undefined ? {} : { quotaBytes: keepUnder };
        return runPrune(core, { ...age, ...quota, isDryRun: dryRun, isConfirmed: yes, json }, io, { signal });
      }),
    );
}

interface PruneFlags extends JsonFlag {
  readonly olderThan?: number;
  readonly keepUnder?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}
