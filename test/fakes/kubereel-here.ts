/** Commands in this process: as one of its own runs them, without the wait for it. */
import { Command, CommanderError } from 'commander';
import { type CommandIo, formatFailure } from '../../main/commands/io.ts';
import { addOriginCommands } from '../../main/commands/origins.ts';
import { addPluginCommands } from '../../main/commands/plugins.ts';
import { addPolicyCommands } from '../../main/commands/policy.ts';
import { addRecordingCommands } from '../../main/commands/recordings.ts';
import type { CoreCommand } from '../../main/commands/run.ts';
import { addUploadsCommands } from '../../main/commands/uploads.ts';
import { compose } from '../../main/compose.ts';
import type { KubereelResult } from './kubereel-cli.ts';

export interface HereOptions {
  /** None where it is absent. */
  readonly kubeconfigPath?: string;
  /** Standard input, of a pipe. */
  readonly input?: string;
}

/** What a command has for a terminal where there are pipes alone. */
export interface PipeIo {
  readonly io: CommandIo;
  readonly stdout: () => Buffer;
  readonly stderr: () => string;
}

export function createPipeIo(input = ''): PipeIo {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const io: CommandIo = {
    isInputTerminal: false,
    isOutputTerminal: false,
    isErrorTerminal: false,
    input: (async function* () {
      yield Buffer.from(input);
    })(),
    closeInput: () => {},
    // Copied, as a pipe does.
    write: async (bytes) => void stdout.push(Buffer.from(bytes as Uint8Array)),
    writeError: async (bytes) => void stderr.push(Buffer.from(bytes as Uint8Array)),
    ask: () => Promise.reject(new Error('nobody can be asked through a pipe')),
    size: () => undefined,
    onResize: () => () => {},
    rawInput: () => () => {},
  };
  return { io, stdout: () => Buffer.concat(stdout), stderr: () => Buffer.concat(stderr).toString() };
}

/**
 * Runs what is no shell and no server of `kubereel`, on a core of its own in this home. Pipes stand where a terminal might;
 * whether bytes come out of a real one is for `runKubereel`.
 */
export async function runHere(
  home: string,
  args: readonly string[],
  { kubeconfigPath = `${home}/none`, input = '' }: HereOptions = {},
): Promise<KubereelResult> {
  const { io, stdout, stderr } = createPipeIo(input);
  let code = 0;

  async function run(command: CoreCommand): Promise<void> {
    const environment = {
      PATH: process.env['PATH'],
      HOME: home,
      KUBEREEL_HOME: home,
      KUBECONFIG: kubeconfigPath,
    };
    const core = await compose({ environment, platform: process.platform });
    try {
      code = await command(core, { signal: new AbortController().signal });
    } catch (error) {
      code = 1;
      await io.writeError(formatFailure(error));
    } finally {
      await core.end();
    }
  }

  const program = new Command('kubereel')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void io.writeError(text) });
  for (const add of [
    addRecordingCommands,
    addPolicyCommands,
    addUploadsCommands,
    addOriginCommands,
    addPluginCommands,
  ])
    add(program, run, io);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = error.exitCode;
  }
  return { code, stdout: stdout(), stderr: stderr() };
}
