import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { spawn as spawnPty } from '@lydell/node-pty';
import { WebSocket } from 'ws';
import { kubectlEnvironment } from '../fakes/demo-kubectl.ts';
import type { DemoProcess } from './demo-process.ts';
import { CONTAINER, CONTEXT, NAMESPACE, POD } from './work.ts';

/** What we are compared with: a program that does the same, and a socket that does as little as possible. */

const TARGET = [`--context=${CONTEXT}`, '-n', NAMESPACE, 'exec', POD, '-c', CONTAINER];

/** From starting the program to the first byte of a shell in a terminal, in milliseconds. */
function promptOfProgram(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now();
  const child = spawnPty(program, [...args], { env, cols: 80, rows: 24 });
  return new Promise((resolve, reject) => {
    let answer: number | undefined;
    child.onData((text) => {
      // kubectl names the container it chose on the same terminal; a prompt ends in # or $.
      if (answer !== undefined || !/[#$] $/.test(text)) return;
      answer = performance.now() - startedAt;
      child.write('exit\r');
    });
    child.onExit(() =>
      answer === undefined ? reject(new Error(`${program} gave no prompt`)) : resolve(answer),
    );
  });
}

export function kubectlPrompt(
  kubectl: string,
  demo: DemoProcess,
  command: readonly string[],
): Promise<number> {
  const [context = '', ...rest] = TARGET;
  return promptOfProgram(
    kubectl,
    [context, ...rest, '-it', '--', ...command],
    kubectlEnvironment(demo.kubeconfigPath),
  );
}

/** Runs a program to its end and counts what it prints; resolves with milliseconds. */
export async function downloadByProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  expectedBytes: number,
): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await once(child, 'close');
  if (bytes !== expectedBytes) throw new Error(`${program} gave ${bytes} bytes, not ${expectedBytes}`);
  return performance.now() - startedAt;
}

/** Writes to a program's standard input; resolves with milliseconds once it has ended. */
export async function uploadByProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  chunks: Iterable<Uint8Array>,
): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.resume();
  const closed = once(child, 'close');
  for (const chunk of chunks) if (!child.stdin.write(chunk)) await once(child.stdin, 'drain');
  child.stdin.end();
  const [code] = (await closed) as [number];
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return performance.now() - startedAt;
}

export function kubectlArgs(flags: readonly string[], command: readonly string[]): string[] {
  return [...TARGET, ...flags, '--', ...command];
}

/** `ws` and nothing else: no queue, no limit, no checks. Resolves with milliseconds. */
export async function bareExec(
  { access }: DemoProcess,
  work: {
    readonly command: readonly string[];
    readonly tty: boolean;
    readonly input?: Iterable<Uint8Array>;
    /** Stop the clock at the first output, not at the end. */
    readonly untilFirst?: boolean;
  },
): Promise<number> {
  const query = new URLSearchParams({ container: CONTAINER, stdout: 'true' });
  for (const part of work.command) query.append('command', part);
  if (work.tty || work.input) query.set('stdin', 'true');
  if (work.tty) query.set('tty', 'true');
  const startedAt = performance.now();
  const socket = new WebSocket(
    `${access.server.replace(/^http/, 'ws')}/api/v1/namespaces/${NAMESPACE}/pods/${POD}/exec?${query}`,
    ['v5.channel.k8s.io'],
    {
      ca: access.authority,
      perMessageDeflate: false,
      headers: { Authorization: `Bearer ${access.token}` },
    },
  );
  let firstAt: number | undefined;
  socket.on('message', (message: Buffer) => {
    if (firstAt !== undefined || message[0] !== 1 || message.length === 1) return;
    firstAt = performance.now();
    if (work.untilFirst) socket.close();
  });
  const closed = once(socket, 'close');
  await once(socket, 'open');
  for (const chunk of work.input ?? []) await sendFrame(socket, Buffer.concat([Buffer.of(0), chunk]));
  if (work.input) socket.send(Buffer.of(255, 0));
  await closed;
  return (work.untilFirst ? (firstAt ?? Number.NaN) : performance.now()) - startedAt;
}

function sendFrame(socket: WebSocket, frame: Buffer): Promise<void> | undefined {
  if (socket.bufferedAmount < 1024 * 1024) {
    socket.send(frame);
    return undefined;
  }
  return new Promise((resolve, reject) => {
    socket.send(frame, (error) => (error ? reject(error) : resolve()));
  });
}
