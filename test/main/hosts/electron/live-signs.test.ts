import { expect, test } from 'vitest';
import { createLiveSigns, type LiveSignsNeeds } from '../../../../main/hosts/electron/live-signs.ts';
import type { OpenSession } from '../../../../main/hosts/electron/live-summary.ts';
import type { MenuItem } from '../../../../main/hosts/electron/menu-template.ts';
import type { SessionInfo } from '../../../../preload/contract.ts';

const session = (sessionId: string, changes: Partial<SessionInfo> = {}): SessionInfo => ({
  sessionId,
  target: { context: 'prod', namespace: 'shop', pod: sessionId, container: 'app' },
  size: { cols: 80, rows: 24 },
  state: { kind: 'live', startedAtMs: 0 },
  recording: { kind: 'recording', recordingId: 'r', startedAtMs: 0, bytes: 0, lostBytes: 0 },
  viewers: 1,
  ...changes,
});
const OFF: Partial<SessionInfo> = { recording: { kind: 'off', reason: 'policy' } };
const ENDED: Partial<SessionInfo> = { state: { kind: 'ended', endedAtMs: 0, end: { kind: 'closed' } } };

function start() {
  const happened: string[] = [];
  let sessions: readonly OpenSession[] = [];
  let trayMenu: MenuItem[] = [];
  let dockMenu: MenuItem[] = [];
  const say = (text: string) => (): void => void happened.push(text);
  const needs: LiveSignsNeeds = {
    sessions: () => sessions,
    createTray() {
      happened.push('tray');
      return {
        show(sign, toolTip, menu) {
          happened.push(`${sign}: ${toolTip}`);
          trayMenu = menu;
        },
        destroy: say('no tray'),
      };
    },
    setBadge: (count) => happened.push(`badge ${count}`),
    setDockMenu(menu) {
      dockMenu = menu;
    },
    setOverlay: (sign) => happened.push(`overlay ${sign ?? 'none'}`),
    askForAttention: say('attention'),
    showWindow: say('window shown'),
    showSession: (sessionId) => happened.push(`shown ${sessionId}`),
    showElsewhere: say('others shown'),
    openWindow: say('window opened'),
    quit: say('quit'),
  };
  const signs = createLiveSigns(needs);
  return {
    signs,
    tell(...next: readonly OpenSession[]): string[] {
      sessions = next;
      signs.update();
      return happened.splice(0);
    },
    press(label: string, menu: () => MenuItem[]): string[] {
      const item = menu().find((one) => one.label === label);
      (item?.click as (() => void) | undefined)?.();
      return happened.splice(0);
    },
    trayMenu: () => trayMenu,
    dockMenu: () => dockMenu,
  };
}

test('the sign is there while shells live, and says how the worst of them stands', () => {
  const { tell } = start();
  expect(tell(session('web'))).toEqual([
    'badge 1',
    'overlay recorded',
    'tray',
    'recorded: Kubereel: 1 shell live, 1 recorded',
  ]);
  expect(tell(session('web'), session('api', OFF))).toEqual([
    'badge 2',
    'overlay not recorded',
    'not recorded: Kubereel: 2 shells live, 1 recorded, 1 not recorded',
    'attention',
  ]);
  expect(tell(session('web', ENDED), session('api', { ...OFF, ...ENDED }))).toEqual([
    'badge 0',
    'overlay none',
    'no tray',
  ]);
  expect(tell(session('db')).slice(2, 3)).toEqual(['tray']);
});

test('a recording that grows changes nothing', () => {
  const { tell } = start();
  tell(session('web'));
  const grown = session('web').recording;
  expect(tell(session('web', { recording: { ...grown, bytes: 9_000 } as SessionInfo['recording'] }))).toEqual(
    [],
  );
});

test('attention is asked for when less is on record, not when more is', () => {
  const { tell } = start();
  const owed = session('web', {
    recording: {
      ...session('web').recording,
      delivery: { kind: 'owed', sinceMs: 0, attempts: [] },
    } as SessionInfo['recording'],
  });
  expect(tell(owed)).toContain('attention');
  expect(tell(session('web'))).not.toContain('attention');
});

test('the menus have each shell by its name, and what to do with the app', () => {
  const { tell, press, trayMenu, dockMenu } = start();
  tell(session('web'), session('api', OFF));
  expect(trayMenu().map(({ label }) => label)).toEqual([
    '2 shells live, 1 recorded, 1 not recorded',
    undefined,
    'web/app in prod',
    'api/app in prod, not recorded',
    undefined,
    'Show Kubereel',
    'Quit',
  ]);
  expect(dockMenu().map(({ label }) => label)).toEqual([
    'web/app in prod',
    'api/app in prod, not recorded',
    'New window',
  ]);
  expect(press('web/app in prod', trayMenu)).toEqual(['shown web']);
  expect(press('Show Kubereel', trayMenu)).toEqual(['window shown']);
  expect(press('Quit', trayMenu)).toEqual(['quit']);
  expect(press('New window', dockMenu)).toEqual(['window opened']);
});

test('at the end the sign goes', () => {
  const { signs, tell } = start();
  tell(session('web'));
  signs.end();
  expect(tell(session('web'))).toEqual(['no tray']);
});

test('a shell of another program counts as the others do, and a press leads to where they stand', () => {
  const { tell, press, trayMenu } = start();
  const { recording } = session('s1');
  const elsewhere: OpenSession = {
    sessionId: 'k1',
    door: 'kubectl',
    client: 'kubectl/v1.32.1',
    context: 'prod',
    namespace: 'shop',
    pod: 'web-1',
    container: '',
    command: ['sh'],
    kind: 'exec',
    startedAtMs: 0,
    recording,
  };
  expect(tell(elsewhere)).toContain('recorded: Kubereel: 1 shell live, 1 recorded');
  expect(press('web-1 in prod, by kubectl', trayMenu)).toEqual(['others shown']);
  expect(tell({ ...elsewhere, recording: { kind: 'off', reason: 'policy' } })).toContain('attention');
  expect(tell()).toContain('no tray');
});
