import {
  formatImpersonation,
  type PolicyAnswer,
  type PolicyColour,
  type PolicyImpersonation,
  type PolicyReason,
  type PolicyRule,
  type PolicySetting,
  type PolicyTarget,
  type RecorderAddress,
} from './policy.ts';
import { judgeRule } from './rule-match.ts';

/** What holds where no rule says anything. */
export const DEFAULT_ANSWER: PolicyAnswer = {
  recording: 'best-effort',
  recorders: [],
  atStart: 'open',
  midway: 'open',
  graceSeconds: 30,
  apiRequests: 'untold',
  reason: 'not-asked',
  confirm: 'none',
  input: 'allowed',
  redaction: 'user',
  pause: 'allowed',
  because: [],
};

/** The one that warns most comes first, and is taken where rules name several. */
export const COLOURS: readonly PolicyColour[] = [
  'red',
  'orange',
  'yellow',
  'pink',
  'violet',
  'blue',
  'cyan',
  'green',
];

type RankedSetting = Exclude<PolicySetting, 'recorders' | 'impersonate'>;

/** How strict a value is: of what several rules say of a setting, the one with the highest number holds. */
export const STRICTNESS: {
  readonly [Key in RankedSetting]: (value: NonNullable<PolicyAnswer[Key]>) => number;
} = {
  recording: rankIn(['off', 'best-effort', 'required']),
  atStart: rankIn(['open', 'closed']),
  midway: rankIn(['open', 'closed']),
  graceSeconds: (seconds) => -seconds,
  apiRequests: rankIn(['untold', 'told', 'required']),
  reason: rankIn(['not-asked', 'asked', 'required']),
  confirm: rankIn(['none', 'typed']),
  colour: (colour) => -COLOURS.indexOf(colour),
  // What was typed cannot be taken back from a record, and what of it was echoed stands in there anyway.
  input: rankIn(['allowed', 'always', 'never']),
  redaction: rankIn(['user', 'always']),
  retentionDays: (days) => days,
  pause: rankIn(['allowed', 'never']),
};

const RANKED = Object.keys(STRICTNESS) as readonly RankedSetting[];

interface Saying {
  readonly rule: PolicyRule;
  /** Whether the rule applies is not known yet: it may make the answer stricter, and not laxer than what holds anyway. */
  readonly isDoubtful: boolean;
}

/**
 * The strictest of what the rules say that match the target. The order of rules counts for that of recorders, for whom
 * others' requests are made as, and for which of two rules that say the same is named.
 */
export function findStrictestAnswer(rules: readonly PolicyRule[], target: PolicyTarget): PolicyAnswer {
  const sayings = rules.flatMap((rule): Saying[] => {
    const judged = judgeRule(rule, target);
    return judged === 'applies-not' ? [] : [{ rule, isDoubtful: judged === 'unknown' }];
  });
  const { recorders, because: recorderReasons } = collectRecorders(sayings);
  const impersonated = findImpersonation(sayings);
  const chosen = RANKED.flatMap((setting) => choose(setting, sayings) ?? []);
  const said = Object.fromEntries(chosen.map(({ setting, value }) => [setting, value]));
  const answer: PolicyAnswer = {
    ...DEFAULT_ANSWER,
    ...(said as Partial<PolicyAnswer>),
    recorders,
    ...(impersonated && { impersonate: impersonated.impersonate }),
    because: [
      ...chosen.map(({ reason }) => reason),
      ...recorderReasons,
      ...(impersonated ? [impersonated.reason] : []),
    ],
  };
  return followFromRecording(requireRecording(answer));
}

function choose<Setting extends RankedSetting>(
  setting: Setting,
  sayings: readonly Saying[],
): { setting: Setting; value: PolicyAnswer[Setting]; reason: PolicyReason } | undefined {
  const strictness = STRICTNESS[setting] as (value: unknown) => number;
  const usual = DEFAULT_ANSWER[setting];
  const said = sayings.filter(({ rule }) => rule.says[setting] !== undefined);
  const isDecided = said.some(({ isDoubtful }) => !isDoubtful);
  let best: { value: PolicyAnswer[Setting]; rule: PolicyRule } | undefined;
  for (const { rule } of said) {
    const value = rule.says[setting] as PolicyAnswer[Setting];
    if (!isDecided && usual !== undefined && strictness(value) < strictness(usual)) continue;
    if (!best || strictness(value) > strictness(best.value)) best = { value, rule };
  }
  if (!best) return undefined;
  return { setting, value: best.value, reason: tellReason(setting, String(best.value), best.rule) };
}

/** All that are named, each once. */
function collectRecorders(sayings: readonly Saying[]): Pick<PolicyAnswer, 'recorders' | 'because'> {
  const found = new Map<string, { recorder: RecorderAddress; reason: PolicyReason }>();
  for (const { rule } of sayings) {
    for (const recorder of rule.says.recorders ?? []) {
      const key = `${recorder.kind} ${recorder.url}`;
      if (found.has(key)) continue;
      found.set(key, { recorder, reason: tellReason('recorders', recorder.name ?? recorder.url, rule) });
    }
  }
  return {
    recorders: [...found.values()].map(({ recorder }) => recorder),
    because: [...found.values()].map(({ reason }) => reason),
  };
}

/**
 * Nobody is stricter than another. The first rule's, so that the administrator's goes before the user's; one that may apply
 * is taken to.
 */
function findImpersonation(
  sayings: readonly Saying[],
): { readonly impersonate: PolicyImpersonation; readonly reason: PolicyReason } | undefined {
  for (const { rule } of sayings) {
    const { impersonate } = rule.says;
    if (!impersonate) continue;
    return { impersonate, reason: tellReason('impersonate', formatImpersonation(impersonate), rule) };
  }
  return undefined;
}

/** What is delivered has to be recorded; where nothing may go undelivered, nothing may go unrecorded. */
function requireRecording(answer: PolicyAnswer): PolicyAnswer {
  if (answer.recorders.length === 0) return answer;
  const closed = answer.because.find(({ setting, value }) => isDoor(setting) && value === 'closed');
  const demanded = closed ? 'required' : 'best-effort';
  if (STRICTNESS.recording(answer.recording) >= STRICTNESS.recording(demanded)) return answer;
  const cause = closed ?? answer.because.find(({ setting }) => setting === 'recorders');
  return withReason({ ...answer, recording: demanded }, 'recording', demanded, cause);
}

/** A recording that is required has no gaps. */
function followFromRecording(answer: PolicyAnswer): PolicyAnswer {
  if (answer.recording !== 'required' || answer.pause === 'never') return answer;
  const cause = answer.because.find(({ setting }) => setting === 'recording');
  return withReason({ ...answer, pause: 'never' }, 'pause', 'never', cause);
}

function withReason(
  answer: PolicyAnswer,
  setting: PolicySetting,
  value: string,
  cause: PolicyReason | undefined,
): PolicyAnswer {
  const others = answer.because.filter((reason) => reason.setting !== setting);
  return { ...answer, because: cause ? [...others, { ...cause, setting, value }] : others };
}

function tellReason(setting: PolicySetting, value: string, rule: PolicyRule): PolicyReason {
  const line = rule.lines[setting];
  return { setting, value, file: rule.file, ...(line === undefined ? {} : { line }), rule: rule.name };
}

function isDoor(setting: PolicySetting): boolean {
  return setting === 'atStart' || setting === 'midway';
}

function rankIn<Value extends string>(values: readonly Value[]): (value: Value) => number {
  return (value) => values.indexOf(value);
}
