import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A remote command as its server has it, over whichever transport it came. */
export interface RunCommand {
  readonly kind: 'exec' | 'attach';
  /** What `exec` was asked to run; empty for `attach`. */
  readonly args: readonly string[];
  readonly hasTty: boolean;
  /** Ended at once where the client has none. */
  readonly stdin: Readable;
  /** What the client has not asked for goes nowhere. */
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The sizes that are told, as JSON, and those that were told before. */
  onSize(listener: (json: string) => void): void;
}

/** Resolves with the exit code. */
export type Program = (command: RunCommand) => Promise<number>;

/** Waits until it has been taken. */
export function write(stream: Writable, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) =>
    stream.write(bytes, (error) => (error ? reject(error) : resolve())),
  );
}

const LINE = '2026-11-21T07:14:14Z INFO request served path=/cart status=200 duration=12ms\n';
const PACED_PART = Buffer.alloc(1024 * 1024, LINE);
const FLOOD_PART = Buffer.alloc(32 * 1024, LINE);

/** What the first argument says, as `attach` always `screen`. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  /** `say OUT ERR CODE`, once its input is over */
  async say({ args: [, out = '', err = '', code = '0'], stdin, stdout, stderr }) {
    for await (const _bytes of stdin);
    await write(stdout, out);
    await write(stderr, err);
    return Number(code);
  },
  async cat({ stdin, stdout }) {
    for await (const bytes of stdin) await write(stdout, bytes);
    return 0;
  },
  /** `flood BYTES` */
  async flood({ args: [, bytes = '0'], stdout }) {
    for (let left = Number(bytes); left > 0; left -= FLOOD_PART.byteLength) {
      await write(stdout, FLOOD_PART.subarray(0, left));
    }
    return 0;
  },
  tar: spawnProgram,
  test: spawnProgram,
  /** `paced BYTES`: a MiB at a time with a rest of 8 ms, some 100 MB/s at most, as over a network. */
  async paced({ args: [, bytes = '0'], stdout }) {
    for (let left = Number(bytes); left > 0; left -= PACED_PART.byteLength) {
      await write(stdout, PACED_PART.subarray(0, left));
      await sleep(8);
    }
    return 0;
  },
  async sink({ stdin }) {
    for await (const _bytes of stdin);
    return 0;
  },
  /** A terminal: says which sizes it is told, gives back each line, ends with 7 at `q`. */
  async screen({ stdin, stdout, onSize }) {
    onSize((json) => void stdout.write(`told ${json.trim()}\r\n`));
    for await (const bytes of stdin) {
      await write(stdout, bytes);
      if (bytes.includes('q')) return 7;
    }
    return 0;
  },
};

/** A program of this machine, as `kubectl cp` runs `tar` in a container. */
function spawnProgram({ args: [name = '', ...args], stdin, stdout, stderr }: RunCommand): Promise<number> {
  const child = spawn(name, args);
  stdin.pipe(child.stdin).on('error', () => {});
  child.stdout.pipe(stdout, { end: false });
  child.stderr.pipe(stderr, { end: false });
  return new Promise((resolve, reject) =>
    child.once('error', reject).once('close', (code) => resolve(code ?? 1)),
  );
}

export function runProgram(command: RunCommand): Promise<number> {
  const name = command.kind === 'attach' ? 'screen' : (command.args[0] ?? '');
  return PROGRAMS[name]?.(command) ?? Promise.resolve(127);
}
