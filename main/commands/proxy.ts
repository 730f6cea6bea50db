import { type Command, Option } from 'commander';
import { AppError } from '../base/errors.ts';
import type { ProxySwitch } from '../bridge/rooms.ts';
import type { Core } from '../compose.ts';
import type { ProxyLook } from '../compose-proxy.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { CommandIo } from './io.ts';
import { jsonOption } from './options.ts';
import type { CoreCommand } from './run.ts';

interface ContextsFlag {
  readonly context?: readonly string[];
}

/** The commands about the proxy that records what the user's own kubectl opens. */
export function addProxyCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  const proxy = program.command('proxy').description("record what the user's own kubectl opens in pods");
  const contextsOption = (words: string): Option => new Option('--context <name...>', words);

  proxy
    .command('enable')
    .description('make a kubeconfig that leads through Kubereel, and print the line that uses it')
    .addOption(contextsOption('these contexts; all where none is named'))
    .action(({ context }: ContextsFlag) => run((core) => runProxyEnable(core, context, io)));

  proxy
    .command('disable')
    .description('lead through Kubereel no longer')
    .addOption(contextsOption('these contexts; all where none is named'))
    .action(({ context }: ContextsFlag) => run((core) => runProxyDisable(core, context, io)));

  proxy
    .command('run')
    .description('run the proxy without the app, until Ctrl-C')
    .action(() => run((core, { signal }) => runProxy(core, io, { signal })));

  proxy
    .command('status', { isDefault: true })
    .description('what is enabled, and whether the proxy runs; exit code 1 where it is enabled and does not')
    .addOption(jsonOption)
    .action(({ json }: { json?: boolean }) =>
      run((core) => runProxyStatus(core, { json: json === true }, io)),
    );
}

/** The line alone goes to standard output, so that `eval "$(kubereel proxy enable)"` uses it at once. */
async function runProxyEnable(
  core: Core,
  named: readonly string[] | undefined,
  io: CommandIo,
): Promise<number> {
  await core.proxy.enable(named ?? allContexts(core));
  const { contexts, running } = await lookAfterStart(core);
  await io.write(`${core.proxy.shellLine}\n`);
  await io.writeError(
    escapeControls(
      `Run that line in a terminal: there, ${nameContexts(contexts)} ${contexts.length === 1 ? 'leads' : 'lead'} through Kubereel, and every shell is on the record.\n${
        running
          ? 'The proxy runs.\n'
          : 'No proxy runs yet: start the app, or run `kubereel proxy run` in another terminal.\n'
      }`,
    ),
  );
  return 0;
}

/** An app that runs already starts the proxy as soon as it sees that one is enabled. */
async function lookAfterStart(core: Core): Promise<ProxyLook> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const look = await core.proxy.look();
    if (look.running || waitedMs >= START_MS) return look;
    await core.clock.sleep(LOOK_MS, { signal: core.life.signal });
  }
}

/** Longer than an app takes to see a changed file. */
const START_MS = 1_000;
const LOOK_MS = 100;

/** Throws where a file is broken: what it holds is unknown, and would be left out. */
function allContexts(core: Core): readonly string[] {
  const { contexts, sources } = core.contexts.current();
  const failed = sources.find(({ state }) => state === 'failed');
  if (failed?.error) throw failed.error;
  if (contexts.length > 0) return contexts.map(({ name }) => name);
  const places = sources.map(({ path }) => path).join(', ');
  throw new AppError('context-unknown', `the kubeconfig has no contexts. Looked in: ${places}`, {
    hint: '`kubereel demo` starts a cluster to try.',
  });
}

async function runProxyDisable(
  core: Core,
  named: readonly string[] | undefined,
  io: CommandIo,
): Promise<number> {
  const before = (await core.proxy.look()).contexts;
  const unknown = named?.find((name) => !before.includes(name));
  if (unknown !== undefined) {
    throw new AppError('context-unknown', `context ${unknown} is not enabled`, {
      hint: before.length > 0 ? `Enabled: ${before.join(', ')}` : 'None is enabled.',
    });
  }
  await core.proxy.disable(named);
  const { contexts } = await core.proxy.look();
  const words =
    contexts.length > 0
      ? `Still through Kubereel: ${nameContexts(contexts)}.`
      : `Nothing leads through Kubereel any more. Terminals that use ${core.proxy.kubeconfigPath} have no contexts: unset KUBECONFIG there.`;
  await io.writeError(escapeControls(`${words}\n`));
  return 0;
}

async function runProxy(core: Core, io: CommandIo, { signal }: { signal: AbortSignal }): Promise<number> {
  const life = core.life.child('proxy');
  const proxy = core.proxy.keep(life);
  const tell = (): void => {
    // Where standard error is gone nobody is left to tell.
    io.writeError(escapeControls(describeRun(proxy))).catch(() => {});
  };
  life.own(proxy.onChanged(tell));
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // What is on its way to a recorder gets there, as far as that takes seconds.
  await core.elsewhere.endAll(core.failure());
  await life.end();
  return 0;
}

function describeRun({ snapshot, shellLine }: ProxySwitch): string {
  const { run, contexts } = snapshot();
  switch (run.kind) {
    case 'starting':
      return '';
    case 'off':
      return 'No context is enabled; waiting for `kubereel proxy enable`.\n';
    case 'running':
      return `The proxy runs on 127.0.0.1:${run.port} for ${nameContexts(contexts)}, until Ctrl-C.\n  ${shellLine}\n`;
    case 'elsewhere':
      return `${describeOther(run)} runs the proxy already; this one takes over when that ends.\n`;
    case 'failed':
      return `error: the proxy does not run: ${run.error.message}\n${run.error.hint ? `  ${run.error.hint}\n` : ''}  It is tried again.\n`;
  }
}

function describeOther({ processId }: { readonly processId?: number }): string {
  return processId === undefined ? 'Another process' : `Process ${processId}`;
}

async function runProxyStatus(core: Core, { json }: { json: boolean }, io: CommandIo): Promise<number> {
  const { contexts, port, running } = await core.proxy.look();
  const { kubeconfigPath, shellLine } = core.proxy;
  const isMissing = contexts.length > 0 && !running;
  if (json) {
    const status = {
      contexts,
      port,
      isRunning: running !== undefined,
      ...running,
      kubeconfigPath,
      shellLine,
    };
    await io.write(`${JSON.stringify(status, null, 2)}\n`);
    return isMissing ? 1 : 0;
  }
  const lines =
    contexts.length === 0
      ? ['No context is enabled: kubectl reaches every cluster without Kubereel.']
      : [
          `Through Kubereel: ${contexts.join(', ')}`,
          running
            ? `${describeOther(running)} runs the proxy on 127.0.0.1:${port}.`
            : 'No proxy runs: start the app, or `kubereel proxy run`.',
          `  ${shellLine}`,
        ];
  await io.write(escapeControls(lines.map((line) => `${line}\n`).join('')));
  return isMissing ? 1 : 0;
}

/** A few by their names, many by their number. */
function nameContexts(names: readonly string[]): string {
  if (names.length > 3) return `${names.length} contexts`;
  const [last = '', ...others] = names.toReversed();
  if (others.length === 0) return `context ${last}`;
  return `contexts ${others.toReversed().join(', ')} and ${last}`;
}
