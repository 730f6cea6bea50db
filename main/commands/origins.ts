import type { Command } from 'commander';
import type { Core } from '../compose.ts';
import { openOrigins } from '../compose-agent.ts';
import type { CommandIo } from './io.ts';
import { jsonOption } from './options.ts';
import type { CoreCommand } from './run.ts';
import { formatTable } from './table.ts';

/** The commands about pages of a browser that may open commands in pods. */
export function addOriginCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  const origins = program
    .command('origins')
    .description('pages of a browser: which may open commands in pods, by kubereel serve');

  origins
    .command('allow')
    .description('let a page open commands, and print its token, once')
    .argument('<address>', "the page's, as https://console.example")
    .addOption(jsonOption)
    .action((address: string, options: { json?: boolean }) =>
      run((core) => runOriginsAllow(core, { address, json: options.json === true }, io)),
    );

  origins
    .command('list')
    .description('list those that may')
    .addOption(jsonOption)
    .action((options: { json?: boolean }) =>
      run((core) => runOriginsList(core, { json: options.json === true }, io)),
    );

  origins
    .command('remove')
    .description('take that back; what the page has open ends')
    .argument('<origin>', 'as it is listed')
    .action((origin: string) => run((core) => runOriginsRemove(core, origin, io)));
}

/** The token alone goes to standard output, so that it can be piped to where the page wants it. */
async function runOriginsAllow(
  core: Core,
  { address, json }: { readonly address: string; readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const { origin, token } = await openOrigins(core).allow(address);
  if (json) {
    await io.write(`${JSON.stringify({ origin, token })}\n`);
    return 0;
  }
  await io.writeError(
    `${origin} may open commands in pods under your kubeconfig, with this token, which is shown once:\n`,
  );
  await io.write(`${token}\n`);
  return 0;
}

async function runOriginsList(
  core: Core,
  { json }: { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const rows = (await openOrigins(core).list()).map(({ origin, allowedAtMs }) => ({
    origin,
    allowedAt: new Date(allowedAtMs).toISOString(),
  }));
  if (json) await io.write(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length > 0) {
    await io.write(
      formatTable(
        ['ORIGIN', 'ALLOWED'],
        rows.map(({ origin, allowedAt }) => [origin, allowedAt.slice(0, 10)]),
      ),
    );
  } else await io.writeError('No page may open commands. `kubereel origins allow` lets one.\n');
  return 0;
}

async function runOriginsRemove(core: Core, origin: string, io: CommandIo): Promise<number> {
  await openOrigins(core).remove(origin);
  await io.write(`${origin} may open no commands any more\n`);
  return 0;
}
