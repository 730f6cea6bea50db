import { AppError, toAppError } from '../base/errors.ts';
import { formatPlace, type PolicyReason } from '../policy/policy.ts';

/** A recording cannot be begun and has to be: no shell is opened. `reason` says which rule requires it. */
export function createUnrecordable(cause: unknown, reason?: PolicyReason): AppError {
  const { code, message, hint, detail } = toAppError(cause);
  // A limit's own hint is for shells that go on.
  const remedy = code === 'recording-limit' ? 'Delete old recordings, or change the limits.' : hint;
  return new AppError('recording-required', `no shell is opened that cannot be recorded: ${message}`, {
    cause,
    hint: `${remedy ?? 'Mend that, then open it again.'} ${describeDuty(reason)}`,
    ...(detail === undefined ? {} : { detail }),
  });
}

/** What was chosen in the app has no line. */
function describeDuty(reason: PolicyReason | undefined): string {
  if (reason?.line === undefined) return 'The settings require recordings, under Recording.';
  return `The policy requires recordings: rule "${reason.rule}", ${formatPlace(reason)}.`;
}
