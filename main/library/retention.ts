import type { Recording } from './recording.ts';

/** What lets recordings go by itself. Both may be in force; neither is unless somebody chose it. */
export interface RetentionRules {
  /** Since it was last written to; 0 for any age. */
  readonly days: number;
  /** Of all recordings with all their files together; 0 for any. */
  readonly quotaBytes: number;
}

export type RetentionRule = 'age' | 'quota';

/** Why a recording stays though a rule names it. `unknown`: what was said of it cannot be read. */
export type Protection = 'live' | 'unfinished' | 'pinned' | 'owed' | 'unreadable' | 'unknown' | 'policy';

/** What a rule needs to know of a recording. */
export interface Candidate
  extends Pick<Recording, 'recordingId' | 'state' | 'isPinned' | 'isOwed' | 'annotationProblem'> {
  /** Of all its files. */
  readonly totalBytes: number;
  /** Unix milliseconds: an import is as old as its file here, not as what it shows. */
  readonly lastWrittenMs: number;
  /** Unix milliseconds; before that no rule takes it, as the policy has it. */
  readonly keptUntilMs?: number;
}

export interface RetentionPlan {
  /** In the order in which they go: the oldest first. */
  readonly drops: readonly Drop[];
  readonly kept: readonly {
    readonly recordingId: string;
    readonly rule: RetentionRule;
    readonly protection: Protection;
  }[];
  /** By which the quota is still exceeded when all of them have gone. */
  readonly excessBytes: number;
}

export interface Drop {
  readonly recordingId: string;
  readonly rule: RetentionRule;
  readonly totalBytes: number;
}

const DAY_MS = 86_400_000;

/** Which recordings the rules let go. Nothing that is protected is among them, whatever that costs. */
export function planRetention(
  candidates: readonly Candidate[],
  { days, quotaBytes }: RetentionRules,
  nowMs: number,
): RetentionPlan {
  const oldestFirst = [...candidates].sort(compareOldestFirst);
  const drops: Drop[] = [];
  const kept: RetentionPlan['kept'][number][] = [];
  let left = oldestFirst.reduce((sum, { totalBytes }) => sum + totalBytes, 0);

  function findRule({ lastWrittenMs }: Candidate): RetentionRule | undefined {
    if (days > 0 && nowMs - lastWrittenMs > days * DAY_MS) return 'age';
    return quotaBytes > 0 && left > quotaBytes ? 'quota' : undefined;
  }

  // What age takes are the oldest ones, so that the quota sees what they have left.
  for (const candidate of oldestFirst) {
    const rule = findRule(candidate);
    if (!rule) break;
    const { recordingId, totalBytes } = candidate;
    const isKept = candidate.keptUntilMs !== undefined && candidate.keptUntilMs > nowMs;
    const protection = findProtection(candidate) ?? (isKept ? 'policy' : undefined);
    if (protection) kept.push({ recordingId, rule, protection });
    else {
      drops.push({ recordingId, rule, totalBytes });
      left -= totalBytes;
    }
  }
  return { drops, kept, excessBytes: quotaBytes > 0 ? Math.max(0, left - quotaBytes) : 0 };
}

/** Undefined where a rule may take it. */
export function findProtection(
  recording: Pick<Candidate, 'state' | 'isPinned' | 'isOwed' | 'annotationProblem'>,
): Protection | undefined {
  const { state, isPinned, isOwed, annotationProblem } = recording;
  if (state === 'live') return 'live';
  // Its writer may be alive on another machine.
  if (state === 'cut') return 'unfinished';
  if (isPinned) return 'pinned';
  if (isOwed) return 'owed';
  if (annotationProblem !== undefined) return 'unknown';
  return state === 'unreadable' ? 'unreadable' : undefined;
}

function compareOldestFirst(a: Candidate, b: Candidate): number {
  return a.lastWrittenMs - b.lastWrittenMs || (a.recordingId < b.recordingId ? -1 : 1);
}
