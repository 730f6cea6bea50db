import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import type { PruneReport } from '../library/pruning.ts';
import type { Protection, RetentionRule, RetentionRules } from '../library/retention.ts';
import { confirm } from './confirm.ts';
import type { CommandIo } from './io.ts';
import { formatBytes } from './quantities.ts';
import { formatTable } from './table.ts';

export interface PruneWish {
  /** In place of those of the settings, each of them. */
  readonly days?: number;
  readonly quotaBytes?: number;
  readonly isDryRun: boolean;
  readonly isConfirmed: boolean;
  readonly json: boolean;
}

/** Lets recordings go by rules, and asks once before. Exit code 1 where one could not be deleted. */
export async function runPrune(
  core: Core,
  { days = 0, quotaBytes = 0, isDryRun, isConfirmed, json }: PruneWish,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const pruning = await core.pruning();
  const isNamed = days > 0 || quotaBytes > 0;
  const rules = isNamed ? { days, quotaBytes } : (await core.settings()).current().settings.retention;
  if (rules.days === 0 && rules.quotaBytes === 0) throw createNoRuleError(core);
  const planned = await pruning.prune({ isDryRun: true, rules, signal });
  const isIdle = isDryRun || planned.drops.length === 0;
  if (!json) await tellPlan(core, planned, io);
  if (!isIdle && !isConfirmed) {
    const what = `${countRecordings(planned.drops.length)}, ${formatBytes(planned.freedBytes)}`;
    const they = planned.drops.length === 1 ? 'It' : 'They';
    await confirm(io, `Delete ${what}? ${they} cannot be brought back.`, 'nothing was deleted');
  }
  const report = isIdle ? planned : await pruning.prune({ isDryRun: false, rules, signal });
  if (json) await io.write(`${JSON.stringify({ isDryRun, ...report }, null, 2)}\n`);
  else if (!isIdle) await tellDone(report, io);
  return report.failures.length > 0 ? 1 : 0;
}

function createNoRuleError({ paths }: Core): AppError {
  return new AppError('bad-input', 'no rule says which recordings are to go', {
    hint: `Name one with --older-than or --keep-under, or set them for good: Settings > Retention in the app, "retention" in ${paths.settingsFile}.`,
  });
}

async function tellPlan(
  core: Core,
  { rules, drops, kept, excessBytes }: PruneReport,
  io: CommandIo,
): Promise<void> {
  const library = await core.library();
  const rows: string[][] = [];
  for (const { recordingId, rule, totalBytes } of drops) {
    const { pod } = await library.get(recordingId);
    rows.push([recordingId, pod, formatBytes(totalBytes), describeRule(rule, rules)]);
  }
  if (rows.length > 0) await io.write(formatTable(['ID', 'POD', 'SIZE', 'GOES BECAUSE'], rows));
  else await io.writeError('Nothing is to go.\n');
  for (const { recordingId, rule, protection } of kept) {
    await io.writeError(
      `${recordingId} stays, ${PROTECTIONS[protection]}, though ${describeRule(rule, rules)}\n`,
    );
  }
  if (excessBytes > 0) {
    await io.writeError(`What stays is still ${formatBytes(excessBytes)} more than the quota.\n`);
  }
}

async function tellDone({ drops, freedBytes, failures }: PruneReport, io: CommandIo): Promise<void> {
  await io.writeError(`Deleted ${countRecordings(drops.length)}, ${formatBytes(freedBytes)}.\n`);
  for (const { recordingId, message } of failures) await io.writeError(`${recordingId}: ${message}\n`);
}

function describeRule(rule: RetentionRule, { days, quotaBytes }: RetentionRules): string {
  if (rule === 'quota') return `all together are more than ${formatBytes(quotaBytes)}`;
  return `it is older than ${formatDays(days)}`;
}

function formatDays(days: number): string {
  if (days === 1) return '1 day';
  return days > 1 ? `${Number(days.toFixed(1))} days` : `${Number((days * 24).toFixed(1))} hours`;
}

function countRecordings(count: number): string {
  return count === 1 ? '1 recording' : `${count} recordings`;
}

const PROTECTIONS: Readonly<Record<Protection, string>> = {
  live: 'being written now',
  unfinished: 'not known to have ended',
  pinned: 'pinned',
  owed: 'not delivered to a recorder yet',
  unreadable: 'not readable',
  unknown: 'its tags and pin not readable',
  policy: 'to be kept longer by the policy',
};
