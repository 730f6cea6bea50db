/** The Chromium that draws the windows of the stand-in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { chromiumPath } from '../chromium.ts';

export interface ChromiumProcess {
  /** The socket of its DevTools: ours, and the test's. */
  readonly address: string;
  readonly pid: number;
  /** Ends it and waits for its end. */
  end(): Promise<void>;
  /** For the last moment of our own process, in which nothing can be waited for. */
  kill(): void;
}

const ARGUMENTS = [
  '--headless',
  '--remote-debugging-port=0',
  '--no-startup-window',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-field-trial-config',
  // Windows that nobody looks at are drawn as the others are.
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  // The handler of the app decides; a blocker before it would hide what it does.
  '--disable-popup-blocking',
  '--password-store=basic',
  '--use-mock-keychain',
  // Terminals are drawn by the DOM: WebGL without a graphics card takes a core for itself.
  '--disable-3d-apis',
  '--disable-gpu',
];

export async function startChromium(userData: string): Promise<ChromiumProcess> {
  if (!chromiumPath) throw new Error('the stand-in for Electron found no Chromium');
  // The root of a container has no sandbox to start.
  const isRoot = process.getuid?.() === 0;
  const child = spawn(
    chromiumPath,
    [...ARGUMENTS, ...(isRoot ? ['--no-sandbox'] : []), `--user-data-dir=${userData}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const address = await readAddress(child);
  const exited = once(child, 'exit');
  return {
    address,
    pid: child.pid ?? 0,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await exited;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

function readAddress(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('Chromium was started without its standard error');
  const lines = createInterface(child.stderr);
  let said = '';
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line);
      if (found?.[1]) resolve(found[1]);
      else said = `${said}${line}\n`.slice(-2_000);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said}`)));
  });
}
