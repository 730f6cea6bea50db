import { AppError } from '../base/errors.ts';
import { createEmitter, type Dispose, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import {
  formatPlace,
  type PolicyAnswer,
  type PolicyProblem,
  type PolicyRule,
  type PolicyTarget,
} from './policy.ts';
import { type PolicyFile, type ReadPolicyFile, readPolicyFile } from './policy-file.ts';
import { type PolicyText, parsePolicyText } from './policy-text.ts';
import { findStrictestAnswer } from './strictest-answer.ts';

/** The files as they were read at one moment. */
export interface Policy {
  /** The locked one first. */
  readonly files: readonly ReadPolicyFile[];
  /** With any of them no shell is opened. */
  readonly problems: readonly PolicyProblem[];
  /** Throws `policy-invalid` where there is a problem; `deed`: what is not done then. */
  answer(target: PolicyTarget, deed?: string): PolicyAnswer;
  /** Throws `policy-invalid` where there is a problem; `deed` as above. */
  demandValid(deed: string): void;
}

export interface PolicyStore {
  /** Reads the files now: whoever asks about a shell is answered by what they say at this moment. */
  read(): Promise<Policy>;
  /** After a file has changed, or what the user chose. */
  readonly onChanged: Event<void>;
}

export interface PolicyStoreNeeds {
  /** The locked one first: of rules that say the same, its are named, and its recorders are tried first. */
  readonly files: readonly PolicyFile[];
  /** What the user chose in the app, told as rules. */
  chosenRules(): Promise<readonly PolicyRule[]>;
  /** Calls back after any of the files has changed. */
  watch(paths: readonly string[], onChanged: () => void): Dispose;
}

export function openPolicyStore(needs: PolicyStoreNeeds, life: Pick<Lifetime, 'own'>): PolicyStore {
  const changed = createEmitter<void>();
  const paths = needs.files.map(({ path }) => path);
  const parse = rememberTexts();
  life.own(needs.watch(paths, () => changed.fire()));
  return {
    async read() {
      const [files, chosen] = await Promise.all([
        Promise.all(needs.files.map((file) => readPolicyFile(file, parse))),
        needs.chosenRules(),
      ]);
      return createPolicy(files, chosen);
    },
    onChanged: changed.event,
  };
}

/** Parsing takes twenty times as long as reading: a text that is as it was is not parsed again. */
function rememberTexts(): typeof parsePolicyText {
  const known = new Map<string, { readonly text: string; readonly parsed: PolicyText }>();
  return (text, file) => {
    const last = known.get(file);
    if (last?.text === text) return last.parsed;
    const parsed = parsePolicyText(text, file);
    known.set(file, { text, parsed });
    return parsed;
  };
}

function createPolicy(files: readonly ReadPolicyFile[], chosen: readonly PolicyRule[]): Policy {
  const problems = files.flatMap((file) => file.problems);
  const rules = [...files.flatMap((file) => file.rules), ...chosen];
  function demandValid(deed: string): void {
    if (problems.length > 0) throw createInvalid(problems, deed);
  }
  return {
    files,
    problems,
    answer(target, deed = 'no shell is opened') {
      demandValid(deed);
      return findStrictestAnswer(rules, target);
    },
    demandValid,
  };
}

function createInvalid(problems: readonly PolicyProblem[], deed: string): AppError {
  const [first, ...others] = problems.map((problem) => `${formatPlace(problem)}: ${problem.message}`);
  return new AppError('policy-invalid', `${deed} until the policy is mended: ${first}`, {
    hint: 'Mend the file; `kubereel policy check` tells all that is wrong in it.',
    ...(others.length === 0 ? {} : { detail: others.join('\n') }),
  });
}
