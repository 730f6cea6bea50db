import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContractClient } from '../../../preload/client.ts';
import type { RecordingInfo } from '../../../preload/contract.ts';
import { createRecordDecoder } from '../../../preload/terminal-records.ts';
import { watchSession } from '../../fakes/app-client.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { startTestDemo } from '../../fakes/demo-start.ts';
import { findInHome } from '../../fakes/home-search.ts';

const SIZE = { cols: 100, rows: 30 };
/** Shown, typed and asked for as a command; in no other word. */
const MARKERS = ['qx-screen-marker', 'qx-command-marker'];

let demo: Awaited<ReturnType<typeof startTestDemo>>;
let app: TestCore;
let client: ContractClient;
let pod: string;

beforeAll(async () => {
  demo = await startTestDemo();
  app = await startTestCore({ KUBECONFIG: demo.kubeconfigPath });
  client = app.connect();
  const pods = new Promise<readonly { name: string }[]>((resolve) =>
    client.on('pods.changed', ({ reset, upserted }) => reset && resolve(upserted)),
  );
  await client.call('pods.watch', { context: 'kubereel-demo', namespace: 'shop' });
  pod = (await pods).find(({ name }) => name.startsWith('web-'))?.name ?? '';
});
afterAll(async () => {
  await app?.end();
  await demo?.stop();
});

async function play(recordingId: string): Promise<string> {
  const decoder = createRecordDecoder();
  const parts: Uint8Array[] = [];
  for await (const bytes of client.open('library.play', { recordingId }).input) {
    for (const record of decoder.push(bytes)) if (record.kind === 'output') parts.push(record.bytes);
  }
  return Buffer.concat(parts).toString();
}

async function recordShell(): Promise<{ readonly shown: string; readonly recording: RecordingInfo }> {
  const before = new Set((await client.call('library.list', {})).map(({ recordingId }) => recordingId));
  const command = ['sh', '-c', 'echo ready; exec cat', 'qx-command-marker'];
  const target = { context: 'kubereel-demo', namespace: 'shop', pod, command };
  const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
  const first = watchSession(client, sessionId);
  await first.seen('ready');
  await first.type('qx-screen-marker\r');
  await first.seen('qx-screen-marker\r\nqx-screen-marker\r\n');
  // A window that is opened now is shown what is in the file so far.
  const second = watchSession(client, sessionId);
  await second.seen('qx-screen-marker\r\nqx-screen-marker\r\n');
  await client.call('sessions.close', { sessionId });
  await Promise.all([first.done, second.done]);
  expect(second.text()).toBe(first.text());
  const recordings = await client.call('library.list', {});
  const recording = recordings.find(({ recordingId }) => !before.has(recordingId));
  if (!recording) throw new Error('nothing was recorded');
  return { shown: first.text(), recording };
}

test('a recipient that is none is refused, and says what one is', async () => {
  const setting = client.call('settings.set', { changes: { encryption: { recipients: ['age1nonsense'] } } });
  await expect(setting).rejects.toMatchObject({
    code: 'bad-input',
    message: 'not an age recipient: age1nonsense',
    hint: expect.stringContaining('62 characters'),
  });
  expect((await client.call('settings.get', {})).settings.encryption).toEqual({ recipients: [] });
});

test('an encrypted session is shown twice, replays with its key, and stands nowhere in the clear', async () => {
  expect(await client.call('encryption.keys', {})).toEqual([]);
  const { recipient, secret } = await client.call('encryption.newKey', {});
  expect(await readFile(join(app.home, 'keys', 'age-identities'), 'utf8')).toContain(secret);
  expect(await client.call('encryption.keys', {})).toEqual([recipient]);
  await client.call('settings.set', { changes: { encryption: { recipients: [recipient] } } });

  const { recording, shown } = await recordShell();
  expect(recording).toMatchObject({ encryptedTo: [recipient], pod, state: 'closed', command: [] });
  expect(recording.isLocked).toBeUndefined();
  expect(recording.path).toMatch(/\.cast\.age$/);
  expect(await play(recording.recordingId)).toBe(shown);
  expect(await findInHome(app.home, MARKERS)).toEqual([]);
  const verified = await client.call('library.verify', { recordingId: recording.recordingId });
  expect(verified.verdict).toBe('intact');
});

test('without its key a recording is locked until the key is added', async () => {
  const [recording] = await client.call('library.list', {});
  if (!recording) throw new Error('there is no recording');
  const { recordingId } = recording;
  const identities = join(app.home, 'keys', 'age-identities');
  const aside = join(app.home, 'keys', 'aside');
  await mkdir(aside);
  await rename(identities, join(aside, 'age-identities'));
  expect(await client.call('library.get', { recordingId })).toMatchObject({ isLocked: true, pod });
  await expect(play(recordingId)).rejects.toMatchObject({ code: 'recording-locked' });
  expect((await client.call('library.verify', { recordingId })).verdict).toBe('intact');

  await expect(client.call('encryption.addKeys', { text: 'nonsense' })).rejects.toMatchObject({
    code: 'bad-input',
    message: 'line 1: this is no age identity',
  });
  const told = new Promise<RecordingInfo>((resolve) => {
    client.on('library.changed', (change) => {
      if (change.kind === 'put' && !change.recording.isLocked) resolve(change.recording);
    });
  });
  const text = await readFile(join(aside, 'age-identities'), 'utf8');
  const { added } = await client.call('encryption.addKeys', { text });
  expect(added).toEqual(recording.encryptedTo);
  expect((await told).recordingId).toBe(recordingId);
  expect(await play(recordingId)).toContain('qx-screen-marker');
});

test('what is recorded in the clear and what is encrypted stand side by side', async () => {
  await client.call('settings.set', { changes: { encryption: { recipients: [] } } });
  const { recording } = await recordShell();
  expect(recording.encryptedTo).toBeUndefined();
  expect((await findInHome(app.home, ['qx-screen-marker'])).map((path) => path.slice(-5))).toEqual(['.cast']);
  expect(await client.call('library.list', {})).toHaveLength(2);
});
