import type { Command } from 'commander';
import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import type { Approval } from '../credentials/plugin-approvals.ts';
import { resolveContext } from '../kube/resolve-context.ts';
import type { CommandIo } from './io.ts';
import { chooseContext, contextOption, jsonOption } from './options.ts';
import type { CoreCommand } from './run.ts';
import { formatTable } from './table.ts';

/** Of a digest, as it is listed and may be named. */
const ID_LENGTH = 12;

/** The commands about leave for credential plugins. */
export function addPluginCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  const plugins = program
    .command('plugins')
    .description('credential plugins: which may run, on the word of which kubeconfig');

  plugins
    .command('list')
    .description('list those that may run')
    .addOption(jsonOption)
    .action((options: { json?: boolean }) =>
      run((core) => runPluginsList(core, { json: options.json === true }, io)),
    );

  plugins
    .command('allow')
    .description("let a context's plugin run, now and later")
    .addOption(contextOption)
    .addOption(jsonOption)
    .action((options: { context?: string; json?: boolean }) =>
      run((core) => {
        const context = chooseContext(core, options.context);
        return runPluginsAllow(core, { context, json: options.json === true }, io);
      }),
    );

  plugins
    .command('forget')
    .description('take leave back')
    .argument('[id]', 'of the list, or the start of one that is unique')
    .option('--all', 'all of them')
    .addOption(jsonOption)
    .action((id: string | undefined, options: { all?: boolean; json?: boolean }) =>
      run((core) => {
        if (!id === !options.all) throw new AppError('bad-input', 'name the id of one plugin, or --all');
        return runPluginsForget(core, { id, json: options.json === true }, io);
      }),
    );
}

/** Lists the credential plugins that may run, and on whose word. Secrets in their arguments are masked. */
async function runPluginsList(
  core: Core,
  { json }: { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const approvals = await core.credentials.approvals.list();
  if (json) {
    await io.write(`${JSON.stringify(approvals.map(toRow), null, 2)}\n`);
    return 0;
  }
  if (approvals.length === 0) {
    await io.writeError('No credential plugin has leave to run. `kubereel plugins allow` gives it.\n');
    return 0;
  }
  const rows = approvals.map(toRow);
  const cells = rows.map(({ id, allowedAt, kubeconfig, path, args }) => [
    id,
    allowedAt.slice(0, 10),
    kubeconfig,
    [path, ...args].join(' '),
  ]);
  await io.write(formatTable(['ID', 'ALLOWED', 'KUBECONFIG', 'PLUGIN'], cells));
  return 0;
}

/** Lets the plugin of a context run, now and later, as its question would. Runs nothing. */
async function runPluginsAllow(
  core: Core,
  { context, json }: { readonly context: string; readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const { user, kubeconfigPath } = await resolveContext(core.contexts.current(), context, core.clock.nowMs());
  if (!user.exec) {
    throw new AppError('bad-input', `context ${context} names no credential plugin`, {
      hint: 'There is nothing to allow: its credential stands in the kubeconfig.',
    });
  }
  const { admission, approvals } = core.credentials;
  const { path, subject } = await admission.inspect(user.exec, { context, kubeconfigPath });
  await approvals.add({ kubeconfigPath: subject.kubeconfigPath, path, args: user.exec.args });
  if (json) await io.write(`${JSON.stringify(subject, null, 2)}\n`);
  else await io.write(`${subject.kubeconfigPath} may run ${[path, ...subject.args].join(' ')}\n`);
  return 0;
}

/** Takes leave back, from all without an `id`: a plugin is asked about anew. */
async function runPluginsForget(
  core: Core,
  { id, json }: { readonly id: string | undefined; readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const { approvals } = core.credentials;
  const chosen = (await approvals.list()).filter(({ digest }) => digest.startsWith(id ?? ''));
  if (id !== undefined && chosen.length !== 1) {
    const count = chosen.length === 0 ? 'no plugin that has leave' : `${chosen.length} plugins`;
    throw new AppError('not-found', `the id ${id} is that of ${count}`, {
      hint: '`kubereel plugins list` shows the ids; --all means all of them.',
    });
  }
  const digests = new Set(chosen.map(({ digest }) => digest));
  const forgotten = await approvals.remove(({ digest }) => digests.has(digest));
  if (json) await io.write(`${JSON.stringify({ forgotten })}\n`);
  else await io.write(`${forgotten} forgotten\n`);
  return 0;
}

function toRow({ digest, allowedAtMs, kubeconfigPath, path, args }: Approval) {
  return {
    id: digest.slice(0, ID_LENGTH),
    allowedAt: new Date(allowedAtMs).toISOString(),
    kubeconfig: kubeconfigPath,
    path,
    args,
  };
}
