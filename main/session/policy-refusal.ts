import { AppError } from '../base/errors.ts';
import { formatPlace, type PolicyAnswer, type PolicyReason, type PolicySetting } from '../policy/policy.ts';

export function createRefusal(
  answer: PolicyAnswer,
  setting: PolicySetting,
  message: string,
  code: 'policy-refused' | 'bad-input' = 'policy-refused',
): AppError {
  const reason = findReason(answer, setting);
  return new AppError(code, message, reason ? { hint: describeReason(reason) } : {});
}

export function findReason(answer: PolicyAnswer, setting: PolicySetting): PolicyReason | undefined {
  return answer.because.find((reason) => reason.setting === setting);
}

/** What was chosen in the app has no line. */
export function describeReason(reason: PolicyReason): string {
  if (reason.line === undefined) return 'The settings say so, under Recording.';
  return `The policy says so: rule "${reason.rule}", ${formatPlace(reason)}.`;
}
