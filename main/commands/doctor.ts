import type { Core } from '../compose.ts';
import type { Check } from '../doctor/check.ts';
import { type DoctorQuestion, isHealthy } from '../doctor/doctor.ts';
import type { CommandIo } from './io.ts';

/** Wide enough for every outcome and title. */
const OUTCOME_COLUMNS = 9;
const TITLE_COLUMNS = 19;

/**
 * One line a check, as each comes to its end, with what to do and the technical part below those that are not
 * well. Exit code 0 only where a shell would open.
 */
export async function runDoctor(
  core: Core,
  { json, ...question }: DoctorQuestion & { readonly json: boolean },
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  let printed = 0;
  let waitsFor = '';
  let written = Promise.resolve();

  function print(checks: readonly Check[]): void {
    const open = checks.findIndex(isOpen);
    const ended = checks.slice(0, open < 0 ? checks.length : open);
    const fresh = ended.slice(printed);
    printed = ended.length;
    const running = checks.find(({ outcome }) => outcome === 'running')?.message ?? '';
    const news = running === waitsFor ? '' : running;
    waitsFor = running;
    written = written.then(async () => {
      for (const check of fresh) await io.write(formatCheck(check));
      if (news !== '') await io.writeError(`${news}\n`);
    });
    // Told when the last line is waited for; until then nobody listens.
    written.catch(() => {});
  }

  const checks = await core.doctor.examine(question, json ? () => {} : print, { signal });
  if (json) await io.write(`${JSON.stringify(checks, null, 2)}\n`);
  await written;
  return isHealthy(checks) ? 0 : 1;
}

function isOpen({ outcome }: Check): boolean {
  return outcome === 'waiting' || outcome === 'running';
}

function formatCheck({ outcome, title, message, hint, detail }: Check): string {
  const isWell = outcome === 'ok' || outcome === 'skipped';
  const more = [
    ...(hint === undefined ? [] : [`fix: ${hint}`]),
    ...(isWell ? [] : (detail?.split('\n') ?? [])),
  ];
  const indent = ' '.repeat(OUTCOME_COLUMNS);
  return [
    `${outcome.padEnd(OUTCOME_COLUMNS)}${title.padEnd(TITLE_COLUMNS)}${message}`,
    ...more.map((line) => `${indent}${line}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
