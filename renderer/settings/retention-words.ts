/** Rules of retention as they are typed, and what they would do, in words. */
import type { RetentionRules } from '../../preload/contract.ts';
import type { PruneReport } from '../store-keeping.ts';
import { formatBytes, formatCount } from '../ui/format.ts';

/** As the fields hold it. */
export interface RetentionDraft {
  readonly days: string;
  /** Of 10⁹ bytes. */
  readonly gigabytes: string;
}

const GIGABYTE = 1e9;
const MOST_DAYS = 36_500;
const MOST_GIGABYTES = 1_000_000;

export function draftOf({ days, quotaBytes }: RetentionRules): RetentionDraft {
  return { days: String(days), gigabytes: String(Number((quotaBytes / GIGABYTE).toFixed(3))) };
}

/** Undefined where one of them is no number that can be a rule. An empty field is none. */
export function rulesOf(draft: RetentionDraft): RetentionRules | undefined {
  const days = draft.days.trim() === '' ? 0 : Number(draft.days);
  const gigabytes = draft.gigabytes.trim() === '' ? 0 : Number(draft.gigabytes.replace(',', '.'));
  if (!Number.isInteger(days) || days < 0 || days > MOST_DAYS) return undefined;
  if (!(gigabytes >= 0 && gigabytes <= MOST_GIGABYTES)) return undefined;
  return { days, quotaBytes: Math.round(gigabytes * GIGABYTE) };
}

export function isSameRules(a: RetentionRules, b: RetentionRules): boolean {
  return a.days === b.days && a.quotaBytes === b.quotaBytes;
}

/** What these rules let go now. */
export function describePreview({ rules, drops, freedBytes, excessBytes }: PruneReport): string {
  if (rules.days === 0 && rules.quotaBytes === 0) return 'Nothing goes by itself.';
  const first =
    drops.length === 0
      ? 'Nothing would go now.'
      : `${formatCount(drops.length, 'recording')} would go, ${formatBytes(freedBytes)} in all.`;
  return excessBytes > 0 ? `${first} What stays is ${formatBytes(excessBytes)} more than the quota.` : first;
}

/** `3 recordings, 1.2 GB in all,` */
export function describeDrops({ drops, freedBytes }: PruneReport): string {
  return `${formatCount(drops.length, 'recording')}, ${formatBytes(freedBytes)} in all,`;
}

const PROTECTIONS: Readonly<Record<PruneReport['kept'][number]['protection'], string>> = {
  live: 'being recorded',
  unfinished: 'not known to have ended',
  pinned: 'pinned',
  owed: 'not delivered to a recorder yet',
  unreadable: 'not readable',
  unknown: 'with tags that cannot be read',
  policy: 'kept longer by the policy',
};

/** `2 pinned, 1 being recorded`; empty where nothing stays against the rules. */
export function describeKept(kept: PruneReport['kept']): string {
  const counts = new Map<string, number>();
  for (const { protection } of kept) {
    const words = PROTECTIONS[protection];
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => `${count} ${words}`).join(', ');
}

export function describeDone({ drops, freedBytes, failures }: PruneReport): string {
  const done =
    drops.length === 0
      ? 'Nothing was deleted.'
      : `${formatCount(drops.length, 'recording')} deleted, ${formatBytes(freedBytes)} in all.`;
  const [failure] = failures;
  if (!failure) return done;
  return `${done} ${formatCount(failures.length, 'recording')} could not be: ${failure.message}.`;
}
