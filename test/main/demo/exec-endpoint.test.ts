import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import { findInhabitants } from '../../../main/demo/process-family.ts';
import {
  askDemo,
  type DemoAccess,
  type ExecClient,
  execPath,
  openExec,
  readAccess,
} from '../../fakes/demo-client.ts';
import { startTestDemo } from '../../fakes/demo-start.ts';

const WEB = 'web-5d9c7b6f4-x2kqp';
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol': 'v5.channel.k8s.io',
};

let demo: DemoCluster;
let access: DemoAccess;
beforeAll(async () => {
  demo = await startTestDemo();
  access = await readAccess(demo);
});
afterAll(() => demo.stop());

function open(path: string, protocols?: string[]): Promise<ExecClient> {
  return openExec(`${demo.server}${path}`, { ...access, ...(protocols ? { protocols } : {}) });
}

describe.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])('%s', (protocol) => {
  test('a command’s outputs and exit code', async () => {
    const command = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
    const client = await open(execPath(WEB, { command }), [protocol]);
    expect(client.socket.protocol).toBe(protocol);
    expect(await client.ended).toMatchObject({
      code: 1000,
      status: { reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] } },
    });
    expect([client.output(1).toString(), client.output(2).toString()]).toEqual(['out\n', 'err\n']);
  });

  test('a terminal takes sizes and keys', async () => {
    const client = await open(execPath(WEB, { command: ['sh'], streams: ['stdin', 'stdout', 'tty'] }), [
      protocol,
    ]);
    client.send(4, '{"Width":91,"Height":27}');
    client.send(0, 'stty size; exit 0\r');
    expect((await client.ended).status).toEqual({ metadata: {}, status: 'Success' });
    expect(client.output(1).toString()).toContain('27 91');
  });
});

test('the end of input lets a filter finish', async () => {
  const client = await open(execPath(WEB, { command: ['wc', '-c'], streams: ['stdin', 'stdout'] }));
  client.send(0, Buffer.alloc(100_000));
  client.send(255, Buffer.of(0));
  expect((await client.ended).status).toEqual({ metadata: {}, status: 'Success' });
  expect(client.output(1).toString().trim()).toBe('100000');
});

test('a terminal’s end of input is a Ctrl-D', async () => {
  const client = await open(execPath(WEB, { command: ['sh'], streams: ['stdin', 'stdout', 'tty'] }));
  await expect.poll(() => client.output(1).toString()).toContain('$ ');
  client.send(255, Buffer.of(0));
  expect((await client.ended).status).toEqual({ metadata: {}, status: 'Success' });
});

test('the first of the client’s subprotocols that is known is taken', async () => {
  const path = execPath(WEB, { command: ['true'] });
  const client = await open(path, ['v9.channel.k8s.io', 'v4.channel.k8s.io', 'v5.channel.k8s.io']);
  expect(client.socket.protocol).toBe('v4.channel.k8s.io');
  await client.ended;
});

test.each(['v3.channel.k8s.io', 'base64.channel.k8s.io'])(
  '%s is refused as by a real server, without words',
  async (name) => {
    const headers = { ...UPGRADE, 'Sec-WebSocket-Protocol': name };
    const answer = await askDemo(access, execPath(WEB, { command: ['true'] }), { headers });
    expect({ code: answer.code, text: answer.text, type: answer.headers['content-type'] }).toEqual({
      code: 403,
      text: '',
      type: undefined,
    });
  },
);

test.each([
  ['an unknown pod', execPath('nosuch', { command: ['sh'] }), 404, 'pods "nosuch" not found'],
  [
    'an unknown container',
    execPath(WEB, { command: ['sh'], container: 'x' }),
    400,
    `container x is not valid for pod ${WEB}`,
  ],
  [
    'no container of several',
    execPath('postgres-0', { namespace: 'data', command: ['sh'] }),
    400,
    'a container name must be specified for pod postgres-0',
  ],
  [
    'no streams',
    execPath(WEB, { command: ['sh'], streams: [] }),
    400,
    'you must specify at least 1 of stdin, stdout, stderr',
  ],
  [
    'no right',
    execPath('coredns-7db6d8ff4d-8xw5h', { namespace: 'kube-system', command: ['sh'] }),
    403,
    'User "demo" cannot get resource "pods/exec"',
  ],
])('%s is refused with a Status instead of the upgrade', async (_case, path, code, words) => {
  const answer = await askDemo(access, path, { headers: UPGRADE });
  expect(answer.code).toBe(code);
  expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', code });
  expect(answer.json?.['message']).toContain(words);
});

test('a wrong token is refused with a Status instead of the upgrade', async () => {
  const answer = await askDemo({ ...access, token: 'wrong' }, execPath(WEB, { command: ['sh'] }), {
    headers: UPGRADE,
  });
  expect(answer).toMatchObject({ code: 401, json: { reason: 'Unauthorized' } });
});

test('SPDY is refused with a Status that says what is spoken', async () => {
  const headers = { Connection: 'Upgrade', Upgrade: 'SPDY/3.1' };
  const answer = await askDemo(access, execPath(WEB, { command: ['sh'] }), { method: 'POST', headers });
  expect(answer).toMatchObject({ code: 400, json: { reason: 'BadRequest' } });
  expect(answer.json?.['message']).toContain('speaks websocket here, and not spdy/3.1');
});

test('without an upgrade there is no exec', async () => {
  const answer = await askDemo(access, execPath(WEB, { command: ['sh'] }));
  expect(answer).toMatchObject({ code: 400, json: { message: 'Upgrade request required' } });
});

test('an upgrade of something else is not found', async () => {
  const answer = await askDemo(access, '/api/v1/namespaces/shop/pods', { headers: UPGRADE });
  expect(answer.code).toBe(404);
});

test('what fails after the upgrade comes as a status', async () => {
  const noShell = await open(execPath('payments-6b8f5d7c9-h7w2d', { command: ['sh'] }));
  expect((await noShell.ended).status).toMatchObject({
    reason: 'InternalError',
    code: 500,
    message: expect.stringContaining('executable file not found in $PATH'),
  });
  const completed = await open(execPath('catalog-import-29301120-q8xvl', { command: ['sh'] }));
  expect((await completed.ended).status).toMatchObject({
    reason: 'InternalError',
    message: expect.stringContaining('container not found ("import")'),
  });
});

test('attaching shows what the container does, or takes its terminal', async () => {
  const watcher = await open(execPath(WEB, { kind: 'attach', streams: ['stdout', 'stderr'] }));
  await expect.poll(() => watcher.output(1).toString()).toContain('request 1 served');
  watcher.socket.terminate();

  const name = 'nightly-recommendation-model-retraining-orchestrator-6c8f7d9b54-q7w2e';
  const console = await open(
    execPath(name, { kind: 'attach', namespace: 'data', streams: ['stdin', 'stdout', 'tty'] }),
  );
  console.send(0, 'echo $((6 * 7)); exit 9\r');
  expect((await console.ended).status).toEqual({ metadata: {}, status: 'Success' });
  expect(console.output(1).toString()).toContain('42');
});

test.skipIf(process.platform !== 'linux')('nothing lives on when clients just go away', async () => {
  const shells = await Promise.all(
    [
      ['stdin', 'stdout', 'tty'],
      ['stdin', 'stdout'],
    ].map((streams) =>
      open(
        execPath(WEB, { command: ['bash', '-c', 'sleep 600 & nohup sleep 600 & echo ready; cat'], streams }),
      ),
    ),
  );
  for (const shell of shells) await expect.poll(() => shell.output(1).toString()).toContain('ready');
  const { folder } = demo as Awaited<ReturnType<typeof startTestDemo>>;
  expect((await findInhabitants(folder)).length).toBeGreaterThanOrEqual(6);
  for (const shell of shells) shell.socket.terminate();
  await expect.poll(() => findInhabitants(folder)).toEqual([]);
});
