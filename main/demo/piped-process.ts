import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { ContainerProcess, ProcessPlan } from './container-process.ts';

/** Starts a program on pipes. Rejects where the system cannot start it. Without `hasInput` it reads an empty file. */
export async function startPipedProcess(
  plan: ProcessPlan,
  { hasInput }: { readonly hasInput: boolean },
): Promise<ContainerProcess> {
  const isWindows = process.platform === 'win32';
  const child = spawn(plan.executable, plan.args, {
    cwd: plan.folder,
    env: plan.environment,
    stdio: [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    // A session and group of its own, by which all its offspring can be found and ended.
    detached: !isWindows,
    windowsHide: true,
  });
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  await once(child, 'spawn');
  const { stdin } = child;
  // A program may end before it has read everything: that is its exit code's story, not an error of ours.
  stdin?.on('error', () => {});
  return {
    pid: child.pid as number,
    stdout: readOutput(child.stdout as Readable),
    stderr: readOutput(child.stderr as Readable),
    exited,
    write: (bytes, { signal }) => (stdin ? writeInput(stdin, bytes, signal) : Promise.resolve()),
    async closeInput() {
      stdin?.end();
    },
    resize() {},
  };
}

async function* readOutput(stream: Readable): AsyncGenerator<Uint8Array> {
  for await (const bytes of stream) yield bytes as Buffer;
}

async function writeInput(stdin: Writable, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  if (!stdin.writable || stdin.write(bytes)) return;
  const stop = new AbortController();
  try {
    await Promise.race([
      once(stdin, 'drain', { signal: AbortSignal.any([signal, stop.signal]) }),
      once(stdin, 'close', { signal: AbortSignal.any([signal, stop.signal]) }),
    ]);
  } finally {
    stop.abort();
  }
}
