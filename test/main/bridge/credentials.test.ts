import { expect, test } from 'vitest';
import { createLoginScreen } from '../../../main/credentials/login-terminal.ts';
import { createRecordDecoder, type TerminalRecord } from '../../../preload/terminal-records.ts';
import { startTestCore } from '../../fakes/core.ts';
import { until } from '../../fakes/until.ts';

const subject = { context: 'c', kubeconfigPath: '/k', command: 'aws', path: '/bin/aws', args: [] };

test('a page is told of requests, answers them, and is somebody who is there', async () => {
  const app = await startTestCore();
  const { requests: userRequests } = app.core.credentials;
  expect(userRequests.isAttended).toBe(false);
  const client = app.connect();
  const counts: number[] = [];
  client.on('credentials.changed', (requests) => counts.push(requests.length));
  await client.call('credentials.requests', {});
  expect(userRequests.isAttended).toBe(true);
  const answers: string[] = [];
  const open = userRequests.open('consent', subject, { onAnswer: (answer) => answers.push(answer) });
  const [request] = await client.call('credentials.requests', {});
  expect(request).toMatchObject({ kind: 'consent', ...subject, waiting: 1 });
  await client.call('credentials.answer', { requestId: request?.requestId ?? '', answer: 'refuse' });
  expect(answers).toEqual(['refuse']);
  open.close();
  await until(() => counts.at(-1) === 0);
  await expect(
    client.call('credentials.answer', { requestId: request?.requestId ?? '', answer: 'allow' }),
  ).rejects.toMatchObject({ code: 'not-found' });
  await app.end();
  expect(userRequests.isAttended).toBe(false);
});

test('a login is a terminal: seen from its start, typed into, resized, ended with it', async () => {
  const app = await startTestCore();
  const screen = createLoginScreen();
  const typed: string[] = [];
  const sizes: unknown[] = [];
  const open = app.core.credentials.requests.open('login', subject, {
    onAnswer: () => {},
    terminal: {
      view: screen.view,
      write: async (bytes) => void typed.push(Buffer.from(bytes).toString()),
      resize: (size) => sizes.push(size),
    },
  });
  const client = app.connect();
  const [request] = await client.call('credentials.requests', {});
  const requestId = request?.requestId ?? '';
  screen.push({ kind: 'output', timeMicros: 5, bytes: Buffer.from('code? ') });
  const stream = client.open('credentials.login', { requestId });
  const decoder = createRecordDecoder();
  const records: TerminalRecord[] = [];
  const shown = (async () => {
    for await (const bytes of stream.input) records.push(...decoder.push(bytes));
  })();
  await until(() => records.some(({ kind }) => kind === 'caught-up'));
  await stream.write(Buffer.from('1234\r'));
  await client.call('credentials.resize', { requestId, size: { cols: 90, rows: 20 } });
  await until(() => typed.join('') === '1234\r');
  expect(sizes).toEqual([{ cols: 90, rows: 20 }]);
  screen.end();
  await shown;
  expect(records[0]).toMatchObject({ kind: 'output', timeMicros: 5 });
  open.close();
  await app.end();
});
