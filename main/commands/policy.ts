import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import { formatPlace, type PolicyAnswer, type PolicyProblem, type PolicyTarget } from '../policy/policy.ts';
import { type ReadPolicyFile, readPolicyFile } from '../policy/policy-file.ts';
import type { ShellPlace } from '../session/shell-terms.ts';
import type { CommandIo } from './io.ts';
import {
  choosePlace,
  contextOption,
  jsonOption,
  namespaceOption,
  type PlaceOptions,
  parsePod,
} from './options.ts';
import type { CoreCommand } from './run.ts';
import { formatTable } from './table.ts';

/** The commands about the policy. None of them contacts a cluster. */
export function addPolicyCommands(
  program: Command,
  run: (command: CoreCommand) => Promise<void>,
  io: CommandIo,
): void {
  const policy = program.command('policy').description('what must be recorded where, and who may do what');

  policy
    .command('explain')
    .description('what holds for a shell, and which rule of which file says so')
    .argument('<pod>', 'pod, or node/NAME')
    .addOption(contextOption)
    .addOption(namespaceOption)
    .option('-c, --container <name>', 'container; without it rules that name one are taken to apply')
    .addOption(jsonOption)
    .action((pod: string, options: PlaceOptions & { container?: string; json?: boolean }) =>
      run((core) => {
        const { container } = options;
        const place = { ...choosePlace(core, options), pod: parsePod(pod), ...(container && { container }) };
        return runPolicyExplain(core, place, { json: options.json === true }, io);
      }),
    );

  policy
    .command('check')
    .description('read the policy, or one file; exit code 1 with all that is wrong in it')
    .argument('[file]', 'in place of those that are followed')
    .addOption(jsonOption)
    .action((file: string | undefined, options: { json?: boolean }) =>
      run((core) => runPolicyCheck(core, file, { json: options.json === true }, io)),
    );

  policy
    .command('path')
    .description("print the path of the user's own policy")
    .option('--system', "that of the administrator's, which holds for everybody on this machine")
    .action((options: { system?: boolean }) =>
      run((core) => runPolicyPath(core, { isLocked: options.system === true }, io)),
    );
}

async function runPolicyExplain(
  core: Core,
  place: ShellPlace,
  { json }: { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const target = core.policy.describe(place);
  const answer = await core.policy.answer(place);
  if (json) {
    await io.write(`${JSON.stringify({ target, answer }, null, 2)}\n`);
    return 0;
  }
  const names = describeTarget(target).map((line) => `${line}\n`);
  const table = formatTable(['SETTING', 'VALUE', 'FILE', 'RULE'], toRows(answer));
  await io.write(escapeControls(`${names.join('')}\n${table}`));
  return 0;
}

function describeTarget(target: PolicyTarget): readonly string[] {
  return [
    `context    ${target.context}`,
    `cluster    ${[target.cluster, target.server].filter(Boolean).join(', ') || 'unknown'}`,
    `namespace  ${target.namespace}`,
    `pod        ${target.pod}`,
    `container  ${target.container ?? 'any'}`,
    `user       ${target.user ?? 'unknown'}`,
  ];
}

/** Each setting once, recorders in their order. */
function toRows({ because, ...settings }: PolicyAnswer): readonly (readonly string[])[] {
  return Object.entries(settings).flatMap(([setting, value]) => {
    const reasons = because.filter((reason) => reason.setting === setting);
    if (reasons.length > 0) {
      return reasons.map((reason) => [setting, reason.value, formatPlace(reason), reason.rule]);
    }
    return [[setting, Array.isArray(value) ? 'none' : String(value), '-', 'no rule: the default']];
  });
}

async function runPolicyCheck(
  core: Core,
  path: string | undefined,
  { json }: { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const files =
    path === undefined
      ? (await core.policy.read()).files
      : [await readPolicyFile({ path: resolve(path), isLocked: false })];
  if (path !== undefined && files[0]?.state === 'absent') {
    throw new AppError('not-found', `there is no file ${resolve(path)}`);
  }
  const isValid = files.every(({ problems }) => problems.length === 0);
  if (json) {
    const rows = files.map(({ path, isLocked, state, rules, problems }) => ({
      path,
      isLocked,
      state,
      rules: rules.length,
      problems,
    }));
    await io.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else await io.write(files.map(formatFile).join(''));
  return isValid ? 0 : 1;
}

function formatFile({ path, state, rules, problems }: ReadPolicyFile): string {
  if (problems.length > 0) return problems.map(formatProblem).join('');
  const words = state === 'absent' ? 'not there' : `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`;
  return `${path}: ${words}\n`;
}

function formatProblem(problem: PolicyProblem): string {
  const { message, hint } = problem;
  const words = `${formatPlace(problem)}: ${message}${hint === undefined ? '' : `. ${hint}`}`;
  return `${escapeControls(words)}\n`;
}

async function runPolicyPath(
  core: Core,
  { isLocked }: { readonly isLocked: boolean },
  io: CommandIo,
): Promise<number> {
  const { files } = await core.policy.read();
  await io.write(
    files
      .filter((file) => file.isLocked === isLocked)
      .map(({ path }) => `${path}\n`)
      .join(''),
  );
  return 0;
}
