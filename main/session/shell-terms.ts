import type { TerminalSize } from '../base/terminal-size.ts';
import type { PolicyAnswer } from '../policy/policy.ts';
import { DEFAULT_ANSWER } from '../policy/strictest-answer.ts';
import {
  type ConnectRecorders,
  checkRecorders,
  connectAsAgreed,
  type DeliveryStart,
} from './delivery-duty.ts';
import { createRefusal, findReason } from './policy-refusal.ts';
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
  readonly connectRecorders: ConnectRecorders;
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
  /**
   * To be done after that, and before a cluster is asked. Undefined where no recorder is named; else to be begun or
   * cancelled. Rejects with `delivery-required` where no shell may open that none takes.
   */
  connect(size: TerminalSize, options: { readonly signal: AbortSignal }): Promise<DeliveryStart | undefined>;
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
    async connect(size, options) {
      if (!needs || !answer) return undefined;
      return connectAsAgreed(needs.connectRecorders, answer, { place, size }, options);
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

/** Also where the policy cannot be asked. */
export async function isPauseRefused(terms: ShellTerms): Promise<boolean> {
  try {
    await terms.check({ kind: 'pause', on: true });
    return false;
  } catch {
    return true;
  }
}
