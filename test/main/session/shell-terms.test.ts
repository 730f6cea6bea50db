// covers: main/session/policy-refusal.ts
import { expect, test } from 'vitest';
import type { PolicyAnswer, PolicySetting } from '../../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../../main/policy/strictest-answer.ts';
import { createShellTerms, type ShellConsent } from '../../../main/session/shell-terms.ts';
import { noRecorders } from '../../fakes/scripted-recorders.ts';

const PLACE = { context: 'prod', namespace: 'payments', pod: 'web-1' };

function answerWith(said: Partial<PolicyAnswer>): PolicyAnswer {
  const because = Object.entries(said).map(([setting, value]) => ({
    setting: setting as PolicySetting,
    value: String(value),
    file: '/etc/p.yaml',
    line: 7,
    rule: 'production',
  }));
  return { ...DEFAULT_ANSWER, ...said, because };
}

function termsOf(said: Partial<PolicyAnswer>, rehearse: () => Promise<void> = async () => {}) {
  const terms = createShellTerms(
    {
      answerPolicy: async () => answerWith(said),
      rehearseRecording: rehearse,
      connectRecorders: noRecorders,
    },
    PLACE,
  );
  return { terms, agree: (consent: ShellConsent = {}) => terms.agree(consent) };
}

const HINT = 'The policy says so: rule "production", /etc/p.yaml:7.';

test('where nothing is asked for everything is agreed on, and the answer is kept', async () => {
  const { terms, agree } = termsOf({});
  expect(terms.answer).toBeUndefined();
  expect(await agree()).toEqual(DEFAULT_ANSWER);
  expect(terms.answer).toEqual(DEFAULT_ANSWER);
  expect(await createShellTerms(undefined, PLACE).agree({})).toEqual(DEFAULT_ANSWER);
});

test('a reason that is required has to be given; one that is asked for need not', async () => {
  const { terms, agree } = termsOf({ reason: 'required' });
  for (const reason of [{}, { reason: '  ' }]) {
    await expect(agree(reason)).rejects.toMatchObject({
      code: 'policy-refused',
      message: 'a reason has to be given for this shell',
      hint: HINT,
    });
  }
  expect(terms.answer).toBeUndefined();
  await agree({ reason: 'INC-7' });
  await termsOf({ reason: 'asked' }).agree();
});

test('the context’s or the namespace’s name is typed, and nothing else will do', async () => {
  const { agree } = termsOf({ confirm: 'typed' });
  for (const confirmation of [undefined, '', 'yes', 'Prod', 'web-1']) {
    await expect(agree(confirmation === undefined ? {} : { confirmation })).rejects.toMatchObject({
      code: 'policy-refused',
      message: 'prod or payments has to be typed to open a shell there',
    });
  }
  await agree({ confirmation: ' prod ' });
  await agree({ confirmation: 'payments' });
});

test('what has to be recorded is rehearsed, and the rule that wants it is named', async () => {
  let rehearsals = 0;
  await termsOf({ recording: 'best-effort' }, () => Promise.reject(new Error('not asked for'))).agree();
  const required = termsOf({ recording: 'required' }, async () => {
    rehearsals += 1;
  });
  await required.agree();
  expect(rehearsals).toBe(1);
  const full = termsOf({ recording: 'required' }, () => Promise.reject(new Error('the disk is full')));
  await expect(full.agree()).rejects.toMatchObject({
    code: 'recording-required',
    message: 'no shell is opened that cannot be recorded: the disk is full',
    hint: expect.stringContaining('The policy requires recordings: rule "production", /etc/p.yaml:7.'),
  });
});

test('where a recorder has to take it and the policy names none, no shell opens', async () => {
  await expect(termsOf({ atStart: 'closed' }).agree()).rejects.toMatchObject({
    code: 'policy-refused',
    message: 'this shell has to be on record at a recorder, and the policy names none',
    hint: HINT,
  });
  const { terms, agree } = termsOf({ midway: 'closed' });
  await agree();
  // Nor is anybody asked.
  expect(await terms.connect({ cols: 80, rows: 24 }, { signal: AbortSignal.abort() })).toBeUndefined();
});

test('whether what is typed is recorded is the policy’s to say where it says it', async () => {
  const decide = (input: PolicyAnswer['input'], on: boolean) => {
    const { terms, agree } = termsOf({ input });
    return agree().then(() => terms.check({ kind: 'input', on }));
  };
  await expect(decide('never', true)).rejects.toMatchObject({ code: 'bad-input', hint: HINT });
  await expect(decide('always', false)).rejects.toMatchObject({ code: 'bad-input', hint: HINT });
  await decide('never', false);
  await decide('always', true);
  await decide('allowed', true);
});

test('a pause is refused by the answer that was agreed on, and by a stricter one that came later', async () => {
  let pause: PolicyAnswer['pause'] = 'never';
  const terms = createShellTerms(
    {
      answerPolicy: async () => answerWith({ pause }),
      rehearseRecording: async () => {},
      connectRecorders: noRecorders,
    },
    PLACE,
  );
  await terms.agree({});
  pause = 'allowed';
  await expect(terms.check({ kind: 'pause', on: true })).rejects.toMatchObject({ code: 'bad-input' });
  await terms.agree({});
  await terms.check({ kind: 'pause', on: true });
  pause = 'never';
  await expect(terms.check({ kind: 'pause', on: true })).rejects.toMatchObject({ hint: HINT });
  await terms.check({ kind: 'pause', on: false });
  await terms.check({ kind: 'mark', label: 'here' });
});
