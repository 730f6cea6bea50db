#!/usr/bin/env node
import { Argument, Command, Option } from 'commander';
import { AppError } from './base/errors.ts';
import { runCanI } from './commands/can-i.ts';
import { runContexts } from './commands/contexts.ts';
import { parseDebugTarget, runDebug } from './commands/debug.ts';
import { runDemo } from './commands/demo.ts';
import { runDoctor } from './commands/doctor.ts';
import { runExec } from './commands/exec.ts';
import { createProcessIo } from './commands/io.ts';
import {
  type ConsentOptions,
  chooseContext,
  choosePlace,
  confirmOption,
  contextOption,
  jsonOption,
  kubeconfigOption,
  namespaceOption,
  type PlaceOptions,
  parseDuration,
  parsePod,
  parsePort,
  reasonOption,
  toConsent,
} from './commands/options.ts';

import { addOriginCommands } from './commands/origins.ts';
import { addPluginCommands } from './commands/plugins.ts';

import { runPods } from './commands/pods.ts';

import { addPolicyCommands } from './commands/policy.ts';
import { addProxyCommands } from './commands/proxy.ts';
import { runRaw } from './commands/raw.ts';
import { addRecorderCommand } from './commands/recorder.ts';
import { addRecordingCommands } from './commands/recordings.ts';
import { type CoreCommand, runCommand } from './commands/run.ts';
import { hasDisplay, runServe } from './commands/serve.ts';
import { addUploadsCommands } from './commands/uploads.ts';
import { runWhoami } from './commands/whoami.ts';
import { DEBUG_PROFILES, DEFAULT_DEBUG_PROFILE, type DebugProfile } from './kube/debug-profile.ts';
import { parseRecipient } from './recording/encryption/age.ts';
import { VERSION } from './version.ts';

/** The `kubereel` command: the same core as the app, with true exit codes. */
const io = createProcessIo(process);

const program = new Command('kubereel')
  .description('Open shells in Kubernetes pods; every session is on the record.')
  .version(VERSION)
  // As kubectl's: before the command or after it.
  .addOption(kubeconfigOption)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError();

function run(command: CoreCommand): Promise<void> {
  return runCommand(io, command, { kubeconfigPath: program.opts<{ kubeconfig?: string }>().kubeconfig });
}

program
  .command('contexts')
  .description('list the contexts of the kubeconfig; contacts no cluster')
  .addOption(jsonOption)
  .action((options: { json?: boolean }) =>
    run((core) => runContexts(core, { json: options.json === true }, io)),
  );

program
  .command('pods')
  .description('list pods')
  .addOption(contextOption)
  .addOption(namespaceOption)
  .option('-A, --all-namespaces', 'in every namespace')
  .addOption(jsonOption)
  .action((options: PlaceOptions & { allNamespaces?: boolean; json?: boolean }) =>
    run((core, { signal }) => {
      const { context, namespace } = choosePlace(core, options);
      const wanted = { context, namespace: options.allNamespaces ? null : namespace };
      return runPods(core, { ...wanted, json: options.json === true }, io, { signal });
    }),
  );

program
  .command('exec')
  .description('run a command in a pod, on the record; flags and exit code as kubectl exec')
  .argument('<pod>', 'pod, or TYPE/NAME of what has pods, as deploy/web')
  .argument('[command...]', 'after --: what to run')
  .addOption(contextOption)
  .addOption(namespaceOption)
  .option('-c, --container <name>', "container; the pod's default where not given")
  .option('-i, --stdin', 'pass standard input')
  .option('-t, --tty', 'standard input is a terminal')
  .option('-q, --quiet', 'print nothing but what the command prints')
  .option('--redact', 'mask secrets in the record, whatever the settings say')
  .option('--encrypt-to <recipient...>', 'encrypt the record, to these public keys of age too')
  .addOption(reasonOption)
  .addOption(confirmOption)
  .option(
    '--pod-running-timeout <duration>',
    'how long TYPE/NAME may take to have a pod',
    parseDuration,
    60_000,
  )
  .action(
    (
      pod: string,
      command: readonly string[],
      options: PlaceOptions &
        ConsentOptions & {
          container?: string;
          stdin?: boolean;
          tty?: boolean;
          quiet?: boolean;
          redact?: boolean;
          encryptTo?: readonly string[];
          podRunningTimeout: number;
        },
    ) =>
      run(async (core, { signal }) => {
        if (command.length === 0) {
          throw new AppError('bad-input', 'you must specify at least one command for the container');
        }
        return runExec(
          core,
          {
            ...choosePlace(core, options),
            pod: parsePod(pod),
            ...(options.container === undefined ? {} : { container: options.container }),
            command,
            stdin: options.stdin === true,
            tty: options.tty === true,
            isQuiet: options.quiet === true,
            wish: {
              isRedacted: options.redact === true,
              encryptTo: await Promise.all((options.encryptTo ?? []).map(parseRecipient)),
            },
            ...toConsent(options),
            podTimeoutMs: options.podRunningTimeout,
          },
          io,
          { signal },
        );
      }),
  );

interface DebugFlags extends PlaceOptions, ConsentOptions {
  readonly image: string;
  readonly target?: string;
  readonly profile: DebugProfile;
  readonly yes?: boolean;
}

program
  .command('debug')
  .description('run a debug container in a pod, or a shell on a node, on the record; as kubectl debug')
  .argument('<target>', 'pod, pod/NAME or node/NAME')
  .argument('[command...]', 'after --: what to run instead of what the image runs')
  .addOption(contextOption)
  .addOption(namespaceOption)
  .requiredOption('--image <image>', 'image of the debug container')
  .option('-c, --target <container>', "container to look at; the pod's default where not given")
  .addOption(
    new Option('--profile <name>', 'what the debug container may do')
      .choices(DEBUG_PROFILES)
      .default(DEFAULT_DEBUG_PROFILE),
  )
  .option('-y, --yes', 'open a shell on a node without asking')
  .addOption(reasonOption)
  .addOption(confirmOption)
  .action((text: string, command: readonly string[], options: DebugFlags) =>
    run((core, { signal }) => {
      const { image, profile } = options;
      const target = parseDebugTarget(text, options.target);
      const work = { ...choosePlace(core, options), target, image, profile, command, ...toConsent(options) };
      return runDebug(core, { ...work, isConfirmed: options.yes === true }, io, { signal });
    }),
  );

program
  .command('doctor')
  .description('check everything that a shell needs; exit code 0 only if one would open')
  .argument('[pod]', 'pod, or pod/NAME')
  .addOption(contextOption)
  .addOption(namespaceOption)
  .addOption(jsonOption)
  .action((pod: string | undefined, { json, ...place }: PlaceOptions & { json?: boolean }) =>
    run((core, { signal }) => {
      const target = pod === undefined ? {} : { pod: parsePod(pod) };
      return runDoctor(core, { ...place, ...target, json: json === true }, io, { signal });
    }),
  );

program
  .command('whoami')
  .description('whom the cluster takes us for, as kubectl auth whoami')
  .addOption(contextOption)
  .addOption(jsonOption)
  .action((options: PlaceOptions & { json?: boolean }) =>
    run((core, { signal }) => {
      const context = chooseContext(core, options.context);
      return runWhoami(core, { context, json: options.json === true }, io, { signal });
    }),
  );

program
  .command('can-i')
  .description('whether a shell would be let in, as kubectl auth can-i for both verbs')
  .addArgument(new Argument('<deed>', 'what').choices(['exec', 'attach']))
  .argument('<pod>', 'pod, or pod/NAME')
  .addOption(contextOption)
  .addOption(namespaceOption)
  .action((kind: 'exec' | 'attach', pod: string, options: PlaceOptions) =>
    run((core, { signal }) =>
      runCanI(core, { ...choosePlace(core, options), kind, pod: parsePod(pod) }, io, { signal }),
    ),
  );

program
  .command('raw')
  .description('print what the API server answers to a GET, as kubectl get --raw')
  .argument('<path>', '/version, /api/v1/nodes?limit=5, …')
  .addOption(contextOption)
  .action((path: string, options: PlaceOptions) =>
    run((core, { signal }) =>
      runRaw(core, { context: chooseContext(core, options.context), path }, io, { signal }),
    ),
  );

addPluginCommands(program, run, io);
addOriginCommands(program, run, io);
addPolicyCommands(program, run, io);
addProxyCommands(program, run, io);
addRecorderCommand(program, io);
addRecordingCommands(program, run, io);
addUploadsCommands(program, run, io);

program
  .command('demo')
  .description('run the demo cluster alone and print the path of its kubeconfig')
  .action(() => run((core, { signal }) => runDemo(core, io, { signal })));

program
  .command('serve')
  .description('serve the page to a browser on this machine')
  .option('-p, --port <number>', 'port on 127.0.0.1; a free one where not given', parsePort, 0)
  .option('--demo', 'start with the demo cluster')
  .option('--no-open', 'do not open a browser')
  .action((options: { port: number; demo?: boolean; open: boolean }) =>
    run((core, { signal }) => {
      const open = options.open && hasDisplay(process.env, process.platform);
      return runServe(core, { port: options.port, demo: options.demo === true, open }, io, { signal });
    }),
  );

await program.parseAsync();
