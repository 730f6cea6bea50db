import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { POD_PLANS } from '../../../main/demo/demo-pods.ts';
import { createDemoStore } from '../../../main/demo/demo-store.ts';
import { type ExecRequest, parseExecRequest, startExec } from '../../../main/demo/exec-request.ts';
import { buildPod } from '../../../main/demo/pod-builder.ts';

const NAMES = {
  web: 'web-5d9c7b6f4-x2kqp',
  postgres: 'postgres-0',
  console: 'nightly-recommendation-model-retraining-orchestrator-6c8f7d9b54-q7w2e',
  completed: 'catalog-import-29301120-q8xvl',
};
const store = createDemoStore();
for (const plan of POD_PLANS) store.put('pods', buildPod(plan, 0));

function parse(name: string, query: string, kind: 'exec' | 'attach' = 'exec'): ExecRequest {
  const namespace = POD_PLANS.find((plan) => plan.name === name)?.namespace ?? 'shop';
  return parseExecRequest({ store, plans: POD_PLANS }, { kind, namespace, name }, new URLSearchParams(query));
}

const SH = 'command=sh&stdout=true';

test('the command keeps its arguments, with spaces, signs and line ends', () => {
  const { work } = parse(NAMES.web, 'command=sh&command=-c&command=echo+%22%26%22%0Aecho+%C5%BC&stdout=1');
  expect(work.command).toEqual(['sh', '-c', 'echo "&"\necho ż']);
});

test('streams are what the query asks for', () => {
  expect(parse(NAMES.web, 'command=sh&stdin=true&stdout=true&stderr=false')).toMatchObject({
    stdin: true,
    stdout: true,
    stderr: false,
    work: { tty: false, hasInput: true },
  });
});

test('a terminal has no standard error', () => {
  expect(parse(NAMES.web, 'command=sh&tty=true&stdout=true&stderr=true')).toMatchObject({
    stderr: false,
    work: { tty: true },
  });
});

test.each([
  [NAMES.web, 'command=sh', 'you must specify at least 1 of stdin, stdout, stderr'],
  [NAMES.web, 'stdout=true', 'you must specify at least one command for the container'],
  [NAMES.web, `${SH}&container=nosuch`, `container nosuch is not valid for pod ${NAMES.web}`],
  [
    NAMES.postgres,
    SH,
    'a container name must be specified for pod postgres-0, choose one of: [postgres metrics] or one of the init containers: [init-permissions]',
  ],
  ['nosuch', SH, 'pods "nosuch" not found'],
])('%s with %s is refused before the upgrade', (name, query, words) => {
  expect(() => parse(name, query)).toThrow(words);
});

test('the only container is the default, others are named, init containers too', () => {
  expect(parse(NAMES.web, SH).work.container.name).toBe('web');
  expect(parse(NAMES.postgres, `${SH}&container=metrics`).work.container.name).toBe('metrics');
  expect(parse(NAMES.postgres, `${SH}&container=init-permissions`).work.container.name).toBe(
    'init-permissions',
  );
});

test('attaching has a terminal where the container has one, whatever the query says', () => {
  expect(parse(NAMES.console, 'stdin=true&stdout=true', 'attach').work).toMatchObject({
    tty: true,
    command: ['sh'],
  });
  const background = parse(NAMES.web, 'stdout=true&tty=true', 'attach').work;
  expect(background.tty).toBe(false);
  expect(background.command[0]).toBe('sh');
});

test.each([
  [NAMES.completed, SH, 'import'],
  [NAMES.postgres, `${SH}&container=init-permissions`, 'init-permissions'],
])('a container of %s that does not run is refused after the upgrade', async (name, query, container) => {
  const runtime = { start: () => Promise.reject(new Error('must not be started')) } as never;
  await expect(startExec({ clock: createSystemClock(), store, runtime }, parse(name, query))).rejects.toThrow(
    `Internal error occurred: unable to upgrade connection: container not found ("${container}")`,
  );
});
