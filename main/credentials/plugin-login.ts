import { constants } from 'node:os';
import type { IPty } from '@lydell/node-pty';
import type { Clock } from '../base/clock.ts';
import { keepLastOutput } from '../base/terminal-end.ts';
import { createTerminalInput, type TerminalDescriptor } from '../base/terminal-input.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { type CapturedEnd, STDERR_TAIL_BYTES } from './captured-process.ts';
import type { PluginConfig } from './credential.ts';
import { createLoginScreen, type LoginTerminal } from './login-terminal.ts';
import { type OutputPipe, openOutputPipe } from './output-pipe.ts';
import { createGivenUp, createNoLoginHere, createNoTerminal, type PluginEnding } from './plugin-error.ts';
import type { PluginStart } from './plugin-start.ts';
import type { Waiting } from './shared-task.ts';
import type { OpenRequest, UserRequests } from './user-requests.ts';

export interface LoginNeeds {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly patience?: LoginPatience;
}

/** When a plugin that has not answered yet is shown to the user. */
export interface LoginPatience {
  /** One that must be interactive, or has said something. */
  readonly talkingMs: number;
  /** One that says nothing: it may wait for the user all the same. */
  readonly silentMs: number;
}

/** Most plugins that could ask do not: what answers within a moment is not worth a flash of a window. */
const PATIENCE: LoginPatience = { talkingMs: 1_000, silentMs: 10_000 };
const FIRST_SIZE: TerminalSize = { cols: 80, rows: 24 };

/**
 * `$@` is the program and its arguments, none of which the shell reads. The terminal is its input, its errors and its
 * controlling terminal, as for kubectl; its output goes where only we read.
 */
const SHARE_TERMINAL = 'out=$1; shift; exec "$@" >"$out"';

/** Runs a plugin in a terminal of its own, which pages are shown when it asks. Rejects with the signal's reason. */
export async function runLogin(
  needs: LoginNeeds,
  start: PluginStart,
  { requests, waiting }: { readonly requests: UserRequests; readonly waiting: Waiting },
  { signal }: { signal: AbortSignal },
): Promise<CapturedEnd> {
  const { plugin, subject } = start.program;
  if (needs.platform === 'win32') throw createNoLoginHere(plugin);
  signal.throwIfAborted();
  const pipe = await orNoTerminal(plugin, openOutputPipe(start.environment['PATH'] ?? ''));
  try {
    const terminal = await orNoTerminal(plugin, openTerminal(needs.clock, start, pipe));
    const givenUp = new AbortController();
    const stop = AbortSignal.any([signal, givenUp.signal]);
    const pane = createPane(needs, terminal, plugin.interactiveMode === 'Always', stop, () =>
      requests.open('login', subject, {
        terminal: terminal.login,
        onAnswer(answer) {
          if (answer === 'refuse') givenUp.abort(createGivenUp(plugin));
        },
      }),
    );
    const forget = waiting.onChanged((count) => pane.setWaiting(count));
    try {
      pane.setWaiting(waiting.count);
      return await Promise.race([collect(terminal, pipe, start), pane.failed, rejectOn(stop)]);
    } finally {
      forget();
      pane.close();
      terminal.end();
    }
  } finally {
    await pipe.close();
  }
}

/** What this machine lacks for a terminal is no word of the plugin's. */
async function orNoTerminal<T>(plugin: PluginConfig, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (cause) {
    throw createNoTerminal(plugin, cause);
  }
}

interface PluginTerminal {
  readonly login: LoginTerminal;
  readonly exited: Promise<PluginEnding>;
  /** Resolves at the first thing it says. */
  readonly spoke: Promise<void>;
  /** The end of what it said; nothing once the user has typed, since a terminal echoes that. */
  lastWords(): string;
  /** Ends it with all that runs in it. */
  end(): void;
}

async function openTerminal(clock: Clock, start: PluginStart, pipe: OutputPipe): Promise<PluginTerminal> {
  // Loaded here, since its native part may be missing and only logins need it.
  const { spawn } = await import('@lydell/node-pty');
  const { file, args } = start.command;
  const pty = spawn('/bin/sh', ['-c', SHARE_TERMINAL, 'sh', pipe.path, file, ...args], {
    name: 'xterm-256color',
    ...FIRST_SIZE,
    cwd: process.cwd(),
    env: Object.fromEntries(Object.entries(start.environment).filter(([, value]) => value !== undefined)),
    encoding: null,
  });
  keepLastOutput(pty);
  const startMicros = clock.nowMicros();
  const elapsed = (): number => clock.nowMicros() - startMicros;
  const screen = createLoginScreen();
  const spoke = Promise.withResolvers<void>();
  const takeInput = createTerminalInput(clock, pty as IPty & TerminalDescriptor);
  let tail = Buffer.alloc(0);
  let hasTyped = false;
  let hasExited = false;
  screen.push({ kind: 'resize', timeMicros: 0, size: FIRST_SIZE });
  // With encoding null the bytes come as they are, whatever the type says.
  pty.onData((data) => {
    const bytes = data as unknown as Buffer;
    spoke.resolve();
    tail = Buffer.concat([tail, bytes]).subarray(-STDERR_TAIL_BYTES);
    screen.push({ kind: 'output', timeMicros: elapsed(), bytes });
  });
  const exited = new Promise<PluginEnding>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      hasExited = true;
      resolve(signal ? { exitCode: -1, signal: signalName(signal) } : { exitCode });
    });
  });
  return {
    exited,
    spoke: spoke.promise,
    lastWords: () => (hasTyped ? '' : tail.toString('utf8')),
    login: {
      view: screen.view,
      async write(bytes, options) {
        hasTyped = true;
        await takeInput(bytes, options);
      },
      resize(size) {
        if (hasExited) return;
        pty.resize(size.cols, size.rows);
        screen.push({ kind: 'resize', timeMicros: elapsed(), size });
      },
    },
    end() {
      screen.end();
      if (!hasExited) killSession(pty);
    },
  };
}

async function collect(terminal: PluginTerminal, pipe: OutputPipe, start: PluginStart): Promise<CapturedEnd> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const tooLong = Promise.withResolvers<CapturedEnd>();
  pipe.onData((chunk) => {
    bytes += chunk.byteLength;
    if (bytes <= start.maxStdoutBytes) chunks.push(chunk);
    else tooLong.resolve({ kind: 'too-long' });
  });
  const timer = setTimeout(() => tooLong.resolve({ kind: 'timed-out' }), start.timeoutMs);
  const ended = terminal.exited.then(async (ending): Promise<CapturedEnd> => {
    await pipe.finish();
    return { kind: 'ended', ending, stdout: Buffer.concat(chunks), stderr: terminal.lastWords() };
  });
  try {
    return await Promise.race([ended, tooLong.promise]);
  } finally {
    clearTimeout(timer);
  }
}

interface Pane {
  /** Rejects where it could not be shown. */
  readonly failed: Promise<never>;
  setWaiting(waiting: number): void;
  close(): void;
}

/** The request that shows the terminal, opened when it is time to. */
function createPane(
  { clock, patience = PATIENCE }: LoginNeeds,
  terminal: PluginTerminal,
  mustAsk: boolean,
  signal: AbortSignal,
  open: () => OpenRequest,
): Pane {
  const closing = new AbortController();
  const life = AbortSignal.any([signal, closing.signal]);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let request: OpenRequest | undefined;
  let waiting = 1;

  async function show(): Promise<void> {
    await clock.sleep(patience.talkingMs, { signal: life });
    const silence = clock.sleep(patience.silentMs - patience.talkingMs, { signal: life });
    if (!mustAsk) await Promise.race([terminal.spoke, silence]);
    // The other of the two is left alone: it ends with the pane.
    silence.catch(() => {});
    if (life.aborted) return;
    request = open();
    request.setWaiting(waiting);
  }
  show().catch((error: unknown) => {
    if (!life.aborted) failed.reject(error);
  });

  return {
    failed: failed.promise,
    setWaiting(count) {
      waiting = count;
      request?.setWaiting(count);
    },
    close() {
      closing.abort();
      request?.close();
    },
  };
}

function rejectOn(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}

/** The terminal's programs are one session, and those that kept to it one group. */
function killSession(pty: IPty): void {
  try {
    process.kill(-pty.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function signalName(number: number): string {
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return name ?? `signal ${number}`;
}
