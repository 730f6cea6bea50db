import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../fakes/chromium.ts';

const register = new URL('../fakes/electron/register.ts', import.meta.url).href;

/** Expressions of a main script, and what the stand-in says to each. Electron refuses the first kind as well. */
const TOO_EARLY = {
  'new BrowserWindow()': 'Cannot create BrowserWindow before app is ready',
  'session.defaultSession': 'Session can only be received when app is ready',
  'safeStorage.isEncryptionAvailable()': 'safeStorage cannot be used before app is ready',
  'screen.getPrimaryDisplay()': "The 'screen' module can't be used before the app 'ready' event",
  "new Tray('x.png')": 'Cannot create Tray before app is ready',
  'dialog.showMessageBox({})': 'dialog module can only be used after app is ready',
};
const TOO_LATE = {
  'app.enableSandbox()': 'app.enableSandbox() can only be called before app is ready',
  'protocol.registerSchemesAsPrivileged([])':
    'protocol.registerSchemesAsPrivileged should be called before app is ready',
};
const UNSAFE = {
  'new BrowserWindow({ webPreferences: { nodeIntegration: true } })': 'a window with nodeIntegration',
  'new BrowserWindow({ webPreferences: { sandbox: false } })': 'a window without the sandbox',
  'new BrowserWindow({ webPreferences: { contextIsolation: false } })': 'a window without contextIsolation',
  'new BrowserWindow({ webPreferences: { webSecurity: false } })': 'a window without webSecurity',
  'new BrowserWindow({ webPreferences: { webviewTag: true } })': 'a window with webviews',
};
const MISSING = {
  'app.getGPUInfo()': 'app.getGPUInfo',
  'new BrowserWindow().setVibrancy()': 'BrowserWindow.setVibrancy',
  'new BrowserWindow().webContents.printToPDF()': 'WebContents.printToPDF',
  'BrowserWindow.addDevToolsExtension()': 'BrowserWindow.addDevToolsExtension',
  'session.fromPartition()': 'session.fromPartition',
};

/** Says of each expression how it failed, before the app was ready or after. */
const SCRIPT = `
  import * as electron from 'electron';
  const [before, after] = JSON.parse(process.argv[1]);
  const ask = async (code) => {
    const names = Object.keys(electron);
    try {
      await new Function(...names, 'return ' + code)(...names.map((name) => electron[name]));
      return 'nothing';
    } catch ({ message }) {
      return message;
    }
  };
  const answers = {};
  for (const code of before) answers[code] = await ask(code);
  await electron.app.whenReady();
  for (const code of after) answers[code] = await ask(code);
  process.stdout.write(JSON.stringify(answers), () => electron.app.exit(0));
`;

describe.skipIf(!chromiumPath)('the stand-in for Electron', () => {
  let home: string;
  let answers: Record<string, string>;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'kubereel-stand-in-'));
    const after = { ...TOO_LATE, ...UNSAFE, ...MISSING };
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--import', register, '--input-type=module', '--eval', SCRIPT, '--'],
      JSON.stringify([Object.keys(TOO_EARLY), Object.keys(after)]),
      `--user-data-dir=${home}`,
    ]);
    answers = JSON.parse(stdout) as Record<string, string>;
  });
  afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 10 }));

  test.each(Object.entries({ ...TOO_EARLY, ...TOO_LATE }))(
    '%s is refused at the wrong time, as Electron does',
    (code, words) => {
      expect(answers[code]).toBe(words);
    },
  );

  test.each(Object.entries(UNSAFE))('%s is refused, which Electron would grant', (code, words) => {
    expect(answers[code]).toBe(words);
  });

  test.each(Object.entries(MISSING))('%s is said to be missing, by name', (code, name) => {
    expect(answers[code]).toBe(`the stand-in for Electron has no ${name}; test/fakes/electron is its place`);
  });
});
