/** The policy in words. Pure. */
import type { PolicyAnswer, PolicyState, UntoldRequests } from '../../preload/contract.ts';
import { formatTime } from '../ui/format.ts';

type PolicyFile = PolicyState['files'][number];
type PolicyRule = PolicyFile['rules'][number];

const LABELS: Readonly<Record<string, string>> = {
  recording: 'Recording',
  recorders: 'Recorder',
  atStart: 'Without a recorder at the start',
  midway: 'Without a recorder later',
  graceSeconds: 'Grace without a recorder',
  apiRequests: 'Requests to the API server',
  reason: 'Reason',
  confirm: 'Before opening',
  colour: 'Colour',
  input: 'What is typed',
  redaction: 'Secrets in the output',
  retentionDays: 'Kept',
  pause: 'Pauses',
  impersonate: 'kubectl’s requests are made as',
};

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  recording: {
    required: 'required; no shell without it',
    'best-effort': 'wherever it can be done',
    off: 'off; nothing is recorded',
  },
  atStart: { open: 'the shell opens', closed: 'the shell does not open' },
  midway: { open: 'the shell goes on', closed: 'the shell ends' },
  apiRequests: {
    untold: 'no recorder is told of them',
    told: 'a recorder is told of each before, where it can be',
    required: 'none is sent before a recorder was told of it',
  },
  reason: { 'not-asked': 'not asked for', asked: 'asked for', required: 'required' },
  confirm: { none: 'nothing is asked', typed: 'a name has to be typed' },
  input: {
    never: 'never recorded',
    allowed: 'recorded if you say so',
    always: 'always recorded, as far as it is shown',
  },
  redaction: { always: 'always masked', user: 'masked if you chose so' },
  pause: { allowed: 'allowed', never: 'not allowed' },
};

export interface SettingWords {
  readonly setting: string;
  readonly label: string;
  readonly words: string;
  /** Which rule, and where it stands. */
  readonly rule: string;
  readonly place: string;
}

/** What rules have decided; empty where all is as the user has it. */
export function describeAnswer({ because }: PolicyAnswer): readonly SettingWords[] {
  return because.map(({ setting, value, rule, file, line }) => ({
    setting,
    label: labelOf(setting),
    words: wordsOf(setting, value),
    rule,
    place: line === undefined ? file : `${file}:${line}`,
  }));
}

export function labelOf(setting: string): string {
  return LABELS[setting] ?? setting;
}

export function wordsOf(setting: string, value: string): string {
  if (setting === 'graceSeconds') return `${value} s`;
  if (setting === 'retentionDays') return value === '1' ? 'for 1 day' : `for ${value} days`;
  return WORDS[setting]?.[value] ?? value;
}

/** For which shells a rule is: `context prod-*, namespace payments; not pod web-0`. */
export function describeMatch({ match, except }: Pick<PolicyRule, 'match' | 'except'>): string {
  const wanted = listGlobs(match);
  const excepted = listGlobs(except ?? {});
  return `${wanted === '' ? 'every shell' : wanted}${excepted === '' ? '' : `; not ${excepted}`}`;
}

function listGlobs(match: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(match)
    .map(([key, globs]) => `${key} ${globs.join(' or ')}`)
    .join(', ');
}

export function describeFile({ state, rules, problems }: PolicyFile): string {
  if (state === 'absent') return 'Not there';
  if (state === 'failed') {
    return `No shell is opened: ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`} in it`;
  }
  if (rules.length === 0) return 'Followed; it has no rules';
  return `Followed; ${rules.length === 1 ? '1 rule' : `${rules.length} rules`}`;
}

/** Which of the page's context colours it is. */
export function colourNumberOf(colour: NonNullable<PolicyAnswer['colour']>): number {
  return COLOURS.indexOf(colour) + 1;
}

/** As theme.css numbers them. */
const COLOURS = ['blue', 'orange', 'green', 'pink', 'violet', 'yellow', 'cyan', 'red'] as const;

/** Whether something has to be given before a shell opens. */
export function asksForTerms({ reason, confirm }: PolicyAnswer): boolean {
  return reason !== 'not-asked' || confirm === 'typed';
}

/** What went to a cluster without a recorder knowing. */
export function describeUntold({ context, count, sinceMs, reasons }: UntoldRequests, nowMs: number): string {
  const requests = count === 1 ? '1 request' : `${count} requests`;
  const last = count === 1 ? '' : 'the last time ';
  return `${requests} to ${context} went out though no recorder took the event, since ${formatTime(sinceMs, nowMs)}: ${last}${reasons.join('; ')}`;
}
