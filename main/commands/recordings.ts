import { type Command, Option } from 'commander';
import { runDecrypt } from './decrypt.ts';
import { addExchangeCommands } from './exchange.ts';
import type { CommandIo } from './io.ts';
import { addKeepCommands } from './keep.ts';
import { addIdentities, listIdentities, listKeys, makeIdentity, rotateKeys } from './keys.ts';
import { runMark } from './mark.ts';
import { jsonOption, parseDuration, parseMoment, parsePositive } from './options.ts';
import { runPlay } from './play.ts';
import { runRecover } from './recover.ts';
import type { CoreCommand } from './run.ts';
import { runSearch } from './search.ts';
import { addSessionsCommand } from './sessions.ts';
import { runVerify } from './verify.ts';

interface SearchFlags {
  readonly context?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly maxLines: number;
  readonly around?: boolean;
  readonly json?: boolean;
}

interface PlayFlags {
  readonly speed: number;
  readonly idleLimit?: number;
  readonly from?: number;
  readonly stream?: 'stdout' | 'stderr';
  readonly json?: boolean;
}

/** The commands about recordings at rest. */
export function addRecordingCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  addSessionsCommand(program, run, io);

  program
    .command('search')
    .description('find recordings by what was on their screens; exit code 1 where there are none')
    .argument('<text>', 'as it stood there, in capitals or not')
    .addOption(new Option('--context <name>', 'only of this kubeconfig context'))
    .addOption(new Option('-n, --namespace <name>', 'only of this namespace'))
    .option('--pod <name>', 'only of this pod')
    .option('-c, --container <name>', 'only of this container')
    .option('-m, --max-lines <number>', 'lines shown of each recording', parsePositive, 20)
    .option('--around', 'the lines before and after each one too')
    .addOption(jsonOption)
    .action((text: string, options: SearchFlags) =>
      run((core, { signal }) => {
        const { around = false, json = false, ...wish } = options;
        return runSearch(core, { text, ...wish, isAround: around, json }, io, { signal });
      }),
    );

  program
    .command('play')
    .description('replay a recording in this terminal')
    .argument('<id>', 'recording, or the start of its id where that is unique')
    .option('-s, --speed <factor>', '2 plays in half the time', parsePositive, 1)
    .option('-i, --idle-limit <seconds>', 'longest pause that is kept', parsePositive)
    .option('--from <time>', 'where it begins: 83.5, 1:23.5 or 1m23s', parseMoment)
    .addOption(new Option('--stream <stream>', 'only that one').choices(['stdout', 'stderr']))
    .addOption(jsonOption)
    .action((recordingId: string, options: PlayFlags) =>
      run((core, { signal }) => {
        const { speed, idleLimit, from, stream, json = false } = options;
        const begin = from === undefined ? {} : { fromMicros: from };
        const limit = idleLimit === undefined ? {} : { idleLimitSeconds: idleLimit };
        const only = stream === undefined ? {} : { stream };
        return runPlay(core, { recordingId, speed, json, ...begin, ...limit, ...only }, io, { signal });
      }),
    );

  program
    .command('mark')
    .description('set a marker in a recording that has ended; its sealed file stays as it is')
    .argument('<id>', 'recording, or the start of its id where that is unique')
    .argument('<label>', 'what to call that moment')
    .option('--at <time>', 'since its start, as 90s or 1m30s; its end where not given', parseDuration)
    .action((recordingId: string, label: string, options: { at?: number }) =>
      run((core) => {
        const at = options.at === undefined ? {} : { atMs: options.at };
        return runMark(core, { recordingId, label, ...at }, io);
      }),
    );

  program
    .command('verify')
    .description('whether recordings are what was recorded; exit code 0 only if all are intact')
    .argument('[recordings...]', 'recordings, starts of their ids, or cast files')
    .option('--all', 'all on this machine')
    .option('--allow-recovered', 'what recovery sealed after a crash counts as well')
    .addOption(jsonOption)
    .action(
      (names: readonly string[], options: { all?: boolean; allowRecovered?: boolean; json?: boolean }) =>
        run((core, { signal }) => {
          const { all = false, allowRecovered = false, json = false } = options;
          return runVerify(core, { names, all, allowRecovered, json }, io, { signal });
        }),
    );

  addKeepCommands(program, run, io);
  addExchangeCommands(program, run, io);

  const keys = program.command('keys').description('the keys that seal and that decrypt recordings');
  keys
    .command('list')
    .description('list them, the one that signs marked')
    .action(() => run((core) => listKeys(core, io)));
  keys
    .command('rotate')
    .description('sign with a new key from now on; what the old ones signed stays verifiable')
    .action(() => run((core) => rotateKeys(core, io)));

  const identity = keys.command('identity').description('the age identities that decrypt recordings');
  identity
    .command('list')
    .description('list their public keys: what is encrypted to one of them can be read here')
    .action(() => run((core) => listIdentities(core, io)));
  identity
    .command('new')
    .description('make one, and print its public key')
    .action(() => run((core) => makeIdentity(core, io)));
  identity
    .command('add')
    .description('keep those of a file, as age-keygen writes it')
    .argument('[file]', 'standard input where not given')
    .action((file: string | undefined) => run((core) => addIdentities(core, file, io)));

  program
    .command('decrypt')
    .description('write an encrypted recording as a plain asciicast')
    .argument('<recording>', 'recording, the start of its id, or a .cast.age file')
    .option('-o, --output <file>', 'a new file, for you alone; standard output where not given')
    .action((name: string, options: { output?: string }) =>
      run((core, { signal }) => runDecrypt(core, { name, output: options.output }, io, { signal })),
    );

  program
    .command('recover')
    .description('mend recordings whose program died; the app does so by itself when it starts')
    .addOption(jsonOption)
    .action((options: { json?: boolean }) =>
      run((core) => runRecover(core, { json: options.json === true }, io)),
    );
}
