import { expect, test } from 'vitest';
import {
  type ApiRequestEvent,
  formatApiRequestEvent,
  sendEvent,
} from '../../../../main/upload/recorder/recorder-event.ts';
import { startForeignRecorder } from '../../../fakes/foreign-recorder.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { createRecorderNeeds } from '../../../fakes/recorder-client.ts';
import { until } from '../../../fakes/until.ts';

const { signal } = new AbortController();
const EVENT: ApiRequestEvent = {
  timestamp: 1_700_000_000,
  userAgent: 'kubectl/v1.32',
  method: 'GET',
  uri: '/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&limit=5&limit=6',
  body: Buffer.from('hé'),
  info: {
    isResourceRequest: true,
    path: '/api/v1/namespaces/shop/pods',
    verb: 'list',
    apiPrefix: 'api',
    apiVersion: 'v1',
    namespace: 'shop',
    resource: 'pods',
    parts: ['pods'],
    labelSelector: 'app=web',
  },
  source: { node: 'laptop.tail1.ts.net.', nodeId: 'nXYZ', userId: 7, user: 'a@b.c' },
};

test('the body is what the protocol wants, key for key', () => {
  expect(JSON.parse(formatApiRequestEvent(EVENT))).toEqual({
    type: 'kubernetes-api-request',
    id: '',
    timestamp: 1_700_000_000,
    userAgent: 'kubectl/v1.32',
    request: {
      method: 'GET',
      path: '/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&limit=5&limit=6',
      body: 'aMOp',
      queryParameters: { labelSelector: ['app=web'], limit: ['5', '6'] },
    },
    kubernetes: {
      IsResourceRequest: true,
      Path: '/api/v1/namespaces/shop/pods',
      Verb: 'list',
      APIPrefix: 'api',
      APIGroup: '',
      APIVersion: 'v1',
      Namespace: 'shop',
      Resource: 'pods',
      Subresource: '',
      Name: '',
      Parts: ['pods'],
      FieldSelector: '',
      LabelSelector: 'app=web',
    },
    source: { node: 'laptop.tail1.ts.net', nodeID: 'nXYZ', nodeUserID: 7, nodeUser: 'a@b.c' },
    destination: { node: '', nodeID: '' },
  });
});

test('what is of no resource has null for its parts, and an empty body is empty', () => {
  const info = { isResourceRequest: false, path: '/version', verb: 'get' };
  const event = JSON.parse(formatApiRequestEvent({ ...EVENT, uri: '/version', body: Buffer.alloc(0), info }));
  expect(event).toMatchObject({ request: { body: '', queryParameters: {} }, kubernetes: { Parts: null } });
});

test('a query key of an object’s own is a key like any other', () => {
  const event = JSON.parse(formatApiRequestEvent({ ...EVENT, uri: '/version?constructor=1&__proto__=2' }));
  expect(Object.entries(event.request.queryParameters)).toEqual([
    ['constructor', ['1']],
    ['__proto__', ['2']],
  ]);
});

test('the first recorder that takes events has it, and those before are told', async () => {
  const old = await startForeignRecorder({ takesEvents: false });
  const failing = await startForeignRecorder({ silentAt: 'probe' });
  const good = await startForeignRecorder();
  const unused = await startForeignRecorder();
  const recorders = [old, failing, good, unused].map(({ url }) => ({ kind: 'tsrecorder', url }) as const);
  const clock = createManualClock();
  const needs = { ...createRecorderNeeds({ firstAnswerMs: 300 }), clock };
  const sending = sendEvent(needs, recorders, EVENT, { signal });
  await until(() => failing.requests.length > 0);
  await clock.advance(300);
  const { recorder, attempts } = await sending;
  expect(recorder).toBe(recorders[2]);
  expect(attempts.map(({ error }) => [error.code, error.message.replace(/^.*?\d+ /, '')])).toEqual([
    ['recorder-unfit', 'takes no events (/v2/event)'],
    ['recorder-unreachable', 'did not answer within 0.3 s'],
  ]);
  expect(good.events).toEqual([JSON.parse(formatApiRequestEvent(EVENT))]);
  expect(good.requests).toEqual(['HEAD /v2/event HTTP/1.1', 'POST /v2/event HTTP/1.1']);
  expect(unused.requests).toEqual([]);
});

test('an asciinema server takes none, and is not asked', async () => {
  const { recorder, attempts } = await sendEvent(
    createRecorderNeeds(),
    [{ kind: 'asciinema', url: 'http://127.0.0.1:9' }],
    EVENT,
    { signal },
  );
  expect(recorder).toBeUndefined();
  expect(attempts).toMatchObject([{ error: { code: 'recorder-unfit' } }]);
});

test('who no longer wants it gets the reason', async () => {
  const silent = await startForeignRecorder({ silentAt: 'probe' });
  const gone = new AbortController();
  const sending = sendEvent(createRecorderNeeds(), [{ kind: 'tsrecorder', url: silent.url }], EVENT, gone);
  gone.abort(new Error('enough'));
  await expect(sending).rejects.toThrow('enough');
});
