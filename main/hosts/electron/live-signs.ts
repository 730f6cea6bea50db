import { type LiveSummary, type OpenSession, summarise, summaryWords } from './live-summary.ts';
import type { MenuItem } from './menu-template.ts';

/** What the desktop shows of shells while some live: a sign beside the clock, on the app's icon and on its windows. */
export interface LiveSigns {
  /** Shows how it is now; what has not changed is left alone. */
  update(): void;
  end(): void;
}

/** How all of them stand together: as the worst of them does. */
export type LiveSign = 'recorded' | 'owed' | 'not recorded';

/** What of Electron's Tray is used. */
export interface TraySign {
  show(sign: LiveSign, toolTip: string, menu: MenuItem[]): void;
  destroy(): void;
}

export interface LiveSignsNeeds {
  sessions(): readonly OpenSession[];
  createTray(): TraySign;
  /** How many live, on the app's icon; 0 for no sign. */
  setBadge(count: number): void;
  /** Of the icon in a Mac's dock. */
  setDockMenu(menu: MenuItem[]): void;
  /** On the windows in Windows' task bar; undefined for none. */
  setOverlay(sign: LiveSign | undefined, words: string): void;
  /** Something that nobody in front of the window may have seen: less is on record than before. */
  askForAttention(): void;
  showWindow(): void;
  showSession(sessionId: string): void;
  /** Where the shells of other programs stand. */
  showElsewhere(): void;
  openWindow(): void;
  quit(): void;
}

export function createLiveSigns(needs: LiveSignsNeeds): LiveSigns {
  let tray: TraySign | undefined;
  let shown = '';
  let missing = 0;

  function update(): void {
    const summary = summarise(needs.sessions());
    // What is told each second is mostly how recordings grow.
    const next = JSON.stringify(summary);
    if (next === shown) return;
    shown = next;
    show(summary);
    if (summary.owed + summary.notRecorded > missing) needs.askForAttention();
    missing = summary.owed + summary.notRecorded;
  }

  function show(summary: LiveSummary): void {
    const { shells } = summary;
    const words = summaryWords(summary);
    const sign = shells.length === 0 ? undefined : signOf(summary);
    needs.setBadge(shells.length);
    needs.setOverlay(sign, words);
    needs.setDockMenu([...shellItems(summary, needs), { label: 'New window', click: needs.openWindow }]);
    if (!sign) {
      tray?.destroy();
      tray = undefined;
      return;
    }
    tray ??= needs.createTray();
    tray.show(sign, `Kubereel: ${words}`, trayMenu(summary, words, needs));
  }

  return {
    update,
    end() {
      tray?.destroy();
      tray = undefined;
    },
  };
}

function signOf({ owed, notRecorded }: LiveSummary): LiveSign {
  if (notRecorded > 0) return 'not recorded';
  return owed > 0 ? 'owed' : 'recorded';
}

function trayMenu(summary: LiveSummary, words: string, needs: LiveSignsNeeds): MenuItem[] {
  return [
    { id: 'live', label: words, enabled: false },
    { type: 'separator' },
    ...shellItems(summary, needs),
    { type: 'separator' },
    { id: 'show', label: 'Show Kubereel', click: needs.showWindow },
    { id: 'quit', label: 'Quit', click: needs.quit },
  ];
}

/** A press shows its tab, or the list that it stands in. */
function shellItems({ shells }: LiveSummary, { showSession, showElsewhere }: LiveSignsNeeds): MenuItem[] {
  return shells.map(({ sessionId, name, isElsewhere, standing }) => ({
    id: sessionId,
    label: standing === 'recorded' ? name : `${name}, ${STANDINGS[standing]}`,
    click: () => (isElsewhere ? showElsewhere() : showSession(sessionId)),
  }));
}

const STANDINGS = {
  opening: 'opening',
  reconnecting: 'reconnecting',
  paused: 'recording paused',
  'not recorded': 'not recorded',
  owed: 'not on record at a recorder',
} as const;
