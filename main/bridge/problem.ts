import type { ProblemInfo } from '../../preload/contract.ts';
import { toAppError } from '../base/errors.ts';

/** A failure as it crosses to the page: code and words, never the cause. */
export function toProblem(thrown: unknown): ProblemInfo {
  const { code, message, hint, detail } = toAppError(thrown);
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { detail }),
  };
}
