import { AppError } from '../../base/errors.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';
import type { PolicyAnswer } from '../../policy/policy.ts';
import type { DeliveryStart } from '../../session/delivery-duty.ts';
import { describeReason, findReason } from '../../session/policy-refusal.ts';
import { createShellTerms, type ShellPlace, type ShellTermsNeeds } from '../../session/shell-terms.ts';

/** What holds for a command from its opening to its end. */
export interface ExecTerms {
  readonly answer: PolicyAnswer;
  /** Where recorders are named: they were asked. To be begun with the recording, or cancelled. */
  readonly start?: DeliveryStart;
}

/** What a recorder is told of a terminal that nobody has measured yet, and what is none. */
export const UNKNOWN_SIZE: TerminalSize = { cols: 80, rows: 24 };

/**
 * To be asked before the cluster is. Rejects as `ShellTerms.agree` and `connect`; with `policy-refused` also where the
 * policy has the user asked for something, since no client of an API server can ask.
 */
export async function agreeOnExec(
  needs: ShellTermsNeeds,
  place: ShellPlace,
  options: { readonly signal: AbortSignal },
): Promise<ExecTerms> {
  checkUnasked(await needs.answerPolicy(place), place);
  const terms = createShellTerms(needs, place);
  const answer = await terms.agree({});
  const start = await terms.connect(UNKNOWN_SIZE, options);
  return { answer, ...(start && { start }) };
}

/** Whether it may not go on where what passes cannot be recorded, or brought to a recorder. */
export function mustBeRead({ recording, recorders, atStart, midway }: PolicyAnswer): boolean {
  return recording === 'required' || (recorders.length > 0 && (atStart === 'closed' || midway === 'closed'));
}

function checkUnasked(answer: PolicyAnswer, { namespace, pod }: ShellPlace): void {
  const flags = [
    ...(answer.reason === 'required' ? (['reason'] as const) : []),
    ...(answer.confirm === 'typed' ? (['confirm'] as const) : []),
  ];
  const [setting] = flags;
  if (setting === undefined) return;
  const words = setting === 'reason' ? 'a reason has to be given' : 'its name has to be typed';
  const why = findReason(answer, setting);
  const given = flags.map((flag) => ` --${flag} ${flag === 'reason' ? 'TEXT' : 'NAME'}`).join('');
  throw new AppError(
    'policy-refused',
    `${words} for a shell in ${namespace}/${pod}, and kubectl cannot be asked`,
    {
      hint: `Open it in Kubereel, or with kubereel exec${given}.${why ? ` ${describeReason(why)}` : ''}`,
    },
  );
}
