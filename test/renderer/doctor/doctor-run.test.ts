import { expect, test } from 'vitest';
import { type RunState, runDoctor } from '../../../renderer/doctor/doctor-run.ts';
import { checksWith, reportOf, waitingChecks } from '../../fakes/doctor-checks.ts';
import { createPageCore, type PageCore } from '../../fakes/page-core.ts';
import { eventually, until } from '../../fakes/until.ts';

const QUESTION = { context: 'staging', namespace: 'shop' };

function start(core: PageCore) {
  const states: RunState[] = [];
  const stop = runDoctor(core.client, QUESTION, (state) => states.push(state));
  return { states, stop, kinds: () => states.map(({ kind }) => kind) };
}
const stopped = (core: PageCore): unknown[] =>
  core.calls.filter(({ name }) => name === 'doctor.stop').map(({ input }) => input);

test('a run tells what it finds until it is finished, and nothing after', async () => {
  const core = createPageCore({ doctorChecks: waitingChecks() });
  const run = start(core);
  await until(() => run.states.length === 2);
  expect(core.calls.at(-1)).toMatchObject({ name: 'doctor.run', input: QUESTION });
  core.emit('doctor.changed', reportOf(checksWith()));
  core.emit('doctor.changed', reportOf(waitingChecks()));
  expect(run.kinds()).toEqual(['starting', 'running', 'finished']);
  run.stop();
  expect(stopped(core)).toEqual([]);
});

test('reports of other runs are not its own', async () => {
  const core = createPageCore({ doctorChecks: waitingChecks() });
  const run = start(core);
  core.emit('doctor.changed', reportOf(checksWith(), { runId: 'another' }));
  await until(() => run.states.length === 2);
  core.emit('doctor.changed', reportOf(checksWith(), { runId: 'another' }));
  expect(run.kinds()).toEqual(['starting', 'running']);
  run.stop();
});

test('a report that comes before the answer is kept, the last of several', async () => {
  const core = createPageCore();
  const answer = core.client.call;
  const client: PageCore['client'] = {
    ...core.client,
    // As a wire that hands all of it over at once.
    call: async (name, input) => {
      const { runId } = (await answer(name, input)) as { runId: string };
      core.emit('doctor.changed', reportOf(waitingChecks(), { runId }));
      core.emit('doctor.changed', reportOf(checksWith(), { runId }));
      return { runId } as never;
    },
  };
  const states: RunState[] = [];
  runDoctor(client, QUESTION, (state) => states.push(state));
  await until(() => states.length > 1);
  expect(states.map(({ kind }) => kind)).toEqual(['starting', 'finished']);
});

test('stopped, it tells the core, also where the answer comes only then', async () => {
  const core = createPageCore({ doctorChecks: waitingChecks() });
  const running = start(core);
  await until(() => running.states.length === 2);
  running.stop();
  const early = start(core);
  early.stop();
  await eventually(() => expect(stopped(core)).toEqual([{ runId: 'run-1' }, { runId: 'run-2' }]));
  expect(early.kinds()).toEqual(['starting']);
});

test('a core that cannot begin says why', async () => {
  const core = createPageCore({
    failing: new Map([['doctor.run', { code: 'bad-input', message: '8 connections are checked already' }]]),
  });
  const run = start(core);
  await until(() => run.states.length === 2);
  expect(run.states[1]).toMatchObject({ kind: 'failed', problem: { code: 'bad-input' } });
});
