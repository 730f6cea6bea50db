import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { Core, RecordingWish } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { PolicyAnswer } from '../policy/policy.ts';
import type { DeliveryStart } from '../session/delivery-duty.ts';
import { describeReason, findReason } from '../session/policy-refusal.ts';
import { createShellTerms, type ShellConsent, type ShellPlace } from '../session/shell-terms.ts';
import type { CommandIo } from './io.ts';

/** What holds for a command, and what was given for it. */
export interface CommandTerms {
  readonly answer: PolicyAnswer;
  readonly reason?: string;
  /** Where recorders are named: they were asked. To be begun with the recording, or cancelled. */
  readonly start?: DeliveryStart;
}

export interface CommandTermsOptions {
  readonly size: TerminalSize;
  /** Of its record. */
  readonly wish?: RecordingWish;
  readonly signal: AbortSignal;
}

/**
 * To be asked before a command reaches a cluster. What the policy asks for and no flag gave is asked at the terminal,
 * where there is one. Rejects as `ShellTerms.agree` and `connect`.
 */
export async function agreeOnCommand(
  core: Core,
  place: ShellPlace,
  given: ShellConsent,
  io: CommandIo,
  { size, wish, signal }: CommandTermsOptions,
): Promise<CommandTerms> {
  const answer = await core.policy.answer(place);
  const consent = await askForConsent(answer, place, given, io);
  const terms = createShellTerms(
    {
      answerPolicy: core.policy.answer,
      rehearseRecording: () => core.rehearseRecording(wish),
      connectRecorders: (recorders, subject, options) =>
        core.connectRecorders(recorders, subject, { ...options, wish }),
    },
    place,
  );
  const agreed = await terms.agree(consent);
  const start = await terms.connect(size, { signal });
  return {
    answer: agreed,
    ...(consent.reason === undefined ? {} : { reason: consent.reason }),
    ...(start && { start }),
  };
}

/** Opens what was agreed on; where that fails there is nothing to deliver. */
export async function openAgreed<T>({ start }: CommandTerms, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await start?.cancel();
    throw error;
  }
}

async function askForConsent(
  answer: PolicyAnswer,
  { context, namespace, pod }: ShellPlace,
  given: ShellConsent,
  io: CommandIo,
): Promise<ShellConsent> {
  const hasTerminal = io.isInputTerminal && io.isErrorTerminal;
  const ask = (question: string): Promise<string> => io.ask(escapeControls(question));
  let { reason, confirmation } = given;
  if (answer.reason !== 'not-asked' && reason === undefined) {
    if (hasTerminal) reason = await ask(`Why do you need ${pod} in ${context}? `);
    else if (answer.reason === 'required') throw createUngiven(answer, 'reason', '--reason TEXT');
  }
  if (answer.confirm === 'typed' && confirmation === undefined) {
    if (!hasTerminal) throw createUngiven(answer, 'confirm', '--confirm NAME');
    confirmation = await ask(`Type ${context} or ${namespace} to run this there: `);
  }
  return {
    ...(reason === undefined || reason === '' ? {} : { reason }),
    ...(confirmation === undefined ? {} : { confirmation }),
  };
}

function createUngiven(answer: PolicyAnswer, setting: 'reason' | 'confirm', flag: string): AppError {
  const what = setting === 'reason' ? 'a reason' : "the context's or the namespace's name";
  const why = findReason(answer, setting);
  return new AppError('policy-refused', `${what} has to be given, and nobody can be asked`, {
    hint: `Give it with ${flag}.${why ? ` ${describeReason(why)}` : ''}`,
  });
}
