import type { ProblemInfo } from './contract.ts';

/** A call or stream that failed, as the other side told it, or because the other side is gone. */
export class ContractError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly detail: string | undefined;

  constructor(problem: ProblemInfo) {
    super(problem.message);
    this.name = 'ContractError';
    this.code = problem.code;
    this.hint = problem.hint;
    this.detail = problem.detail;
  }
}
