// covers: main/compose-agent.ts
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent } from '../../main/agent/agent.ts';
import { listenOnLoopback } from '../../main/base/loopback.ts';
import { openAgent, openOrigins } from '../../main/compose-agent.ts';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';
import { type BrowserHost, startBrowserHost } from '../../main/hosts/browser/browser-host.ts';
import { type AgentClient, openAgentClient } from '../fakes/agent-client.ts';
import { chromiumPath, launchChromium } from '../fakes/chromium.ts';
import { startTestCore, type TestCore } from '../fakes/core.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../fakes/temporary-folder.ts';
import { eventually, until } from '../fakes/until.ts';

/** What kubereel serve is made of, before the demo cluster: real shells, by real sockets, in real recordings. */
let demo: DemoCluster;
let started: TestCore;
let agent: Agent;
let host: BrowserHost;
let pageFolder: TemporaryFolder;
let token: string;
const CONSOLE = 'https://console.example';

beforeAll(async () => {
  demo = await startTestDemo();
  started = await startTestCore({ KUBECONFIG: demo.kubeconfigPath });
  const { core } = started;
  agent = await openAgent(core);
  pageFolder = await makeTemporaryFolder('page');
  await writeFile(join(pageFolder.path, 'index.html'), '<!doctype html>');
  const options = { port: 0, pageFolder: pageFolder.path, serve: () => {}, agent };
  host = await startBrowserHost({ log: core.log, clock: core.clock }, options);
  ({ token } = await openOrigins(core).allow(CONSOLE));
});
afterAll(async () => {
  await agent.end();
  await host.stop();
  await started.end();
  await demo.stop();
  await pageFolder.remove();
});

async function exec(frame: object = {}): Promise<AgentClient> {
  const client = await openAgentClient({ port: host.port, origin: CONSOLE, token });
  client.say({
    type: 'exec_init',
    cluster: demo.contextName,
    namespace: 'shop',
    pod: 'web-5d9c7b6f4-x2kqp',
    tty: true,
    ...frame,
  });
  return client;
}

async function findRecordings() {
  return (await started.core.library()).list();
}

describe.skipIf(process.platform === 'win32')('a page’s commands', () => {
  test('exit-codes-are-true: every one of them, with all that was printed before it', async () => {
    for (const exitCode of [0, 1, 2, 127, 255]) {
      const client = await exec({
        tty: false,
        command: ['sh', '-c', `echo out; echo err >&2; exit ${exitCode}`],
      });
      expect(await client.closed).toBe(1000);
      expect(client.heard.at(-1)).toEqual({ type: 'exit', exitCode });
      expect(client.text('stdout')).toBe('out\n');
      expect(client.text('stderr')).toBe('err\n');
    }
  });

  test('a shell answers what is typed, knows its size, and is on record with its door', async () => {
    const client = await exec({ command: ['/bin/sh'], cols: 90, rows: 30 });
    await client.frame('exec_started');
    client.say({ type: 'stdin', data: 'stty size; echo "wörld-$((6*7))"\r' });
    await until(() => client.text('stdout').includes('wörld-42'));
    expect(client.text('stdout')).toContain('30 90');
    client.say({ type: 'resize', cols: 100, rows: 20 });
    client.say({ type: 'stdin', data: 'stty size; exit 7\r' });
    expect(await client.closed).toBe(1000);
    expect(client.text('stdout')).toContain('20 100');
    expect(client.heard.at(-1)).toEqual({ type: 'exit', exitCode: 7 });
    await eventually(async () => {
      const found = (await findRecordings()).find(({ hasTty }) => hasTty === true);
      expect(found).toMatchObject({
        context: demo.contextName,
        namespace: 'shop',
        door: { kind: 'browser', client: CONSOLE },
      });
    });
  });

  test('no-dropped-stdin: a paste of 1 MiB and many small frames arrive whole', async () => {
    const client = await exec({ tty: false, command: ['sh', '-c', 'head -c 1058576 | cksum'] });
    await client.frame('exec_started');
    client.say({ type: 'stdin', data: 'x'.repeat(1024 * 1024) });
    for (let index = 0; index < 1_000; index += 1) client.say({ type: 'stdin', data: '0123456789' });
    expect(await client.closed).toBe(1000);
    expect(client.text('stdout')).toMatch(/^\d+ 1058576\n$/);
  });

  test('characters-never-split: megabytes of them come whole', async () => {
    const line = '界😀é'.repeat(20);
    const script = `i=0; while [ $i -lt 5000 ]; do echo "${line}"; i=$((i+1)); done`;
    const client = await exec({ tty: false, command: ['sh', '-c', script] });
    expect(await client.closed).toBe(1000);
    expect(client.text('stdout') === `${line}\n`.repeat(5_000)).toBe(true);
  });

  test('what the cluster refuses is told in its words', async () => {
    const missing = await exec({ pod: 'nosuch' });
    await missing.closed;
    expect(missing.heard.map(({ type }) => type)).toEqual(['error']);
    expect(missing.text('error')).toContain('nosuch');
    const forbidden = await exec({ namespace: 'kube-system', pod: 'coredns-7db6d8ff4d-8xw5h' });
    await forbidden.closed;
    expect(forbidden.text('error')).toMatch(/forbidden|may not|not allowed/i);
  });

  test('a page that goes takes its shell with it', async () => {
    const client = await exec({ command: ['/bin/sh'] });
    await client.frame('exec_started');
    await until(() => agent.sessions.list().length === 1);
    client.socket.terminate();
    await until(() => agent.sessions.list().length === 0);
  });
});

describe.skipIf(!chromiumPath || process.platform === 'win32')('in a real browser', () => {
  let browser: Browser;
  const servers: Server[] = [];
  let allowedPage: Page;
  let hostilePage: Page;
  let pageToken: string;

  async function openPage(): Promise<Page> {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<!doctype html><title>console</title>');
    });
    servers.push(server);
    const port = await listenOnLoopback(server, 0);
    const page = await browser.newPage();
    await page.goto(`http://localhost:${port}/`);
    return page;
  }

  beforeAll(async () => {
    browser = await launchChromium();
    [allowedPage, hostilePage] = [await openPage(), await openPage()];
    ({ token: pageToken } = await openOrigins(started.core).allow(allowedPage.url()));
  });
  afterAll(async () => {
    await browser.close();
    for (const server of servers) server.close();
  });

  /** All frames until the socket is closed, by the browser's own WebSocket. */
  function run(
    page: Page,
    protocols: readonly string[],
  ): Promise<{ protocol: string; code: number; frames: string[] }> {
    const init = {
      type: 'exec_init',
      cluster: demo.contextName,
      namespace: 'shop',
      pod: 'web-5d9c7b6f4-x2kqp',
      command: ['sh', '-c', 'echo hello; exit 4'],
    };
    // As text: it runs in the page, whose types are none of these.
    return page.evaluate(`new Promise((resolve) => {
      const socket = new WebSocket('ws://127.0.0.1:${host.port}/ws/exec', ${JSON.stringify(protocols)});
      const frames = [];
      socket.onopen = () => socket.send(${JSON.stringify(JSON.stringify(init))});
      socket.onmessage = (event) => frames.push(event.data);
      socket.onclose = ({ code }) => resolve({ protocol: socket.protocol, code, frames });
    })`);
  }

  test('the page that is allowed runs a command by a token in a subprotocol', async () => {
    const { protocol, code, frames } = await run(allowedPage, ['kc-agent', `token.${pageToken}`]);
    expect({ protocol, code }).toEqual({ protocol: 'kc-agent', code: 1000 });
    expect(frames.map((frame) => JSON.parse(frame) as unknown)).toEqual([
      { type: 'exec_started' },
      { type: 'stdout', data: 'hello\n' },
      { type: 'exit', exitCode: 4 },
    ]);
  });

  test('another page has no use of that token, and is told of as refused', async () => {
    const { code, frames } = await run(hostilePage, ['kc-agent', `token.${pageToken}`]);
    expect({ code, frames }).toEqual({ code: 1006, frames: [] });
    const origin = new URL(hostilePage.url()).origin;
    expect(agent.refused()).toMatchObject([{ origin, why: 'not-allowed' }]);
  });

  test('a page without its token, or with it in the address, gets nothing', async () => {
    for (const protocols of [[], ['kc-agent'], ['kc-agent', 'token.wrong']]) {
      expect(await run(allowedPage, protocols)).toMatchObject({ code: 1006, frames: [] });
    }
  });
});
