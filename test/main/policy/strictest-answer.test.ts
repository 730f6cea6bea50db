import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  PolicyAnswer,
  PolicyRule,
  PolicyTarget,
  RuleMatch,
  RuleSayings,
} from '../../../main/policy/policy.ts';
import {
  COLOURS,
  DEFAULT_ANSWER,
  findStrictestAnswer,
  STRICTNESS,
} from '../../../main/policy/strictest-answer.ts';

const TARGET: PolicyTarget = { context: 'prod', namespace: 'shop', pod: 'web-1', user: 'jane' };

function rule(says: RuleSayings, match: RuleMatch = {}, name = 'rule'): PolicyRule {
  const lines = Object.fromEntries(Object.keys(says).map((setting, at) => [setting, at + 1]));
  return { name, file: '/p.yaml', match, says, lines };
}

function answer(...rules: readonly PolicyRule[]): PolicyAnswer {
  return findStrictestAnswer(rules, TARGET);
}

const recorder = (url: string) => ({ kind: 'tsrecorder' as const, url });

test('without a rule the default holds, and nothing is said to have decided it', () => {
  expect(answer()).toEqual(DEFAULT_ANSWER);
  expect(answer(rule({ recording: 'required' }, { context: ['dev'] }))).toEqual(DEFAULT_ANSWER);
});

test('the strictest of what is said holds, with its file, line and rule', () => {
  const { because, ...said } = answer(
    rule({
      recording: 'off',
      graceSeconds: 600,
      retentionDays: 30,
      colour: 'green',
      input: 'always',
      apiRequests: 'required',
    }),
    rule(
      { reason: 'asked', graceSeconds: 20, retentionDays: 90, colour: 'red', input: 'never' },
      {},
      'second',
    ),
    rule(
      { recording: 'best-effort', reason: 'not-asked', confirm: 'typed', apiRequests: 'told' },
      {},
      'third',
    ),
  );
  expect(said).toMatchObject({
    recording: 'best-effort',
    reason: 'asked',
    confirm: 'typed',
    graceSeconds: 20,
    apiRequests: 'required',
    retentionDays: 90,
    colour: 'red',
    input: 'never',
  });
  expect(because).toContainEqual({
    setting: 'reason',
    value: 'asked',
    file: '/p.yaml',
    line: 1,
    rule: 'second',
  });
  expect(because.map(({ setting }) => setting)).not.toContain('redaction');
});

test('a recording may be off where no other rule speaks of it', () => {
  expect(answer(rule({ recording: 'off' })).recording).toBe('off');
  expect(answer(rule({ recording: 'off' }), rule({ pause: 'never' })).recording).toBe('off');
});

test('a rule that may or may not apply makes nothing laxer than the default', () => {
  const unsure = { container: ['app'] };
  const { recording, graceSeconds, reason } = answer(
    rule({ recording: 'off', graceSeconds: 600, reason: 'required' }, unsure),
  );
  expect({ recording, graceSeconds, reason }).toEqual({
    recording: 'best-effort',
    graceSeconds: DEFAULT_ANSWER.graceSeconds,
    reason: 'required',
  });
});

test('recorders are tried in the order of the rules, each once', () => {
  const { recorders, because } = answer(
    rule({ recorders: [recorder('a:80'), recorder('b:80')] }, {}, 'first'),
    rule({ recorders: [recorder('b:80'), recorder('c:80')] }, {}, 'second'),
  );
  expect(recorders.map(({ url }) => url)).toEqual(['a:80', 'b:80', 'c:80']);
  expect(because.map(({ value, rule: name }) => [value, name])).toEqual([
    ['a:80', 'first'],
    ['b:80', 'first'],
    ['c:80', 'second'],
  ]);
});

test('what has to be delivered has to be recorded', () => {
  const named = rule({ recorders: [recorder('a:80')] }, {}, 'recorder');
  const off = rule({ recording: 'off' }, {}, 'off');
  expect(answer(named, off).recording).toBe('best-effort');
  const closed = answer(named, off, rule({ midway: 'closed' }, {}, 'closed'));
  expect(closed).toMatchObject({ recording: 'required', pause: 'never' });
  expect(closed.because.filter(({ setting }) => setting === 'recording')).toEqual([
    { setting: 'recording', value: 'required', file: '/p.yaml', line: 1, rule: 'closed' },
  ]);
  expect(answer(rule({ atStart: 'closed' })).recording).toBe('best-effort');
});

test('what has to be recorded may not be paused', () => {
  const { pause, because } = answer(rule({ recording: 'required', pause: 'allowed' }, {}, 'all'));
  expect(pause).toBe('never');
  expect(because.filter(({ setting }) => setting === 'pause')).toEqual([
    { setting: 'pause', value: 'never', file: '/p.yaml', line: 1, rule: 'all' },
  ]);
});

test('whom others’ requests are made as is said by the first rule that may apply', () => {
  const locked = rule({
    impersonate: { user: 'auditor', uid: '7', groups: ['a', 'b'], extra: { why: ['x'] } },
  });
  const own = rule({ impersonate: { user: 'root' } }, {}, 'own');
  const { impersonate, because } = answer(
    rule({ impersonate: { user: 'dev' } }, { context: ['dev'] }),
    locked,
    own,
  );
  expect(impersonate).toEqual(locked.says.impersonate);
  expect(because).toEqual([
    {
      setting: 'impersonate',
      value: 'auditor (uid 7; groups a, b; why x)',
      file: '/p.yaml',
      line: 1,
      rule: 'rule',
    },
  ]);
  expect(answer(rule({ impersonate: { user: 'x' } }, { container: ['app'] }), own).impersonate?.user).toBe(
    'x',
  );
  expect(answer(own).because[0]?.value).toBe('root');
  expect('impersonate' in answer(rule({ pause: 'never' }))).toBe(false);
});

const globs = fc.constantFrom<readonly string[]>(['*'], ['prod'], ['dev'], ['p*', 'x'], ['web-?'], ['app']);
const match = fc.record(
  { context: globs, namespace: globs, pod: globs, container: globs, user: globs },
  { requiredKeys: [] },
);
const says: fc.Arbitrary<RuleSayings> = fc.record(
  {
    recording: fc.constantFrom('required', 'best-effort', 'off'),
    recorders: fc.subarray([recorder('a:80'), recorder('b:80'), recorder('c:80')], { minLength: 1 }),
    atStart: fc.constantFrom('open', 'closed'),
    midway: fc.constantFrom('open', 'closed'),
    graceSeconds: fc.integer({ min: 0, max: 3_600 }),
    apiRequests: fc.constantFrom('untold', 'told', 'required'),
    reason: fc.constantFrom('not-asked', 'asked', 'required'),
    confirm: fc.constantFrom('none', 'typed'),
    colour: fc.constantFrom(...COLOURS),
    input: fc.constantFrom('never', 'allowed', 'always'),
    redaction: fc.constantFrom('user', 'always'),
    retentionDays: fc.integer({ min: 1, max: 400 }),
    pause: fc.constantFrom('allowed', 'never'),
  },
  { requiredKeys: [] },
);
const anyRule: fc.Arbitrary<PolicyRule> = fc
  .tuple(
    says,
    match,
    fc.option(match, { nil: undefined }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 3 }),
  )
  .map(([said, matched, except, name]) => ({
    ...rule(said, matched, name),
    ...(except === undefined ? {} : { except }),
  }));
const target: fc.Arbitrary<PolicyTarget> = fc.record(
  {
    context: fc.constantFrom('prod', 'dev'),
    namespace: fc.constantFrom('prod', 'dev', 'shop'),
    pod: fc.constantFrom('web-1', 'web-10'),
    container: fc.constantFrom('app', 'proxy'),
    user: fc.constantFrom('prod', 'jane'),
  },
  { requiredKeys: ['context', 'namespace', 'pod'] },
);

const SETTINGS = Object.keys(STRICTNESS) as (keyof typeof STRICTNESS)[];

function strictnessOf(setting: keyof typeof STRICTNESS, given: PolicyAnswer): number {
  const value = given[setting];
  return value === undefined
    ? Number.NEGATIVE_INFINITY
    : (STRICTNESS[setting] as (value: unknown) => number)(value);
}

test('a rule more never makes an answer laxer than the rules before had it', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 6 }), anyRule, target, (rules, added, place) => {
      const before = findStrictestAnswer(rules, place);
      const after = findStrictestAnswer([...rules, added], place);
      const decided = new Set<string>(before.because.map(({ setting }) => setting));
      for (const setting of SETTINGS) {
        // Off, and a longer grace, take from the default: only where no rule had spoken of it.
        const mayLoosen = (setting === 'recording' || setting === 'graceSeconds') && !decided.has(setting);
        if (!mayLoosen) {
          expect(strictnessOf(setting, after), setting).toBeGreaterThanOrEqual(strictnessOf(setting, before));
        }
      }
      expect(after.recorders).toEqual(expect.arrayContaining([...before.recorders]));
    }),
  );
});

test('the order of rules counts for that of recorders alone', () => {
  fc.assert(
    fc.property(
      fc
        .array(anyRule, { maxLength: 6 })
        .chain((rules) =>
          fc.tuple(
            fc.constant(rules),
            fc.shuffledSubarray(rules, { minLength: rules.length, maxLength: rules.length }),
          ),
        ),
      target,
      ([rules, shuffled], place) => {
        const { because: _one, recorders, ...first } = findStrictestAnswer(rules, place);
        const { because: _other, recorders: others, ...second } = findStrictestAnswer(shuffled, place);
        expect(second).toEqual(first);
        expect(new Set(others.map(({ url }) => url))).toEqual(new Set(recorders.map(({ url }) => url)));
      },
    ),
  );
});

test('what is not known of a shell yet makes the answer no laxer than what it turns out to be', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 6 }), target, (rules, place) => {
      const { container: _container, ...early } = place;
      const later = findStrictestAnswer(rules, place);
      const before = findStrictestAnswer(rules, early);
      const decided = new Set<string>(later.because.map(({ setting }) => setting));
      for (const setting of SETTINGS) {
        if (!decided.has(setting) && strictnessOf(setting, later) === strictnessOf(setting, DEFAULT_ANSWER))
          continue;
        expect(strictnessOf(setting, before), setting).toBeGreaterThanOrEqual(strictnessOf(setting, later));
      }
    }),
  );
});

test('every setting that differs from its default has a reason', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 6 }), target, (rules, place) => {
      const { because, ...settings } = findStrictestAnswer(rules, place);
      const { because: _none, ...usual } = DEFAULT_ANSWER;
      for (const [setting, value] of Object.entries(settings)) {
        const isUsual = JSON.stringify(value) === JSON.stringify((usual as Record<string, unknown>)[setting]);
        const reasons = because.filter((reason) => reason.setting === setting);
        expect(reasons.length, setting).toBeLessThanOrEqual(Math.max(1, settings.recorders.length));
        if (!isUsual) expect(reasons.length, setting).toBeGreaterThan(0);
      }
    }),
  );
});
