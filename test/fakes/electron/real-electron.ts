/** The desktop app in a real Electron, through the same driver as with the stand-in, as far as that can be. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ElectronApplication, _electron as electron, type Page } from 'playwright-core';
import { findElectron } from '../../../build/start-decision.mjs';
import { until } from '../until.ts';
import type { ControlCommands, Note, WindowFacts } from './control-contract.ts';
import type { DesktopApp, DesktopAppOptions } from './desktop-app.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The binary, where there is one. */
export const electronPath: string | undefined = findElectron(process.env, ROOT);

type Commands = {
  readonly [C in keyof ControlCommands]?: (input: ControlCommands[C]['input']) => Promise<unknown>;
};

export async function startRealElectron(options: DesktopAppOptions = {}): Promise<DesktopApp> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'kubereel-electron-')));
  if (options.settings) await writeFile(join(home, 'settings.json'), JSON.stringify(options.settings));
  const withHome = (args: readonly string[]): string[] => [
    ROOT,
    `--user-data-dir=${join(home, 'electron')}`,
    ...args,
  ];
  const env = {
    ...(process.env as Record<string, string>),
    KUBEREEL_HOME: home,
    KUBECONFIG: join(home, 'none'),
    ...(options.environment as Record<string, string> | undefined),
  };
  const executablePath = electronPath ?? '';
  const app = await electron.launch({ executablePath, args: withHome(options.args ?? []), env });
  const child = app.process();
  let errors = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await keepNotes(app);
  const commands = createCommands(app);

  /** Playwright tells of windows in the order in which it met them. */
  const pages = async (): Promise<readonly Page[]> => app.windows().filter((page) => !page.isClosed());
  return {
    home,
    process: child,
    exited,
    pages,
    firstPage: () => until(async () => (await pages())[0]),
    async control(command, input) {
      const does = commands[command] as ((input: unknown) => Promise<unknown>) | undefined;
      if (!does) throw new Error(`nobody can do this to a real Electron from outside: ${command}`);
      return (await does(input)) as never;
    },
    startAnother: (args) =>
      new Promise((resolve, reject) => {
        const other = spawn(executablePath, withHome(args), { env, stdio: 'ignore' });
        other.once('error', reject);
        other.once('exit', resolve);
      }),
    address: (address) => address,
    errors: () => errors,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) await app.close();
      await exited;
      if (options.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

interface Scripted {
  standInNotes: Note[];
  standInAnswers: number[];
  standInAsked: ((response: number) => void)[];
}

/** Nothing is opened outside of the app, and nobody is asked but the test. */
function keepNotes(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ dialog, shell }) => {
    const script: Scripted = { standInNotes: [], standInAnswers: [], standInAsked: [] };
    Object.assign(globalThis, script);
    shell.openExternal = async (address) =>
      void script.standInNotes.push({ kind: 'opened externally', address });
    dialog.showMessageBox = async (...args: unknown[]) => {
      const options = JSON.parse(JSON.stringify(args.at(-1)));
      script.standInNotes.push({ kind: 'message box', options });
      const given = script.standInAnswers.shift();
      const response = given ?? (await new Promise<number>((resolve) => script.standInAsked.push(resolve)));
      return { response, checkboxChecked: false };
    };
  });
}

function createCommands(app: ElectronApplication): Commands {
  return {
    notes: () => app.evaluate(() => (globalThis as unknown as Scripted).standInNotes),
    answerDialog: (answer) =>
      app.evaluate((_electron, given) => {
        const { standInAnswers, standInAsked } = globalThis as unknown as Scripted;
        if (given.dialog !== 'message box') throw new Error(`nobody answers the ${given.dialog}`);
        const asked = standInAsked.shift();
        if (asked) asked(given.response);
        else standInAnswers.push(given.response);
      }, answer),
    windows: () =>
      app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()
          .sort((one, other) => one.id - other.id)
          .map(
            (window): WindowFacts => ({
              id: window.id,
              title: window.getTitle(),
              address: window.webContents.getURL(),
              bounds: window.getBounds(),
              isVisible: window.isVisible(),
              isFocused: window.isFocused(),
              isMinimized: window.isMinimized(),
              isMaximized: window.isMaximized(),
              isFullScreen: window.isFullScreen(),
              targetId: '',
            }),
          ),
      ),
    window: ({ id, does }) =>
      app.evaluate(
        ({ BrowserWindow }, wish) => {
          const window = BrowserWindow.fromId(wish.id);
          if (!window) throw new Error(`there is no window ${wish.id}`);
          if (wish.does.kind === 'full screen') window.setFullScreen(wish.does.isOn);
          else if (wish.does.kind === 'move') window.setBounds(wish.does.bounds);
          else if (wish.does.kind === 'crash') window.webContents.forcefullyCrashRenderer();
          else window[wish.does.kind]();
        },
        { id, does },
      ),
    emit: (what) =>
      app.evaluate(({ app: electronApp }, wish) => {
        let isPrevented = false;
        const event = {
          preventDefault() {
            isPrevented = true;
          },
        };
        const emit = (...args: unknown[]): boolean =>
          (electronApp as unknown as NodeJS.EventEmitter).emit(wish.event, event, ...args);
        if (wish.event === 'second-instance') emit(wish.argv, process.cwd());
        else if (wish.event === 'open-url') emit(wish.url);
        else if (wish.event === 'open-file') emit(wish.path);
        else emit(true);
        return { isPrevented };
      }, what),
    // After the answer: nothing can be said any more once it has quit.
    quit: () => app.evaluate(({ app: electronApp }) => void setImmediate(() => electronApp.quit())),
  };
}
