import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { createLog } from '../../../main/base/log.ts';
import type { PolicyAnswer } from '../../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../../main/policy/strictest-answer.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { createSessions } from '../../../main/session/sessions.ts';
import { makeCastFolder, readEvents } from '../../fakes/cast-folder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { noRecorders } from '../../fakes/scripted-recorders.ts';
import { createScriptedShell } from '../../fakes/scripted-shell.ts';
import { until } from '../../fakes/until.ts';

const SIZE = { cols: 80, rows: 24 };
const TARGET = { context: 'prod', namespace: 'payments', pod: 'web-1' };

/** Sessions under a policy that may change. */
async function openUnder(said: Partial<PolicyAnswer>, target: object = {}) {
  const folder = await makeCastFolder();
  const clock = createManualClock();
  const shell = createScriptedShell();
  const policy = { said, isBroken: false };
  const asked: unknown[] = [];
  const wishes: unknown[] = [];
  let path = '';
  let opens = 0;
  const sessions = createSessions({
    clock,
    log: createLog({ level: 'silent' }),
    random: () => 0.5,
    newSessionId: () => 's1',
    async openShell() {
      opens += 1;
      return { stream: shell.stream, container: 'app', command: ['sh'], place: { server: '' } };
    },
    async newCastWriter(details, size, wish) {
      wishes.push(wish);
      const writer = await createCastWriter({ clock, folder }, { details, size });
      path = writer.path;
      return writer;
    },
    terms: {
      async answerPolicy(place) {
        asked.push(place);
        if (policy.isBroken) throw new AppError('policy-invalid', 'no shell is opened');
        return { ...DEFAULT_ANSWER, ...policy.said };
      },
      rehearseRecording: async () => {},
      connectRecorders: noRecorders,
    },
  });
  const session = sessions.open({ ...TARGET, ...target }, SIZE);
  async function goLive(): Promise<void> {
    shell.print('$ ');
    await until(() => session.snapshot().state.kind === 'live');
  }
  return { sessions, session, shell, policy, goLive, asked, wishes, opens: () => opens, path: () => path };
}

test('a shell that the policy has off is shown and not recorded, and says why', async () => {
  const because = [
    { setting: 'recording', value: 'off', file: '/p.yaml', line: 4, rule: 'scratch' } as const,
  ];
  const { sessions, session, goLive, path } = await openUnder({ recording: 'off', because });
  await goLive();
  expect(session.snapshot().recording).toEqual({
    kind: 'off',
    reason: 'The policy says so: rule "scratch", /p.yaml:4.',
  });
  await expect(session.decide({ kind: 'mark', label: 'x' })).rejects.toMatchObject({
    code: 'recording-failed',
  });
  expect(path()).toBe('');
  await sessions.end();
});

test('a broken policy, or something that was not given, opens nothing', async () => {
  const refused = await openUnder({ reason: 'required' });
  await refused.session.ended;
  expect(refused.opens()).toBe(0);
  expect(refused.session.snapshot().state).toMatchObject({
    end: { kind: 'failed', error: { code: 'policy-refused' } },
  });
  const broken = await openUnder({}, { reason: 'x' });
  await broken.goLive();
  await broken.sessions.end();
  broken.policy.isBroken = true;
  const next = broken.sessions.open(TARGET, SIZE);
  await next.ended;
  expect(next.snapshot().state).toMatchObject({ end: { error: { code: 'policy-invalid' } } });
});

test('a shell on a node is asked about by the node’s name', async () => {
  const { sessions, goLive, asked } = await openUnder({}, { node: { name: 'n1', image: 'i' } });
  await goLive();
  expect(asked).toEqual([{ context: 'prod', namespace: 'payments', pod: 'node/n1' }]);
  await sessions.end();
});

test('redaction and input that the policy wants are there from the first byte', async () => {
  const { sessions, session, shell, goLive, wishes, path } = await openUnder({
    input: 'always',
    redaction: 'always',
  });
  await goLive();
  expect(wishes).toEqual([{ isRequired: false, isRedacted: true }]);
  expect(session.snapshot().recording).toMatchObject({ kind: 'recording', inputOn: true });
  await expect(session.decide({ kind: 'input', on: false })).rejects.toMatchObject({ code: 'bad-input' });
  await session.write(Buffer.from('l'));
  shell.print('l');
  await sessions.end();
  expect((await readEvents(path())).at(0)).toMatchObject({
    kind: 'marker',
    label: 'input is recorded from here',
  });
});

test('a pause ends when the policy forbids it, and cannot begin again', async () => {
  const { sessions, session, goLive, policy } = await openUnder({});
  await goLive();
  await session.decide({ kind: 'pause', on: true });
  await sessions.reviewPauses();
  expect(session.snapshot().recording).toHaveProperty('pausedAtMs');
  policy.said = { pause: 'never' };
  await sessions.reviewPauses();
  expect(session.snapshot().recording).not.toHaveProperty('pausedAtMs');
  await expect(session.decide({ kind: 'pause', on: true })).rejects.toMatchObject({ code: 'bad-input' });
  expect(session.snapshot().answer?.pause).toBe('allowed');
  await sessions.end();
});

test('a policy that cannot be followed any more ends a pause', async () => {
  const { sessions, session, goLive, policy } = await openUnder({});
  await goLive();
  await session.decide({ kind: 'pause', on: true });
  policy.isBroken = true;
  await sessions.reviewPauses();
  expect(session.snapshot().recording).not.toHaveProperty('pausedAtMs');
  await sessions.end();
});
