import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import type { PolicyAnswer } from '../../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../../main/policy/strictest-answer.ts';
import { connectAsAgreed, createUndelivered } from '../../../main/session/delivery-duty.ts';
import { createScriptedRecorders, lostAt, SPARE, VAULT } from '../../fakes/scripted-recorders.ts';

const { signal } = new AbortController();
const SUBJECT = {
  place: { context: 'prod', namespace: 'payments', pod: 'web-1' },
  size: { cols: 80, rows: 24 },
};
const BECAUSE: PolicyAnswer['because'] = (['atStart', 'midway'] as const).map((setting) => ({
  setting,
  value: 'closed',
  file: '/p.yaml',
  line: 7,
  rule: 'production',
}));
const HINT = 'The policy says so: rule "production", /p.yaml:7.';

function connect(said: Partial<PolicyAnswer>, attempts = [lostAt(VAULT), lostAt(SPARE, 'no answer')]) {
  const recorders = createScriptedRecorders('/r');
  recorders.answer = { attempts, state: { kind: 'owed', sinceMs: 5, attempts } };
  const answer = { ...DEFAULT_ANSWER, recorders: [VAULT, SPARE], because: BECAUSE, ...said };
  return { recorders, start: connectAsAgreed(recorders.connect, answer, SUBJECT, { signal }) };
}

test('where none took it and one has to, each attempt is told in its order with what to do', async () => {
  const { recorders, start } = connect({ atStart: 'closed' });
  await expect(start).rejects.toMatchObject({
    code: 'delivery-required',
    message: [
      'this shell has to be on record at a recorder, and none took it:',
      '1. the recorder cut the connection. Look whether it runs.',
      '2. no answer. Look whether it runs.',
    ].join('\n'),
    hint: HINT,
  });
  expect(recorders.deeds).toEqual(['connect vault,192.0.2.2:80', 'cancel']);
});

test('where it opens all the same the attempts are handed on, whatever holds midway', async () => {
  for (const said of [{}, { midway: 'closed' as const }]) {
    const { recorders, start } = connect(said);
    expect(await start).toMatchObject({ isConnected: false, attempts: [{ recorder: VAULT }, {}] });
    expect(recorders.deeds).not.toContain('cancel');
  }
});

test('recorder-needs-clear: refuses at the start where a door is closed at any time, and opens else', async () => {
  const clear = [{ recorder: VAULT, error: new AppError('recorder-needs-clear', 'takes nothing encrypted') }];
  for (const door of ['atStart', 'midway'] as const) {
    const { start } = connect({ [door]: 'closed' }, clear);
    await expect(start).rejects.toMatchObject({ code: 'delivery-required', hint: HINT });
  }
  expect(await connect({}, clear).start).toMatchObject({ isConnected: false });
});

test('nobody is asked where no recorder is named', async () => {
  const { recorders, start } = connect({ recorders: [] });
  expect(await start).toBeUndefined();
  expect(recorders.deeds).toEqual([]);
});

test('the end of a shell says what it had to be, why it was not, and where its recording is', () => {
  const answer = { ...DEFAULT_ANSWER, because: BECAUSE };
  expect(createUndelivered(lostAt(VAULT).error, answer)).toMatchObject({
    code: 'delivery-required',
    message: 'the shell was ended, as it has to be on record at a recorder: the recorder cut the connection',
    hint: `Its recording is kept here, and brought to a recorder later. ${HINT}`,
  });
});
