import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Agent, type AgentNeeds, createAgent } from '../../main/agent/agent.ts';
import { createOrigins, type Origins } from '../../main/agent/origins.ts';
import { createSystemClock } from '../../main/base/clock.ts';
import { watchFiles } from '../../main/base/file-watch.ts';
import { createLog } from '../../main/base/log.ts';
import { listenOnLoopback } from '../../main/base/loopback.ts';
import type { CommandTarget } from '../../main/exec/command.ts';
import { DEFAULT_ANSWER } from '../../main/policy/strictest-answer.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import type { ShellTermsNeeds } from '../../main/session/shell-terms.ts';
import { type AgentClient, openAgentClient } from './agent-client.ts';
import { createScriptedShell, type ScriptedShell } from './scripted-shell.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export const CONSOLE = 'https://console.example';

export const INIT = {
  type: 'exec_init',
  cluster: 'demo',
  namespace: 'shop',
  pod: 'web-1',
  container: 'app',
  command: ['sh'],
  tty: true,
  cols: 80,
  rows: 24,
};

/** An agent on a port of its own whose commands do what a test tells them to; they are recorded into its folder. */
export interface AgentStage {
  readonly agent: Agent;
  readonly origins: Origins;
  readonly port: number;
  /** Of recordings. */
  readonly folder: string;
  /** The commands that were opened, and where. */
  readonly shells: readonly ScriptedShell[];
  readonly targets: readonly (CommandTarget & { readonly context: string })[];
  /** A page that is allowed. */
  openClient(origin?: string): Promise<AgentClient>;
  stop(): Promise<void>;
}

/** Without a policy: nothing is asked for, and recordings are made where they can be. */
export const NO_TERMS: ShellTermsNeeds = {
  answerPolicy: async () => DEFAULT_ANSWER,
  rehearseRecording: async () => {},
  connectRecorders: () => Promise.reject(new Error('no recorder is named')),
};

export async function startAgentStage(changes: Partial<AgentNeeds> = {}): Promise<AgentStage> {
  const clock = createSystemClock();
  const home = await makeTemporaryFolder('agent');
  const origins = createOrigins({ clock, file: `${home.path}/origins.json`, watchFiles });
  const tokens = new Map<string, string>();
  const shells: ScriptedShell[] = [];
  const targets: (CommandTarget & { readonly context: string })[] = [];
  const agent = createAgent({
    clock,
    log: createLog({ level: 'silent' }),
    origins,
    newSessionId: randomUUID,
    hasContext: (context) => context === 'demo',
    async openCommand(context, target) {
      const shell = createScriptedShell();
      shells.push(shell);
      targets.push({ ...target, context });
      return { stream: shell.stream, container: target.container ?? 'first', choices: '', facts: {} };
    },
    newCastWriter: (details, size, { isRequired, planned }) =>
      createCastWriter(
        { clock, folder: home.path, isRequired },
        { details, size, ...(planned && { recordingId: planned.recordingId }) },
      ),
    terms: NO_TERMS,
    ...changes,
  });
  const sockets = new Set<Duplex>();
  const server = createServer();
  server.on('upgrade', async (request, socket: Duplex, head) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    const refusal = await agent.judge(request);
    if (refusal === undefined) agent.open(request, socket, head);
    else socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  const port = await listenOnLoopback(server, 0);

  return {
    agent,
    origins,
    port,
    folder: home.path,
    shells,
    targets,
    async openClient(origin = CONSOLE) {
      const token = tokens.get(origin) ?? (await origins.allow(origin)).token;
      tokens.set(origin, token);
      return openAgentClient({ port, origin, token });
    },
    async stop() {
      await agent.end();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      await home.remove();
    },
  };
}
