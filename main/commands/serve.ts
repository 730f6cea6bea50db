import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Core } from '../compose.ts';
import { openAgent } from '../compose-agent.ts';
import { startBrowserHost } from '../hosts/browser/browser-host.ts';
import type { CommandIo } from './io.ts';

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly demo: boolean;
  /** Open the default browser. */
  readonly open: boolean;
}

/** The page stands beside the bundle that this runs in. */
const PAGE_FOLDER = fileURLToPath(new URL('./page', import.meta.url));

/** Serves the page to a browser on this machine until Ctrl-C. */
export async function runServe(
  core: Core,
  options: ServeOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  if (options.demo) await core.demo.start();
  const agent = await openAgent(core);
  const pages = await core.openPages({
    host: 'browser',
    newWindow: async () => ({ url: host.newLink() }),
    agent,
  });
  const host = await startBrowserHost(
    { log: core.log, clock: core.clock },
    { port: options.port, pageFolder: PAGE_FOLDER, serve: (wire) => pages.serve(wire), agent },
  );
  core.life.own(() => host.stop());
  core.life.own(() => agent.end(core.failure()));
  const link = host.newLink();
  await io.write(`Kubereel is at ${link}\n`);
  await io.writeError(
    'The link works once; keep it to yourself. Ctrl-C ends Kubereel and every open shell.\n',
  );
  if (options.open) openBrowser(link);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return 0;
}

/**
 * Hands the link to the desktop's own opener. The link is an argument there, readable by this user's other
 * programs until it is used a moment later; it works once.
 */
function openBrowser(link: string): void {
  const [command, ...args] = browserCommand(process.platform);
  const opener = spawn(command, [...args, link], { stdio: 'ignore', detached: true });
  // Without an opener the printed link is the way in.
  opener.on('error', () => {});
  opener.unref();
}

function browserCommand(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}

/** Whether there is a screen that a browser could appear on. */
export function hasDisplay(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
}
