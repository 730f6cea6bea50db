/** The filters that stand in a filter's text, each to be taken out of it. */
import { type QueryProblem, splitQueryWords } from '../../preload/recording-query-text.ts';

export interface FilterChip {
  /** Where it stands in the text. */
  readonly from: number;
  readonly to: number;
  readonly isExcluded: boolean;
  /** `pod`, `since`. */
  readonly name: string;
  readonly value: string;
}

/** Free words are none: they are in the field for all to see. Nor is what could not be understood. */
export function filterChips(text: string, problems: readonly QueryProblem[]): readonly FilterChip[] {
  return [...splitQueryWords(text)].flatMap(({ from, to, key, value, isExcluded }) => {
    if (key === undefined || problems.some((problem) => problem.from === from)) return [];
    return [{ from, to, isExcluded, name: key, value }];
  });
}

export function withoutChip(text: string, { from, to }: Pick<FilterChip, 'from' | 'to'>): string {
  return `${text.slice(0, from).trimEnd()} ${text.slice(to).trimStart()}`.trim();
}
