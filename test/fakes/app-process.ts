import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The built app behind the browser host, as `npm start -- --browser` runs it, in a home of its own. */
export interface AppProcess {
  /** The address with its one-time secret. */
  readonly link: string;
  readonly home: string;
  readonly process: ChildProcess;
  /** Resident memory in bytes (Linux). */
  residentBytes(): Promise<number>;
  /** The most that it ever was. */
  peakBytes(): Promise<number>;
  stop(): Promise<void>;
}

const OUT = fileURLToPath(new URL('../../out/', import.meta.url));

export async function startApp(
  options: {
    readonly args?: readonly string[];
    readonly environment?: NodeJS.ProcessEnv;
    /** As the user would have chosen them earlier. */
    readonly settings?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<AppProcess> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-app-'));
  if (options.settings) await writeFile(join(home, 'settings.json'), JSON.stringify(options.settings));
  const child = spawn(process.execPath, [join(OUT, 'headless.mjs'), '--no-open', ...(options.args ?? [])], {
    env: { ...process.env, KUBEREEL_HOME: home, KUBECONFIG: join(home, 'none'), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const link = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /http:\/\/127\.0\.0\.1:\d+\/#\S+/.exec(line);
      if (found) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}: ${errors}`)));
  });
  return {
    link,
    home,
    process: child,
    residentBytes: () => readStatus(child, 'VmRSS'),
    peakBytes: () => readStatus(child, 'VmHWM'),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      await rm(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** proc(5). */
async function readStatus({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
}
