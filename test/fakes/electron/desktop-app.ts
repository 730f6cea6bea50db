/**
 * The desktop app for tests: its real bundles under Node with a stand-in for Electron, its windows in Chromium.
 *
 *     const app = await startDesktopApp({ args: ['--demo'] });
 *     const page = await app.firstPage();               // Playwright's
 *     await app.control('clickMenu', { id: 'new-window' });
 *     await app.control('answerDialog', { dialog: 'message box', response: 0 });
 *     expect(await app.exited).toBe(0);                 // after app.control('quit', {})
 *     await app.stop();                                 // always: nothing is left behind
 *
 * control-contract.ts says what can be told and asked; `node build/bundle.mjs --quiet` comes first. Tests that run on
 * it say so in their names: "in Chromium with a stand-in for Electron".
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { isRunning } from '../processes.ts';
import { until } from '../until.ts';
import {
  type ControlCommands,
  MACHINE_VARIABLE,
  type Machine,
  type ToApp,
  type ToTest,
} from './control-contract.ts';
import { toChromiumAddress } from './scheme-address.ts';

export interface DesktopAppOptions {
  /** Another main script than out/main.mjs: a package's. */
  readonly main?: string;
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** As the user would have chosen them earlier. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly machine?: Machine;
  /** The home of an earlier one, which is kept when this one stops. */
  readonly home?: string;
}

export interface DesktopApp {
  readonly home: string;
  readonly process: ChildProcess;
  /** Its exit code, once it has ended; null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** The page of the first window, once it is there. */
  firstPage(): Promise<Page>;
  /** The pages of all windows, in the order in which they were opened. */
  pages(): Promise<readonly Page[]>;
  control<C extends keyof ControlCommands>(
    command: C,
    input: ControlCommands[C]['input'],
  ): Promise<ControlCommands[C]['output']>;
  /** A start of the app while this one runs, which is over at once. Resolves with its exit code. */
  startAnother(args: readonly string[]): Promise<number | null>;
  /** Where the page finds what the app calls app://kubereel/… */
  address(app: string): string;
  /** What it wrote to standard error so far. */
  errors(): string;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** For `node --import`: what `electron` is from then on. */
export const REGISTER: string = pathToFileURL(join(ROOT, 'test', 'fakes', 'electron', 'register.ts')).href;

export async function startDesktopApp(options: DesktopAppOptions = {}): Promise<DesktopApp> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'kubereel-desktop-')));
  if (options.settings) await writeFile(join(home, 'settings.json'), JSON.stringify(options.settings));
  const child = spawnApp(home, options);
  const { control, chromiumAt, exited, errors } = talkTo(child);
  const forget = async (): Promise<void> => {
    if (options.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 10 });
  };
  const { address, pid } = await chromiumAt.catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  const browser = await chromium.connectOverCDP(address);
  const pageOf = createPageFinder(browser);

  /** Asked anew until each has its page: a window may close or be loaded again while its page is looked for. */
  const pages = (): Promise<readonly Page[]> =>
    until(async () => {
      const windows = await control('windows', {});
      const found = await Promise.all(windows.map(({ targetId }) => pageOf(targetId)));
      return found.every((page) => page !== undefined) && found;
    });
  return {
    home,
    process: child,
    exited,
    pages,
    firstPage: () => until(async () => (await pages())[0]),
    control,
    startAnother: (args) => talkTo(spawnApp(home, { ...options, args })).exited,
    address: toChromiumAddress,
    errors,
    async stop() {
      await browser.close();
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
      await endChromium(pid);
      await forget();
    },
  };
}

function spawnApp(home: string, options: DesktopAppOptions): ChildProcess {
  const { main = join(ROOT, 'out', 'main.mjs'), args = [], environment, machine = {} } = options;
  return spawn(
    process.execPath,
    ['--import', REGISTER, main, `--user-data-dir=${join(home, 'electron')}`, ...args],
    {
      env: {
        ...process.env,
        KUBEREEL_HOME: home,
        KUBECONFIG: join(home, 'none'),
        ...environment,
        [MACHINE_VARIABLE]: JSON.stringify(machine),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
}

/** The channel of the control. What is asked of an app that has ended is refused. */
function talkTo(child: ChildProcess) {
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  const chromiumAt = Promise.withResolvers<Extract<ToTest, { kind: 'chromium' }>>();
  let lastId = 0;
  let errors = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  child.on('message', (message: ToTest) => {
    if (message.kind === 'chromium') return chromiumAt.resolve(message);
    const question = asked.get(message.id);
    asked.delete(message.id);
    if (message.problem === undefined) question?.resolve(message.output);
    else question?.reject(new Error(message.problem));
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      const gone = new Error(`the app ended with ${code}: ${errors}`);
      chromiumAt.reject(gone);
      for (const question of asked.values()) question.reject(gone);
      resolve(code);
    });
  });
  // Who started it for its end only does not wait for Chromium.
  chromiumAt.promise.catch(() => {});
  return {
    exited,
    chromiumAt: chromiumAt.promise,
    errors: () => errors,
    control<C extends keyof ControlCommands>(
      command: C,
      input: ControlCommands[C]['input'],
    ): Promise<ControlCommands[C]['output']> {
      const question = Promise.withResolvers<unknown>();
      const message: ToApp = { id: ++lastId, command, input };
      if (!child.connected) return Promise.reject(new Error(`${command}: the app has ended: ${errors}`));
      asked.set(message.id, question);
      child.send(message);
      return question.promise as Promise<ControlCommands[C]['output']>;
    },
  };
}

/** Finds Playwright's page of a target of Chromium, where it is there. */
function createPageFinder(browser: Browser): (targetId: string) => Promise<Page | undefined> {
  const known = new WeakMap<Page, string>();
  async function targetOf(page: Page): Promise<string> {
    const session = await page.context().newCDPSession(page);
    const { targetInfo } = await session.send('Target.getTargetInfo');
    await session.detach();
    known.set(page, targetInfo.targetId);
    return targetInfo.targetId;
  }
  return async (targetId) => {
    for (const page of browser.contexts().flatMap((context) => context.pages())) {
      // A page that closes meanwhile is not the one.
      const target = known.get(page) ?? (await targetOf(page).catch(() => undefined));
      if (target === targetId) return page;
    }
    return undefined;
  };
}

/** The app ends its Chromium itself, unless it was killed. Once it is gone another may use its folder. */
async function endChromium(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
  await until(() => !isRunning(pid));
}
