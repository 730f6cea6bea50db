import { AppError } from '../base/errors.ts';
import { formatPlace, type PolicyAnswer, type PolicyReason, type PolicySetting } from '../policy/policy.ts';
import { DEFAULT_ANSWER } from '../policy/strictest-answer.ts';
import { createUnrecordable } from './recording-duty.ts';
import type { RecordingDecision } from './recording-marks.ts';

/** A shell as the policy is asked about it. On a node it is `node/NAME` that stands for the pod. */
export interface ShellPlace {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
}

/** What the user gave for this one shell, where the policy asks for it. */
export interface ShellConsent {
  readonly reason?: string;
  /** The context's or the namespace's name, as it was typed. */
  readonly confirmation?: string;
}

export interface ShellTermsNeeds {
  /** By the policy as it is now. Rejects with `policy-invalid`. */
  answerPolicy(place: ShellPlace): Promise<PolicyAnswer>;
  /** As `rehearseRecording`. */
  rehearseRecording(): Promise<void>;
}

/** What holds for one shell from its opening to its end. */
export interface ShellTerms {
  /** Undefined until it was agreed on. */
  readonly answer: PolicyAnswer | undefined;
  /**
   * To be asked before a cluster is. Rejects with `policy-invalid`; with `policy-refused` where something is asked for
   * that was not given; with `recording-required` where no recording can be begun and one has to be.
   */
  agree(consent: ShellConsent): Promise<PolicyAnswer>;
  /** Rejects with `bad-input` where a user may not decide that; a pause also where the policy forbids it by now. */
  check(decision: RecordingDecision): Promise<void>;
}

/** Without needs nothing is asked for and everything is allowed. */
export function createShellTerms(needs: ShellTermsNeeds | undefined, place: ShellPlace): ShellTerms {
  let answer: PolicyAnswer | undefined;
  return {
    get answer() {
      return answer;
    },
    async agree(consent) {
      const found = needs ? await needs.answerPolicy(place) : DEFAULT_ANSWER;
      checkRecorders(found);
      checkConsent(found, place, consent);
      if (found.recording === 'required') {
        await needs?.rehearseRecording().catch((error: unknown) => {
          throw createUnrecordable(error, findReason(found, 'recording'));
        });
      }
      answer = found;
      return found;
    },
    async check(decision) {
      const agreed = answer ?? DEFAULT_ANSWER;
      if (decision.kind === 'input') checkInput(agreed, decision.on);
      if (decision.kind !== 'pause' || !decision.on) return;
      checkPause(agreed);
      if (needs) checkPause(await needs.answerPolicy(place));
    },
  };
}

/** What is asked of a recorder while this version delivers to none: where nothing may be undelivered, nothing opens. */
function checkRecorders(answer: PolicyAnswer): void {
  const { recorders, atStart, midway } = answer;
  const isClosed = atStart === 'closed' || (midway === 'closed' && recorders.length > 0);
  if (!isClosed) return;
  const names = recorders.map(({ name, url }) => name ?? url);
  const message =
    names.length === 0
      ? 'this shell has to be on record at a recorder, and the policy names none'
      : `this shell has to be on record at a recorder, and this version can reach none (${names.join(', ')})`;
  throw createRefusal(answer, atStart === 'closed' ? 'atStart' : 'midway', message);
}

function checkConsent(answer: PolicyAnswer, place: ShellPlace, { reason, confirmation }: ShellConsent): void {
  if (answer.reason === 'required' && (reason ?? '').trim() === '') {
    throw createRefusal(answer, 'reason', 'a reason has to be given for this shell');
  }
  if (answer.confirm === 'typed' && !confirms(place, confirmation)) {
    const words = `${place.context} or ${place.namespace} has to be typed to open a shell there`;
    throw createRefusal(answer, 'confirm', words);
  }
}

function confirms({ context, namespace }: ShellPlace, confirmation: string | undefined): boolean {
  const typed = confirmation?.trim();
  return typed === context || typed === namespace;
}

function checkInput(answer: PolicyAnswer, on: boolean): void {
  if (on && answer.input === 'never') {
    throw createRefusal(answer, 'input', 'what is typed here may not be recorded', 'bad-input');
  }
  if (!on && answer.input === 'always') {
    throw createRefusal(answer, 'input', 'what is typed here has to be recorded', 'bad-input');
  }
}

function checkPause(answer: PolicyAnswer): void {
  if (answer.pause === 'never') {
    throw createRefusal(answer, 'pause', 'this recording may not be paused', 'bad-input');
  }
}

function createRefusal(
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

/** Also where the policy cannot be asked. */
export async function isPauseRefused(terms: ShellTerms): Promise<boolean> {
  try {
    await terms.check({ kind: 'pause', on: true });
    return false;
  } catch {
    return true;
  }
}
