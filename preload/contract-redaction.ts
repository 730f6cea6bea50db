/** What is masked in recordings while they are written. */
export interface RedactionSettings {
  /** Of the output; commands, labels and reasons are masked in any case. */
  readonly enabled: boolean;
  /** In addition to what is built in. At most 32. */
  readonly patterns: readonly RedactionPattern[];
}

export interface RedactionPattern {
  /** For people; may be empty. */
  readonly name: string;
  /** In RE2's language, at most 512 characters. All that it matches in a line is masked. */
  readonly pattern: string;
}

export interface RedactionTrial {
  /** The text as a recording would hold it. */
  readonly masked: string;
  /** Stretches that were masked. */
  readonly spans: number;
  /** Patterns that cannot be used; the others were. */
  readonly problems: readonly PatternProblem[];
}

export interface PatternProblem {
  /** Of the pattern in the list. */
  readonly index: number;
  readonly message: string;
  /** Character of the pattern, where the place is known. */
  readonly position?: number;
}
