import { type Command, Option } from 'commander';
import { RECORDING_STATES, type Recording } from '../library/recording.ts';
import type { CommandIo } from './io.ts';
import { jsonOption, parsePositive } from './options.ts';
import { runPlay } from './play.ts';
import { runRecover } from './recover.ts';
import type { CoreCommand } from './run.ts';
import { runSessions } from './sessions.ts';

/** The commands about recordings at rest. */
export function addRecordingCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  program
    .command('sessions')
    .description('list the recordings on this machine')
    .addOption(new Option('--state <state>', 'only those').choices(RECORDING_STATES))
    .addOption(jsonOption)
    .action((options: { state?: Recording['state']; json?: boolean }) =>
      run((core) => {
        const only = options.state === undefined ? {} : { state: options.state };
        return runSessions(core, { json: options.json === true, ...only }, io);
      }),
    );

  program
    .command('play')
    .description('replay a recording in this terminal')
    .argument('<id>', 'recording, or the start of its id where that is unique')
    .option('-s, --speed <factor>', '2 plays in half the time', parsePositive, 1)
    .option('-i, --idle-limit <seconds>', 'longest pause that is kept', parsePositive)
    .action((recordingId: string, options: { speed: number; idleLimit?: number }) =>
      run((core, { signal }) => {
        const limit = options.idleLimit === undefined ? {} : { idleLimitSeconds: options.idleLimit };
        return runPlay(core, { recordingId, speed: options.speed, ...limit }, io, { signal });
      }),
    );

  program
    .command('recover')
    .description('mend recordings whose program died; the app does so by itself when it starts')
    .addOption(jsonOption)
    .action((options: { json?: boolean }) =>
      run((core) => runRecover(core, { json: options.json === true }, io)),
    );
}
