import type { ProblemInfo } from '../../preload/contract.ts';

/** Whatever was thrown, as a failure that can be shown. Those of the core carry code, hint and detail. */
export function toProblem(thrown: unknown): ProblemInfo {
  if (!(thrown instanceof Error)) return { code: 'internal', message: String(thrown) };
  const { code, hint, detail } = thrown as Error & Partial<Record<'code' | 'hint' | 'detail', unknown>>;
  return {
    code: typeof code === 'string' ? code : 'internal',
    message: thrown.message,
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(typeof detail === 'string' ? { detail } : {}),
  };
}
