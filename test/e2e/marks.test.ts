import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CastEvent, parseEvent } from '../../main/recording/cast/cast.ts';
import { type AppInBrowser, type AppWindow, startAppInBrowser } from '../fakes/app-window.ts';
import { readSidecar } from '../fakes/cast-folder.ts';
import { chromiumPath } from '../fakes/chromium.ts';

const shots = fileURLToPath(new URL('../../artefacts/marks', import.meta.url));
const SECRET = 'Tr0ub4dor';
const UNRECORDED = 'Zwischenzeit';

describe.skipIf(!chromiumPath)('a recording that its user steers', () => {
  let opened: AppInBrowser;
  let window: AppWindow;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    opened = await startAppInBrowser();
    window = opened.window;
    await window.pod(/^web-/).waitFor();
    await window.openShell('web');
    await window.tab(/being recorded/).waitFor();
    await window.seen('web-');
  });
  afterAll(() => opened?.stop());

  const press = (key: string): Promise<void> => window.page.keyboard.press(key);
  const type = (text: string): Promise<void> => window.type(text);
  const shoot = (name: string): Promise<unknown> => window.page.screenshot({ path: `${shots}/${name}.png` });

  async function castPath(): Promise<string> {
    const folder = join(opened.app.home, 'recordings');
    const name = (await readdir(folder)).find((one) => one.endsWith('.cast')) ?? '';
    return join(folder, name);
  }

  /** As far as they are written, in whole lines. */
  async function events(): Promise<CastEvent[]> {
    const text = await readFile(await castPath(), 'utf8');
    return text.split('\n').slice(1, -1).map(parseEvent);
  }

  async function recorded(kind: 'output' | 'input' | 'marker', text: string): Promise<boolean> {
    const all = (await events()).flatMap((event) => {
      if (event.kind !== kind) return [];
      return event.kind === 'marker' ? [`${event.label}\n`] : 'text' in event ? [event.text] : [];
    });
    return all.join('').includes(text);
  }

  function isRecorded(kind: 'output' | 'input' | 'marker', text: string): Promise<void> {
    return expect.poll(() => recorded(kind, text), { timeout: 30_000 }).toBe(true);
  }

  test('what is typed is recorded once it is asked for, and a secret that is not shown is not', async () => {
    await type('echo be""fore\n');
    await window.seen('before');
    await window.find('Record what I type');
    await window.page.getByText('What is not shown as it is typed').waitFor();
    await shoot('input-question');
    await press('Enter');
    await window.page.getByText('REC + input').waitFor();
    // A machine that is busy for longer than an echo may take leaves a line out; then there is another.
    for (let attempt = 1; ; attempt += 1) {
      await type(`echo on rec""ord ${attempt};\n`);
      await isRecorded('output', `on record ${attempt}\r\n`);
      if (await recorded('input', `echo on rec""ord ${attempt};\r`)) break;
    }
    await type("stty -echo; printf 'pass''word: '; read S; stty echo; echo; echo got it\n");
    await window.seen('password:');
    await type(`${SECRET}\n`);
    await window.seen('got it');
    await shoot('input-on');
  });

  test('a key sets a marker with words, Enter writes it and the shell has the focus again', async () => {
    await press('Control+Shift+M');
    await window.page.getByLabel('What to call this moment').and(window.page.locator(':focus')).waitFor();
    await window.page.keyboard.type('before the fix');
    await shoot('marker');
    await press('Enter');
    await isRecorded('marker', 'before the fix\n');
    await type('echo mar""ked\n');
    await window.seen('marked');
  });

  test('a pause shows everywhere, and keeps what is shown out of the file', async () => {
    await window.find('Pause the recording');
    await window.tab(/recording paused/).waitFor();
    await window.page.getByText('1 paused').waitFor();
    await type(`echo ${UNRECORDED}\n`);
    await window.seen(new RegExp(`\\n${UNRECORDED}`));
    await shoot('paused');
    await window.find('Go on recording');
    await window.tab(/being recorded/).waitFor();
    await type('echo la""ter\n');
    await isRecorded('output', 'later');
  });

  test('the file holds the command, the marker and the pause, and no secret', async () => {
    await type('exit\n');
    await window.tab(/ended, exit code 0/).waitFor();
    const path = await castPath();
    await expect.poll(async () => (await readSidecar(path)).state.kind).toBe('closed');
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(UNRECORDED);
    const all = await events();
    expect(all.filter((event) => event.kind === 'input' && event.text.includes('before'))).toEqual([]);
    const labels = all.flatMap((event) => (event.kind === 'marker' ? [event.label] : []));
    expect(labels).toContain('input hidden');
    const pause = labels.indexOf('recording paused');
    expect(labels.slice(pause, pause + 2)).toEqual([
      'recording paused',
      expect.stringMatching(/^recording resumed after \d+ s, \d+ bytes not on record$/),
    ]);
    expect(labels.indexOf('before the fix')).toBeLessThan(pause);
    expect((await readSidecar(path)).state).toMatchObject({ pausedBytes: expect.any(Number), lostBytes: 0 });
  });

  test('nothing that was typed is shown in the replay, and the pause is a line in it', async () => {
    await window.page.getByRole('button', { name: 'Open recording' }).click();
    await window.page.getByRole('slider').first().waitFor();
    await press('End');
    await window.seen('later');
    await window.seen('recording resumed after');
    expect((await window.screen()).match(/echo mar""ked/g)).toHaveLength(1);
    await shoot('replay');
  });
});
