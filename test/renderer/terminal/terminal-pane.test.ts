// covers: renderer/terminal/clipboard.ts
// covers: renderer/terminal/end-bar.tsx
// covers: renderer/terminal/reconnect-bar.tsx
// covers: renderer/terminal/find-bar.tsx
// covers: renderer/terminal/finder.ts
// covers: renderer/terminal/pane-events.ts
// covers: renderer/terminal/pane-menu.ts
// covers: renderer/terminal/paste-dialog.tsx
// covers: renderer/terminal/recording-badge.tsx
// covers: renderer/terminal/terminal-frame.tsx
// covers: renderer/terminal/terminal-pane.tsx
// covers: renderer/terminal/terminal-theme.ts
// covers: renderer/terminal/xterm.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionInfo } from '../../../preload/contract.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import type { TerminalStage } from '../../fakes/page-terminal.tsx';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: TerminalStage;

/** A machine with two busy cores takes its time; what never comes fails all the same. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000, interval: 20 });

const shots = fileURLToPath(new URL('../../../artefacts/terminal', import.meta.url));

describe.skipIf(!chromiumPath)('a terminal pane in a browser', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage('test/fakes/page-terminal.tsx', {
      viewport: { width: 900, height: 460 },
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
    });
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => opened?.close());

  beforeEach(async () => {
    page = await opened.load();
    // It takes the focus a frame after it is there; what is typed before that is nobody's.
    await eventually(hasFocus).toBe(true);
  });
  afterEach(() => expect(opened.errors()).toEqual([]));

  /** What a screen reader is told of the screen: independent of who draws it. */
  const screenText = (): Promise<string> =>
    page
      .locator('.xterm-accessibility-tree [role="listitem"]')
      .evaluateAll((rows) => rows.map((row) => (row.textContent ?? '').trimEnd()).join('\n'));
  const typed = (): Promise<string> => page.evaluate(() => stage.typed());
  const terminal = () => page.getByRole('textbox', { name: 'Terminal of web-7f9c / app' });
  const hasFocus = (): Promise<boolean> => terminal().evaluate((box) => box === document.activeElement);
  const resizes = (): Promise<{ cols: number; rows: number }[]> =>
    page.evaluate(() =>
      stage
        .calls()
        .flatMap(({ name, input }) =>
          name === 'sessions.resize' ? [(input as { size: { cols: number; rows: number } }).size] : [],
        ),
    );
  const live = async (): Promise<void> => {
    await eventually(resizes).not.toEqual([]);
    await page.evaluate(() => stage.live());
    await page.getByText('REC').waitFor();
  };
  const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  const putOnClipboard = (text: string): Promise<void> =>
    page.evaluate((words) => navigator.clipboard.writeText(words), text);
  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/${name}.png` });

  describe('bytes', () => {
    test('output is shown, keys go to the shell, and Ctrl+C is the shell`s', async () => {
      await live();
      await page.evaluate(() => stage.output('hello from the pod\r\n$ '));
      await eventually(screenText).toContain('hello from the pod');
      await page.keyboard.type('ls');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Control+C');
      await eventually(typed).toBe('ls\r\u0003');
    });

    test('a parser that stands still takes no more from the stream, and loses nothing', async () => {
      await live();
      const before = await page.evaluate(() => stage.taken());
      await page.evaluate(() => {
        stage.freeze();
        for (let line = 0; line < 100; line += 1) stage.output(`${'x'.repeat(8 * 1024)}\r\n`);
        stage.output('the last line');
      });
      await page.evaluate(() => new Promise(requestAnimationFrame));
      const taken = (await page.evaluate(() => stage.taken())) - before;
      // 64 KiB unparsed, one chunk that waits for room.
      expect(taken).toBeLessThanOrEqual(9);
      await page.evaluate(() => stage.thaw());
      await eventually(screenText).toContain('the last line');
      expect((await page.evaluate(() => stage.taken())) - before).toBe(101);
    });

    test('queries of the past are not answered into the live shell; those of now are', async () => {
      await page.evaluate(() => {
        stage.output('\x1b[c\x1b[6n\x1b]10;?\x07\x1b[?1004h\x1b[?1004l\x07past');
        stage.live();
      });
      await eventually(screenText).toContain('past');
      expect(await typed()).toBe('');
      expect(await page.evaluate(() => stage.deeds())).toEqual([]);
      await page.evaluate(() => stage.output('\x1b[c\x07now'));
      await eventually(typed).toBe('\x1b[?1;2c');
      expect(await page.evaluate(() => stage.deeds())).toEqual(['bell']);
    });

    test('what is typed while the past is shown reaches the shell', async () => {
      await page.evaluate(() => stage.output('a long history'));
      await page.keyboard.type('q');
      await eventually(typed).toBe('q');
    });

    test('of two windows on one session only the one in use answers', async () => {
      await live();
      await page.evaluate(() => {
        stage.setSession({ viewers: 2 });
        (document.activeElement as HTMLElement).blur();
        stage.output('\x1b[cquiet');
      });
      await eventually(screenText).toContain('quiet');
      expect(await typed()).toBe('');
    });

    test('a viewer that was let go starts anew with an empty screen', async () => {
      await live();
      await page.evaluate(() => {
        stage.output('before');
        stage.end('viewer-detached');
      });
      await eventually(() => page.evaluate(() => stage.views())).toBe(2);
      await page.evaluate(() => {
        stage.output('after');
        stage.caughtUp();
      });
      await eventually(screenText).toContain('after');
      expect(await screenText()).not.toContain('before');
    });

    test('a lost view says so, keeps what it shows, and connects again', async () => {
      await live();
      await page.evaluate(() => {
        stage.output('kept');
        stage.end('connection-lost');
      });
      await page.getByText('The terminal lost its session').waitFor();
      await shot('lost-view');
      await eventually(screenText).toContain('kept');
      await page.getByRole('button', { name: 'Connect again' }).click();
      await eventually(() => page.evaluate(() => stage.views())).toBe(2);
      await page.evaluate(() => {
        stage.output('back');
        stage.caughtUp();
      });
      await eventually(screenText).toContain('back');
      expect(await page.getByText('The terminal lost its session').count()).toBe(0);
    });
  });

  describe('size', () => {
    test('the session is sized to the pane, and again when the window changes', async () => {
      await live();
      const [first] = await resizes();
      expect(first?.cols).toBeGreaterThan(100);
      await page.setViewportSize({ width: 600, height: 300 });
      await eventually(async () => (await resizes()).at(-1)?.cols).toBeLessThan(90);
      await eventually(() => page.locator('.terminal-edge').count()).toBe(0);
    });

    test('another window`s smaller size is shown with its edge, and typing takes the size back', async () => {
      await live();
      const own = (await resizes()).at(-1);
      await page.evaluate(() => {
        stage.resize({ cols: 60, rows: 12 });
        stage.output(`${'─'.repeat(60)}\r\nsized by another window`);
      });
      await page.getByText('60×12, the size of the window used last').waitFor();
      const stageBox = await page.locator('.terminal-stage').boundingBox();
      await eventually(async () => (await page.locator('.terminal-edge').boundingBox())?.width).toBeLessThan(
        stageBox?.width ?? 0,
      );
      await shot('letterbox-smaller');
      const before = (await resizes()).length;
      await page.keyboard.type('x');
      await eventually(async () => (await resizes()).slice(before)).toEqual([own]);
      await eventually(() => page.locator('.terminal-edge').count()).toBe(0);
    });

    test('another window`s larger size is shown whole, in a smaller face', async () => {
      await live();
      await page.evaluate(() => {
        stage.resize({ cols: 220, rows: 60 });
        for (let row = 1; row < 60; row += 1) stage.output(`row ${row} ${'.'.repeat(200)}\r\n`);
        stage.output('the last row');
      });
      await page.getByText('220×60').waitFor();
      const stageBox = await page.locator('.terminal-stage').boundingBox();
      const fits = async (): Promise<boolean> => {
        const screen = await page.locator('.xterm-screen').boundingBox();
        if (!screen || !stageBox) return false;
        return screen.height <= stageBox.height && screen.width <= stageBox.width;
      };
      await eventually(fits).toBe(true);
      await eventually(screenText).toContain('the last row');
      await shot('letterbox-larger');
    });

    test('a hidden pane asks for no size, takes output, and holds no graphics context', async () => {
      await live();
      await eventually(() => page.locator('.xterm-screen canvas').count()).toBeGreaterThan(0);
      const before = (await resizes()).length;
      await page.evaluate(() => stage.setVisible(false));
      await eventually(() => page.locator('.xterm-screen canvas').count()).toBe(0);
      await page.setViewportSize({ width: 700, height: 400 });
      await page.evaluate(() => stage.output('while hidden'));
      await eventually(() => page.evaluate(() => stage.taken())).toBeGreaterThan(1);
      expect((await resizes()).length).toBe(before);
      await page.evaluate(() => stage.setVisible(true));
      await eventually(screenText).toContain('while hidden');
      await eventually(async () => (await resizes()).length).toBe(before + 1);
      await eventually(hasFocus).toBe(true);
    });

    test('a pane that was made hidden is sized when it is first shown', async () => {
      await page.goto('about:blank');
      await page.goto(`${opened.url}#hidden`);
      await page.waitForFunction(() => 'stage' in globalThis);
      await page.evaluate(() => {
        stage.live();
        stage.output('made hidden');
      });
      await eventually(() => page.evaluate(() => stage.taken())).toBe(2);
      expect(await resizes()).toEqual([]);
      await page.evaluate(() => stage.setVisible(true));
      await eventually(resizes).toEqual([{ cols: expect.any(Number), rows: expect.any(Number) }]);
      expect((await resizes())[0]?.cols).toBeGreaterThan(100);
      await eventually(screenText).toContain('made hidden');
      await eventually(() => page.locator('.terminal-edge').count()).toBe(0);
    });

    test('a lost graphics context leaves a terminal that still draws', async () => {
      await live();
      await page.evaluate(() => stage.output('drawn by hand'));
      await eventually(() => page.locator('.xterm-screen canvas').count()).toBe(2);
      await page.locator('.xterm-screen canvas').evaluateAll((canvases) => {
        // xterm.js waits three seconds for the context to come back.
        const { setTimeout } = globalThis;
        globalThis.setTimeout = ((run: () => void, ms = 0) =>
          setTimeout(run, ms < 3_000 ? ms : 0)) as typeof globalThis.setTimeout;
        for (const canvas of canvases as HTMLCanvasElement[]) {
          canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
        }
      });
      await eventually(() => page.locator('.xterm-rows').allTextContents()).toEqual([
        expect.stringContaining('drawn by hand'),
      ]);
    });

    test('zooming changes the setting, the face and the session`s size', async () => {
      await live();
      const before = (await resizes()).at(-1)?.cols ?? 0;
      await page.keyboard.press('Control+Equal');
      await page.keyboard.press('Control+Equal');
      expect(await page.evaluate(() => stage.settings().fontSize)).toBe(15);
      await eventually(async () => (await resizes()).at(-1)?.cols).toBeLessThan(before);
      await page.keyboard.press('Control+Minus');
      expect(await page.evaluate(() => stage.settings().fontSize)).toBe(14);
      await page.keyboard.press('Control+0');
      expect(await page.evaluate(() => stage.settings().fontSize)).toBe(13);
      await eventually(async () => (await resizes()).at(-1)?.cols).toBe(before);
      expect(await typed()).toBe('');
    });
  });

  describe('copy and paste', () => {
    const paste = async (text: string, keys = 'Control+Shift+V'): Promise<void> => {
      await putOnClipboard(text);
      await page.keyboard.press(keys);
    };

    test.each(['Control+Shift+V', 'Shift+Insert'])('%s pastes one line at once', async (keys) => {
      await live();
      await paste('echo one', keys);
      await eventually(typed).toBe('echo one');
      expect(await page.getByRole('dialog').count()).toBe(0);
    });

    test('several lines are shown before they are pasted, even into a bracketed paste', async () => {
      await live();
      await page.evaluate(() => stage.output('\x1b[?2004h$ '));
      await paste('kubectl scale deploy/web --replicas=0\nkubectl delete pvc --all\n');
      const dialog = page.getByRole('dialog', { name: 'Paste 2 lines?' });
      await dialog.getByText('kubectl delete pvc --all').waitFor();
      await shot('paste-guard');
      expect(await typed()).toBe('');
      await page.keyboard.press('Escape');
      await eventually(hasFocus).toBe(true);
      expect(await typed()).toBe('');
      await paste('one\ntwo\n');
      await dialog.waitFor();
      await page.keyboard.press('Enter');
      await eventually(typed).toBe('\x1b[200~one\rtwo\r\x1b[201~');
      await eventually(hasFocus).toBe(true);
    });

    test('a line that would run at once is asked about, and can be pasted as one line', async () => {
      await live();
      await paste('helm upgrade web \\\n  --install\n');
      await page.getByRole('button', { name: 'Paste as one line' }).click();
      await eventually(typed).toBe('helm upgrade web \\ --install');
    });

    test('with the guard off nothing is asked', async () => {
      await live();
      await page.evaluate(() => stage.setSettings({ pasteGuard: false }));
      await paste('one\ntwo\n');
      await eventually(typed).toBe('one\rtwo\r');
    });

    test('escape sequences on the clipboard cannot end a bracketed paste', async () => {
      await live();
      await page.evaluate(() => stage.output('\x1b[?2004hready'));
      await eventually(screenText).toContain('ready');
      await paste('safe\x1b[201~reboot');
      await eventually(typed).toBe('\x1b[200~safe[201~reboot\x1b[201~');
    });

    test('Ctrl+Shift+C copies what is selected', async () => {
      await live();
      await page.evaluate(() => stage.output('copy me'));
      await eventually(screenText).toContain('copy me');
      await page.keyboard.press('Control+Shift+A');
      await page.keyboard.press('Control+Shift+C');
      await eventually(clipboard).toContain('copy me');
      expect(await typed()).toBe('');
    });

    test('a selection is copied by itself where that is wanted', async () => {
      await live();
      await page.evaluate(() => stage.output('selected by mouse'));
      await eventually(screenText).toContain('selected by mouse');
      await page.evaluate(() => stage.setSettings({ copyOnSelect: true, screenReader: false }));
      const box = await page.locator('.xterm-screen').boundingBox();
      await putOnClipboard('old');
      await page.mouse.dblclick((box?.x ?? 0) + 20, (box?.y ?? 0) + 8);
      await eventually(clipboard).toBe('selected');
    });

    test('the context menu copies, pastes and finds; a right click pastes where that is wanted', async () => {
      await live();
      await putOnClipboard('from the menu');
      await page.locator('.terminal-stage').click({ button: 'right', position: { x: 200, y: 100 } });
      await page.getByRole('menuitem', { name: 'Paste' }).waitFor();
      await shot('menu');
      expect(await page.getByRole('menuitem', { name: 'Copy' }).getAttribute('aria-disabled')).toBe('true');
      await page.getByRole('menuitem', { name: 'Paste' }).click();
      await eventually(typed).toBe('from the menu');
      await page.evaluate(() => stage.setSettings({ rightClick: 'paste' }));
      await page.locator('.terminal-stage').click({ button: 'right', position: { x: 200, y: 100 } });
      await eventually(typed).toBe('from the menufrom the menu');
      expect(await page.getByRole('menu').count()).toBe(0);
    });
  });

  describe('finding', () => {
    test('hits are counted and walked, and Escape leads back to the terminal', async () => {
      await live();
      await page.evaluate(() => {
        for (let line = 1; line <= 200; line += 1) {
          stage.output(`line ${line} ${line % 50 === 0 ? 'Error: out of memory' : 'ok'}\r\n`);
        }
      });
      await eventually(screenText).toContain('line 200');
      await page.keyboard.press('Control+Shift+F');
      await page.keyboard.type('error');
      await page.getByText('4 of 4').waitFor();
      await shot('find');
      for (const hit of ['3 of 4', '2 of 4', '1 of 4']) {
        await page.keyboard.press('Enter');
        await page.getByText(hit).waitFor();
      }
      await eventually(screenText).toContain('line 50 Error');
      await page.keyboard.press('Shift+Enter');
      await page.getByText('2 of 4').waitFor();
      await page.getByRole('button', { name: 'Match case' }).click();
      await page.getByText('no hits').waitFor();
      await page.getByRole('button', { name: 'Match case' }).click();
      await page.getByRole('button', { name: 'Regular expression' }).click();
      await page.getByRole('textbox', { name: 'Find' }).fill('line (');
      await page.getByText('not a pattern').waitFor();
      await page.getByRole('textbox', { name: 'Find' }).press('Escape');
      await eventually(hasFocus).toBe(true);
      expect(await page.getByRole('search').count()).toBe(0);
      expect(await typed()).toBe('');
    });
  });

  describe('links', () => {
    test('a link opens with Ctrl and a click, apart from the page; a plain click opens nothing', async () => {
      await live();
      await page.evaluate(() => stage.output('see https://example.com/runbook now\r\n'));
      await eventually(screenText).toContain('runbook');
      await page.evaluate(() => {
        stage.setSettings({ screenReader: false });
        const followed: unknown[][] = [];
        Object.assign(globalThis, { followed });
        window.open = (...words: unknown[]) => {
          followed.push(words);
          return null;
        };
      });
      const followed = () =>
        page.evaluate(() => (globalThis as unknown as { followed: unknown[][] }).followed);
      const box = await page.locator('.xterm-screen').boundingBox();
      const at = { x: (box?.x ?? 0) + 90, y: (box?.y ?? 0) + 8 };
      // Links are looked for where the pointer moves, in what has been drawn by then.
      await eventually(async () => {
        await page.mouse.move(at.x - 30, at.y);
        await page.mouse.move(at.x, at.y);
        return page.locator('.terminal-place').getAttribute('title');
      }).toBe('https://example.com/runbook\nCtrl+click opens it');
      await page.mouse.click(at.x, at.y);
      expect(await followed()).toEqual([]);
      await page.keyboard.down('Control');
      await page.mouse.click(at.x, at.y);
      await page.keyboard.up('Control');
      await eventually(followed).toEqual([['https://example.com/runbook', '_blank', 'noopener,noreferrer']]);
    });
  });

  describe('beginning and end', () => {
    const exited = async (exitCode: number): Promise<void> => {
      await page.evaluate((code) => {
        const changes: Partial<SessionInfo> = {
          state: {
            kind: 'ended',
            startedAtMs: stage.startMs,
            endedAtMs: stage.startMs + 133_000,
            end: { kind: 'exited', exitCode: code },
          },
          recording: { kind: 'stored', recordingId: 'r1', bytes: 48_213, lostBytes: 0 },
        };
        stage.end();
        stage.setSession(changes);
      }, exitCode);
      await page.getByRole('region', { name: 'Session ended' }).waitFor();
    };

    test('a shell that takes its time to open says so and can be given up', async () => {
      await page.getByText('Opening a shell in web-7f9c / app').waitFor();
      await shot('opening');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await eventually(() => page.evaluate(() => stage.calls().at(-1))).toEqual({
        name: 'sessions.close',
        input: { sessionId: 's1' },
      });
    });

    test('an exit leaves the output, says the code, and offers what comes next', async () => {
      await live();
      await page.evaluate(() => stage.output('$ exit 137\r\nthe last words\r\n'));
      await eventually(screenText).toContain('the last words');
      await exited(137);
      expect(await screenText()).toContain('the last words');
      await page.getByText('The shell ended after 2 m 13 s, exit code 137').waitFor();
      await page.getByText('137 is how shells report a kill').waitFor();
      await shot('ended-exit');
      await page.getByRole('button', { name: 'Open recording' }).click();
      await page.getByRole('button', { name: 'Close tab' }).click();
      expect(await page.evaluate(() => stage.deeds())).toEqual(['open recording r1', 'close tab']);
    });

    test('an Enter that was typed ahead does not open again', async () => {
      await live();
      // However long this machine takes: to what appears, every key was pressed before.
      await page.evaluate(() => {
        const now = performance.now.bind(performance);
        performance.now = () => now() + 3_600_000;
      });
      await exited(0);
      const again = page.getByRole('button', { name: 'Open again' });
      await eventually(() => again.evaluate((button) => button === document.activeElement)).toBe(true);
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => stage.deeds())).toEqual([]);
    });

    test('Enter opens again', async () => {
      await live();
      await exited(0);
      const again = page.getByRole('button', { name: 'Open again' });
      await eventually(() => again.evaluate((button) => button === document.activeElement)).toBe(true);
      await eventually(async () => {
        await page.keyboard.press('Enter');
        return page.evaluate(() => stage.deeds());
      }).toEqual(['open again']);
      await page.keyboard.press('Escape');
      await eventually(hasFocus).toBe(true);
    });

    test('a lost session says why, in the server`s words, with the technical part behind Details', async () => {
      await live();
      await page.evaluate(() => {
        stage.output('$ tail -f app.log\r\n');
        stage.end();
        stage.setSession({
          state: {
            kind: 'ended',
            startedAtMs: stage.startMs,
            endedAtMs: stage.startMs + 5_000,
            end: {
              kind: 'failed',
              problem: {
                code: 'pod-gone',
                message: 'pod web-7f9c was deleted while the shell was open',
                hint: 'choose its successor in the pod list',
                detail: 'close code 1000, status NotFound: pods "web-7f9c" not found',
              },
            },
          },
          recording: { kind: 'stored', recordingId: 'r1', bytes: 812, lostBytes: 0 },
        });
      });
      await page.getByText('The shell was lost after 5 s').waitFor();
      await page.getByText('Pod web-7f9c was deleted while the shell was open.').waitFor();
      await page.getByRole('button', { name: 'Details' }).click();
      await page.getByText('close code 1000').waitFor();
      await shot('ended-lost');
    });

    test('a lost connection counts to its next try, takes no keys, and leads back to the terminal', async () => {
      await live();
      await page.evaluate(() => {
        stage.output('$ make\r\n');
        stage.marker('connection lost: it was cut without a word');
        stage.setSession({
          state: {
            kind: 'reconnecting',
            startedAtMs: stage.startMs,
            lostAtMs: Date.now(),
            attempt: 3,
            nextTryAtMs: Date.now() + 3_600_000,
            problem: {
              code: 'connection-lost',
              message: 'the connection to shop/web-7f9c was lost: it was cut without a word',
              hint: 'the command may still run in the pod',
              detail: 'close code 1006',
            },
          },
        });
      });
      await eventually(screenText).toContain('— connection lost: it was cut without a word —');
      await page.getByText(/^Attempt 3 in (59 m|1 h)/).waitFor();
      await page.getByText('The connection to shop/web-7f9c was lost: it was cut without a word.').waitFor();
      const before = await typed();
      await terminal().focus();
      await page.keyboard.type('rm -rf /');
      await page.locator('.reconnect-bar.flash-0').waitFor();
      expect(await typed()).toBe(before);
      await shot('reconnecting-dark');
      await page.getByRole('button', { name: 'Try now' }).click();
      await eventually(() =>
        page.evaluate(() => stage.calls().some((call) => call.name === 'sessions.reconnect')),
      ).toBe(true);
      await page.getByRole('button', { name: 'Details' }).click();
      await page.getByText('close code 1006').waitFor();
      await page.getByRole('button', { name: 'Try now' }).focus();
      await page.evaluate(() => {
        const lost = stage.session().state;
        if (lost.kind === 'reconnecting') stage.setSession({ state: { ...lost, nextTryAtMs: 0 } });
      });
      await page.getByText('Attempt 3, now').waitFor();
      await page.evaluate(() => {
        stage.marker('reconnected after 8 s, in a new shell');
        stage.setSession({ state: { kind: 'live', startedAtMs: stage.startMs } });
      });
      await eventually(() => page.locator('.reconnect-bar').count()).toBe(0);
      await eventually(hasFocus).toBe(true);
      await page.keyboard.type('ls');
      await eventually(typed).toBe(`${before}ls`);
    });

    test('a container without a shell is offered a debug container`s command, every end the same as kubectl', async () => {
      const problem = {
        code: 'no-shell',
        message: 'container app has no sh',
        hint: 'a debug container brings one',
      };
      await page.evaluate((why) => {
        stage.setSession({
          state: { kind: 'ended', endedAtMs: stage.startMs, end: { kind: 'failed', problem: why } },
        });
        stage.end();
      }, problem);
      await page.getByRole('button', { name: 'Copy debug command' }).click();
      await eventually(clipboard).toBe('kubectl debug …');
      await page.getByRole('button', { name: 'Copy as kubectl' }).click();
      await eventually(clipboard).toBe('kubectl exec …');
      await shot('ended-no-shell');
      await page.evaluate(() =>
        stage.setSession({
          state: { kind: 'ended', endedAtMs: stage.startMs, end: { kind: 'exited', exitCode: 0 } },
        }),
      );
      await eventually(() => page.getByRole('button', { name: 'Copy debug command' }).count()).toBe(0);
      expect(await page.getByRole('button', { name: 'Copy as kubectl' }).count()).toBe(1);
    });
  });

  describe('look', () => {
    test('a theme, a face and a scrollback that are changed show at once', async () => {
      await live();
      await page.evaluate(() =>
        stage.output('\x1b[32mgreen\x1b[0m \x1b[31mred\x1b[0m \x1b[1;34mblue\x1b[0m\r\n$ '),
      );
      await shot('dark');
      const ground = (): Promise<string> =>
        page.locator('.terminal-pane').evaluate((pane) => getComputedStyle(pane).backgroundColor);
      const dark = await ground();
      await page.evaluate(() => stage.setSettings({ theme: 'light' }));
      await eventually(ground).not.toBe(dark);
      await shot('light');
      await page.evaluate(() => stage.setSettings({ theme: 'contrast', fontSize: 18 }));
      await eventually(async () => (await resizes()).at(-1)?.cols).toBeLessThan(90);
      await shot('contrast');
    });

    test('a recording that failed is said in words', async () => {
      await live();
      await page.evaluate(() =>
        stage.setSession({
          recording: {
            kind: 'failed',
            problem: { code: 'disk-full', message: 'the disk is full', hint: 'free some space' },
          },
        }),
      );
      const badge = page.locator('.recording-badge');
      await badge.getByText('Not recorded').waitFor();
      expect(await badge.getAttribute('title')).toBe('Not recorded. The disk is full. Free some space.');
      await shot('not-recorded');
    });

    test('a recording that is required says that the disk is waited for', async () => {
      await live();
      await page.evaluate(() =>
        stage.setSession({
          recording: {
            kind: 'recording',
            recordingId: 'r1',
            startedAtMs: Date.now(),
            bytes: 1_024,
            lostBytes: 0,
            trouble: {
              code: 'recording-required',
              message: 'waiting for the disk: nothing is shown that is not on record',
              hint: 'The shell goes on by itself when the disk does, and ends after 30 seconds.',
            },
          },
        }),
      );
      const badge = page.locator('.recording-badge');
      await badge.getByText('Waiting for the disk').waitFor();
      expect(await badge.getAttribute('title')).toBe(
        'Waiting for the disk: nothing is shown that is not on record. The shell goes on by itself when the disk does, and ends after 30 seconds.',
      );
      await shot('waiting-for-the-disk');
    });
  });
});
