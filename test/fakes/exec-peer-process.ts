import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** `exec-peer.ts` in a process of its own. */
export interface ExecPeer {
  readonly address: string;
  stop(): Promise<void>;
}

export async function startExecPeer(): Promise<ExecPeer> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('exec-peer.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [address] = await Promise.race([
    once(createInterface(child.stdout), 'line') as Promise<[string]>,
    exited.then(([code]) => {
      throw new Error(`the peer ended with ${code}`);
    }),
  ]);
  return {
    address,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
