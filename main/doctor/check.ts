import { AppError, toAppError } from '../base/errors.ts';

/** In the order in which a shell needs them. */
export const CHECK_IDS = [
  'kubeconfig',
  'context',
  'address',
  'tls',
  'credential',
  'who',
  'exec',
  'attach',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** One line of a report. No secret stands in it. */
export interface Check extends Omit<Finding, 'outcome'> {
  readonly id: CheckId;
  /** What was looked at, as a question. */
  readonly title: string;
  readonly outcome: Finding['outcome'] | 'waiting' | 'running';
}

/** What a check came to. `unknown`: it could not be found out; what comes after may still work. */
export interface Finding {
  readonly outcome: 'ok' | 'failed' | 'unknown' | 'skipped';
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  /** The technical part, in lines. */
  readonly detail?: string;
}

/** A finding, and what later checks stand on; without it they make no sense. */
export interface Result<Found> {
  readonly finding: Finding;
  readonly found?: Found;
}

export const CHECK_TITLES: Readonly<Record<CheckId, string>> = {
  kubeconfig: 'Kubeconfig files',
  context: 'Context',
  address: 'Address and proxy',
  tls: 'TLS certificates',
  credential: 'Credential',
  who: 'Who am I',
  exec: 'May I exec here',
  attach: 'May I attach here',
};

export function ok(message: string, more: Omit<Finding, 'outcome' | 'message'> = {}): Finding {
  return { outcome: 'ok', message, ...more };
}

/** What a thrown value comes to; its words are for people already. */
export function toFinding(thrown: unknown, outcome: 'failed' | 'unknown' = 'failed'): Finding {
  const { message, hint, detail } = toAppError(thrown);
  return {
    outcome,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Lines of a detail; empty ones are left out. */
export function detailOf(...lines: readonly (string | undefined)[]): { readonly detail?: string } {
  const detail = lines.filter(Boolean).join('\n');
  return detail === '' ? {} : { detail };
}

/** What was known before it failed helps to see why. */
export function withFacts(error: unknown, facts: readonly string[]): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, message, hint, detail } = error;
  return new AppError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...detailOf(...facts, detail),
    cause: error,
  });
}
