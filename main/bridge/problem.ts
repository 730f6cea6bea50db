import type { ProblemInfo } from '../../preload/contract.ts';
import { InputError } from '../../preload/parse.ts';
import { toAppError } from '../base/errors.ts';

/** A failure as it crosses to the page: code and words, never the cause. */
export function toProblem(thrown: unknown): ProblemInfo {
  // Refused at the door, before any room could word it.
  if (thrown instanceof InputError) return { code: thrown.code, message: thrown.message };
  const { code, message, hint, detail } = toAppError(thrown);
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { detail }),
  };
}
