/** Our client and our recorder, built by their protocol's description, meet. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeRequest } from '../../main/kube/request-info.ts';
import { formatApiRequestEvent, sendEvent } from '../../main/upload/recorder/recorder-event.ts';
import { createTsrecorderClient } from '../../main/upload/tsrecorder/tsrecorder.ts';
import { startForeignRecorder } from '../fakes/foreign-recorder.ts';
import { startTestRecorder } from '../fakes/recorder.ts';
import { createRecorderNeeds, makeCast, SUBJECT, writeToken } from '../fakes/recorder-client.ts';
import { eventually, until } from '../fakes/until.ts';

const { signal } = new AbortController();
const CAST = makeCast(300_000);
const sha256 = createHash('sha256').update(CAST).digest('hex');

const TOKEN = '0123456789abcdef0123456789abcdef';

test('a delivery is durable while it goes on, stored under its id, and the same one again is no second recording', async () => {
  const recorder = await startTestRecorder();
  const client = createTsrecorderClient(createRecorderNeeds(), { kind: 'tsrecorder', url: recorder.url });
  await client.check({ signal });
  const upload = await client.open(SUBJECT, { signal });
  expect(upload.isDurable).toBe(true);
  await upload.write(CAST);
  await until(() => upload.ackedBytes === CAST.length);
  expect(await upload.finish()).toMatchObject({ bytes: CAST.length });
  const again = await client.open({ ...SUBJECT, isRepeated: true }, { signal });
  await again.write(CAST);
  expect(await again.finish()).toMatchObject({ message: expect.stringContaining('already') });
  const facts = JSON.parse((await recorder.read(`recordings/${SUBJECT.recordingId}.json`)).toString());
  expect(facts).toMatchObject({ state: 'whole', sha256, bytes: CAST.length });
  expect(await readdir(join(recorder.folder, 'recordings'))).toHaveLength(2);
});

test('a delivery that is cancelled is partial at our recorder, and broken off at any other', async () => {
  const recorder = await startTestRecorder();
  const foreign = await startForeignRecorder({ isStrict: false });
  for (const { url } of [recorder, foreign]) {
    const client = createTsrecorderClient(createRecorderNeeds(), { kind: 'tsrecorder', url });
    const upload = await client.open(SUBJECT, { signal });
    await upload.write(CAST);
    await until(() => upload.ackedBytes === CAST.length);
    upload.cancel();
  }
  await eventually(() => recorder.read(`recordings/${SUBJECT.recordingId}.partial.json`));
  expect(await readdir(join(recorder.folder, 'recordings'))).toHaveLength(2);
  await until(() => foreign.deliveries[0]?.state !== 'open');
  expect(foreign.deliveries[0]?.state).toBe('broken');
});

test('what our recorder refuses reaches the client as its own reason', async () => {
  const recorder = await startTestRecorder({ access: { kind: 'token', token: TOKEN } });
  const client = createTsrecorderClient(createRecorderNeeds(), { kind: 'tsrecorder', url: recorder.url });
  await expect(client.check({ signal })).rejects.toMatchObject({ code: 'recorder-refused' });
  const full = await startTestRecorder({ floorBytes: 1_000_000, readFree: async () => 1_000 });
  const owed = createTsrecorderClient(createRecorderNeeds(), { kind: 'tsrecorder', url: full.url });
  await expect(owed.open(SUBJECT, { signal })).rejects.toMatchObject({
    message: expect.stringContaining('disk full'),
  });
});

test('a request is told before it is sent: its event is kept, and one without the token is not', async () => {
  const recorder = await startTestRecorder({ access: { kind: 'token', token: TOKEN } });
  const event = {
    timestamp: 1_700_000_000,
    userAgent: 'kubereel/1.2.3',
    method: 'GET',
    uri: '/api/v1/namespaces/shop/pods?limit=5',
    body: new Uint8Array(),
    info: describeRequest('GET', '/api/v1/namespaces/shop/pods', new URLSearchParams('limit=5')),
    source: { node: 'laptop', nodeId: 'laptop', userId: 7, user: 'ada' },
  };
  const strange = { kind: 'tsrecorder', url: recorder.url } as const;
  const known = { ...strange, tokenFile: await writeToken(TOKEN) };
  expect(await sendEvent(createRecorderNeeds(), [strange, known], event, { signal })).toMatchObject({
    recorder: known,
    attempts: [{ recorder: strange, error: { code: 'recorder-refused' } }],
  });
  const [day = ''] = await readdir(join(recorder.folder, 'events'));
  const lines = (await recorder.read(`events/${day}`)).toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).event)).toEqual([JSON.parse(formatApiRequestEvent(event))]);
});
