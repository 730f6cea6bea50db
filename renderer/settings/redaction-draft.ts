/** Patterns as they are typed: kept once all of them can be used. */
import type { RedactionSettings, RedactionTrial } from '../../preload/contract.ts';

export type DraftPattern = RedactionSettings['patterns'][number];

/** How much of a text is tried. */
export const MAX_TRIAL_CHARACTERS: number = 64 * 1024;

/** Those that say something, trimmed of nothing: white space in a pattern means itself. */
export function filledPatterns(rows: readonly DraftPattern[]): readonly DraftPattern[] {
  return rows.filter(({ pattern }) => pattern !== '');
}

/** What is wrong with each row, in words; the trial was of the filled ones. */
export function problemsByRow(
  rows: readonly DraftPattern[],
  { problems }: Pick<RedactionTrial, 'problems'>,
): ReadonlyMap<number, string> {
  const filled = rows.flatMap(({ pattern }, row) => (pattern === '' ? [] : [row]));
  return new Map(
    problems.flatMap((problem) => {
      const row = filled[problem.index];
      return row === undefined ? [] : [[row, describeProblem(problem)] as const];
    }),
  );
}

export function describeProblem({
  message,
  position,
}: Pick<RedactionTrial['problems'][number], 'message' | 'position'>): string {
  const words = message.charAt(0).toUpperCase() + message.slice(1);
  return position === undefined ? `${words}.` : `${words}, at character ${position + 1}.`;
}

export function describeMasked(spans: number): string {
  if (spans === 0) return 'Nothing in it would be masked.';
  return spans === 1 ? '1 stretch would be masked.' : `${spans} stretches would be masked.`;
}
