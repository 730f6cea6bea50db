#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from './base/errors.ts';
import { runContexts } from './commands/contexts.ts';
import { runDemo } from './commands/demo.ts';
import { runExec } from './commands/exec.ts';
import { createProcessIo } from './commands/io.ts';
import { runPlay } from './commands/play.ts';
import { runPods } from './commands/pods.ts';
import { runCommand } from './commands/run.ts';
import { hasDisplay, runServe } from './commands/serve.ts';
import { runSessions } from './commands/sessions.ts';
import { type Core, VERSION } from './compose.ts';

/** The `kubereel` command: the same core as the app, with true exit codes. */
const io = createProcessIo(process);

const program = new Command('kubereel')
  .description('Open shells in Kubernetes pods; every session is on the record.')
  .version(VERSION)
  .showHelpAfterError();

const contextOption = new Option('--context <name>', 'kubeconfig context; the current one where not given');
const namespaceOption = new Option('-n, --namespace <name>', "namespace; the context's own where not given");
const jsonOption = new Option('--json', 'print JSON');

program
  .command('contexts')
  .description('list the contexts of the kubeconfig; contacts no cluster')
  .addOption(jsonOption)
  .action((options: { json?: boolean }) =>
    runCommand(io, (core) => runContexts(core, { json: options.json === true }, io)),
  );

program
  .command('pods')
  .description('list pods')
  .addOption(contextOption)
  .addOption(namespaceOption)
  .option('-A, --all-namespaces', 'in every namespace')
  .addOption(jsonOption)
  .action((options: { context?: string; namespace?: string; allNamespaces?: boolean; json?: boolean }) =>
    runCommand(io, (core, { signal }) => {
      const context = chooseContext(core, options.context);
      const namespace = options.allNamespaces
        ? null
        : (options.namespace ?? core.contexts.entry(context).namespace);
      return runPods(core, { context, namespace, json: options.json === true }, io, { signal });
    }),
  );

program
  .command('exec')
  .description('run a command in a pod, on the record; flags and exit code as kubectl exec')
  .argument('<pod>', 'pod, or pod/NAME')
  .argument('[command...]', 'after --: what to run')
  .addOption(contextOption)
  .addOption(namespaceOption)
  .option('-c, --container <name>', "container; the pod's default where not given")
  .option('-i, --stdin', 'pass standard input')
  .option('-t, --tty', 'standard input is a terminal')
  .action(
    (
      pod: string,
      command: readonly string[],
      options: { context?: string; namespace?: string; container?: string; stdin?: boolean; tty?: boolean },
    ) =>
      runCommand(io, (core, { signal }) => {
        if (command.length === 0) {
          throw new AppError('bad-input', 'you must specify at least one command for the container');
        }
        const context = chooseContext(core, options.context);
        return runExec(
          core,
          {
            context,
            namespace: options.namespace ?? core.contexts.entry(context).namespace,
            pod: pod.replace(/^(pods?|po)\//, ''),
            ...(options.container === undefined ? {} : { container: options.container }),
            command,
            stdin: options.stdin === true,
            tty: options.tty === true,
          },
          io,
          { signal },
        );
      }),
  );

program
  .command('sessions')
  .description('list the recordings on this machine')
  .addOption(jsonOption)
  .action((options: { json?: boolean }) =>
    runCommand(io, (core) => runSessions(core, { json: options.json === true }, io)),
  );

program
  .command('play')
  .description('replay a recording in this terminal')
  .argument('<id>', 'recording, or the start of its id where that is unique')
  .option('-s, --speed <factor>', '2 plays in half the time', parsePositive, 1)
  .option('-i, --idle-limit <seconds>', 'longest pause that is kept', parsePositive)
  .action((recordingId: string, options: { speed: number; idleLimit?: number }) =>
    runCommand(io, (core, { signal }) => {
      const limit = options.idleLimit === undefined ? {} : { idleLimitSeconds: options.idleLimit };
      return runPlay(core, { recordingId, speed: options.speed, ...limit }, io, { signal });
    }),
  );

program
  .command('demo')
  .description('run the demo cluster alone and print the path of its kubeconfig')
  .action(() => runCommand(io, (core, { signal }) => runDemo(core, io, { signal })));

program
  .command('serve')
  .description('serve the page to a browser on this machine')
  .option('-p, --port <number>', 'port on 127.0.0.1; a free one where not given', parsePort, 0)
  .option('--demo', 'start with the demo cluster')
  .option('--no-open', 'do not open a browser')
  .action((options: { port: number; demo?: boolean; open: boolean }) =>
    runCommand(io, (core, { signal }) => {
      const open = options.open && hasDisplay(process.env, process.platform);
      return runServe(core, { port: options.port, demo: options.demo === true, open }, io, { signal });
    }),
  );

function chooseContext(core: Core, name: string | undefined): string {
  const { currentContext, sources } = core.contexts.current();
  const failed = sources.find((source) => source.state === 'failed');
  // kubectl loads all files or none: what a broken one holds is unknown.
  if (failed?.error) throw failed.error;
  const chosen = name ?? currentContext;
  if (chosen) return core.contexts.entry(chosen).name;
  throw new AppError('context-unknown', 'no context is chosen, and the kubeconfig has no current-context', {
    hint: 'Name one with --context; `kubereel contexts` lists them.',
  });
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

function parsePort(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  }
  return value;
}

await program.parseAsync();
