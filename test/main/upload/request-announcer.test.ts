import { expect, test } from 'vitest';
import type { PolicyAnswer } from '../../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../../main/policy/strictest-answer.ts';
import { type AnnouncedRequest, createRequestAnnouncer } from '../../../main/upload/request-announcer.ts';
import { type ForeignRecorder, startForeignRecorder } from '../../fakes/foreign-recorder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createRecorderNeeds } from '../../fakes/recorder-client.ts';

const options = new AbortController();
const REQUEST: AnnouncedRequest = {
  context: 'prod',
  method: 'GET',
  uri: '/api/v1/namespaces/shop/pods/web-0/exec?command=login&command=s3cret',
  body: new Uint8Array(),
  info: { isResourceRequest: true, path: '/api/v1/namespaces/shop/pods/web-0/exec', verb: 'get' },
};

function createStage() {
  const clock = createManualClock();
  const logged: unknown[] = [];
  const log = { warn: (fields: unknown) => void logged.push(fields) } as never;
  const source = { node: 'laptop', nodeId: 'laptop', userId: 7, user: 'ada' };
  const announcer = createRequestAnnouncer({
    ...createRecorderNeeds(),
    clock,
    log,
    describeSource: () => source,
  });
  return { ...announcer, clock, logged };
}

function under(
  apiRequests: PolicyAnswer['apiRequests'],
  ...recorders: readonly ForeignRecorder[]
): PolicyAnswer {
  const because = [
    { setting: 'apiRequests', value: apiRequests, file: '/p.yaml', line: 4, rule: 'all' },
  ] as const;
  const named = recorders.map(({ url }) => ({ kind: 'tsrecorder', url, name: 'vault' }) as const);
  return { ...DEFAULT_ANSWER, apiRequests, recorders: named, because };
}

test('a request is told with who sends it, when and with what', async () => {
  const recorder = await startForeignRecorder();
  const { announce, untold, clock } = createStage();
  await announce(REQUEST, under('required', recorder), options);
  expect(recorder.events).toMatchObject([
    {
      type: 'kubernetes-api-request',
      timestamp: Math.floor(clock.nowMs() / 1_000),
      userAgent: 'kubereel/1.2.3',
      request: { method: 'GET', path: REQUEST.uri, queryParameters: { command: ['login', 's3cret'] } },
      kubernetes: { Verb: 'get' },
      source: { node: 'laptop', nodeUser: 'ada' },
    },
  ]);
  expect(untold()).toEqual([]);
});

test('the request of another program is told as that program’s', async () => {
  const recorder = await startForeignRecorder();
  const { announce } = createStage();
  await announce({ ...REQUEST, userAgent: 'kubectl/v1.32' }, under('required', recorder), options);
  expect(recorder.events).toMatchObject([{ userAgent: 'kubectl/v1.32' }]);
});

test('without the policy’s word no recorder hears of it', async () => {
  const recorder = await startForeignRecorder();
  const { announce, untold } = createStage();
  await announce(REQUEST, under('untold', recorder), options);
  expect(recorder.requests).toEqual([]);
  expect(untold()).toEqual([]);
});

test('required: a request that no recorder was told of is not sent, and each answer is named', async () => {
  const old = await startForeignRecorder({ takesEvents: false });
  const gone = await startForeignRecorder();
  await gone.kill();
  const { announce, untold } = createStage();
  await expect(announce(REQUEST, under('required', old, gone), options)).rejects.toMatchObject({
    code: 'delivery-required',
    message: [
      `GET ${REQUEST.info.path} was not sent, as a recorder has to be told of it before, and none was:`,
      `1. recorder vault (${old.url}) takes no events (/v2/event). A newer version of it may.`,
      `2. recorder vault (${gone.url}) cannot be reached: nothing listens there`,
    ].join('\n'),
    hint: 'The policy says so: rule "all", /p.yaml:4.',
  });
  await expect(announce(REQUEST, under('required'), options)).rejects.toMatchObject({
    message: expect.stringMatching(/\n1\. the policy names no recorder$/),
  });
  expect(untold()).toEqual([]);
});

test('told: what no recorder was told of goes on, is logged without its arguments, and counted', async () => {
  const old = await startForeignRecorder({ takesEvents: false });
  const { announce, untold, clock, logged } = createStage();
  const sinceMs = clock.nowMs();
  await announce(REQUEST, under('told', old), options);
  await announce({ ...REQUEST, context: 'dev' }, under('told'), options);
  await announce(REQUEST, under('told'), options);
  expect(untold()).toEqual([
    { context: 'prod', count: 2, sinceMs, reasons: ['the policy names no recorder'] },
    { context: 'dev', count: 1, sinceMs, reasons: ['the policy names no recorder'] },
  ]);
  expect(logged).toHaveLength(3);
  expect(logged[0]).toMatchObject({ context: 'prod', method: 'GET', path: REQUEST.info.path });
  expect(JSON.stringify(logged)).not.toContain('s3cret');
});

test('who no longer wants it gets the reason, also where it would go on', async () => {
  const silent = await startForeignRecorder({ silentAt: 'probe' });
  const given = new AbortController();
  const { announce, untold } = createStage();
  const announcing = announce(REQUEST, under('told', silent), given);
  given.abort(new Error('enough'));
  await expect(announcing).rejects.toThrow('enough');
  expect(untold()).toEqual([]);
});
