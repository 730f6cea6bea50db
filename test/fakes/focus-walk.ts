/** Walks through a page by the Tab key, as somebody without a mouse does. In Node. */
import type { Page } from 'playwright-core';

export interface FocusWalk {
  /** Controls that can be seen and that Tab never came to. */
  readonly unreached: readonly string[];
  /** Those that looked no different with the focus. */
  readonly unmarked: readonly string[];
  /** What had the focus and could not be seen. */
  readonly hidden: readonly string[];
  /** Controls that no Tab comes to by design, and that stand in no widget whose keys lead to them. */
  readonly stray: readonly string[];
  readonly stops: number;
}

/** More than any view has. */
const MOST_STOPS = 200;

/** Onwards from where the focus is, and back: what stands behind a terminal that lives is reached from the other side. */
export async function walkByTab(page: Page): Promise<FocusWalk> {
  await page.evaluate(prepare);
  await walkOneWay(page, { tab: 'Tab', part: 'F6' });
  await walkOneWay(page, { tab: 'Shift+Tab', part: 'Shift+F6' });
  return page.evaluate(() => (globalThis as unknown as Walking).walk.result());
}

async function walkOneWay(page: Page, keys: { readonly tab: string; readonly part: string }): Promise<void> {
  let isInShell = await page.evaluate(() => (globalThis as unknown as Walking).walk.begin());
  let movedAtMs = Date.now();
  for (let step = 0; step < MOST_STOPS; ) {
    const pressedAtMs = Date.now();
    // Tab is the shell's: F6 is the way out of a terminal that lives.
    await page.keyboard.press(isInShell ? keys.part : keys.tab);
    const noted = await page.evaluate(() => (globalThis as unknown as Walking).walk.note());
    ({ isInShell } = noted);
    if (noted.found === 'known') return;
    // Not the time of the answer: a key that was pressed too soon may be answered late.
    if (noted.found === 'same' && pressedAtMs - movedAtMs > UNHEARD_MS) return;
    if (noted.found === 'same') continue;
    movedAtMs = Date.now();
    step += 1;
  }
}

/** What has just come up hears no key for half a second. After more than that it is the only stop. */
const UNHEARD_MS = 800;

interface Walking {
  readonly walk: {
    /** Whether the focus is in a terminal that lives. */
    begin(): boolean;
    note(): {
      /** `known`: it has come round. */
      readonly found: 'new' | 'same' | 'known';
      readonly isInShell: boolean;
    };
    result(): FocusWalk;
  };
}

/** In the page. */
function prepare(): void {
  const CONTROLS = 'button, input, select, textarea, a[href], summary, [tabindex], [contenteditable="true"]';
  /** Each is one stop, or none, and has keys of its own for what is inside. */
  const WIDGETS = '[role="listbox"], [role^="menu"], [role="tablist"], .tab-strip, .xterm, .player-track';
  const root = document.querySelector('dialog[open]') ?? document;
  const isSeen = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest('[inert]');
  const all = [...root.querySelectorAll<HTMLElement>(CONTROLS)].filter(
    (one) => isSeen(one) && !one.matches(':disabled') && !one.closest('[aria-hidden="true"]'),
  );
  const name = (element: Element): string =>
    `${element.tagName.toLowerCase()}${element.id && `#${element.id}`}.${element.className} ${(element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 40)}`;
  /** What a focus may change: on the control, on the frame around it, on the row that a list tells as active. */
  const look = (element: Element): string => {
    const active = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
    const frames = [element, element.parentElement, active].filter((one): one is HTMLElement => one !== null);
    return frames
      .map((one) => {
        const { outlineStyle, outlineWidth, outlineColor, ...style } = getComputedStyle(one);
        const others = `${style.boxShadow} ${style.borderColor} ${style.background}`;
        return outlineStyle === 'none' ? others : `${outlineWidth} ${outlineColor} ${others}`;
      })
      .join(' | ');
  };
  (document.activeElement as HTMLElement | null)?.blur();
  const unfocused = new Map(all.map((one) => [one, look(one)]));
  const reached = new Set<Element>();
  const unmarked = new Set<string>();
  const hidden = new Set<string>();
  let round = new Set<Element>();
  let last: Element | null = null;
  const isInShell = (): boolean =>
    document.activeElement?.matches('.terminal-pane .xterm *, .login-pane .xterm *') ?? false;
  function noteFocus(): 'new' | 'same' | 'known' {
    const { activeElement } = document;
    const isSame = last === activeElement;
    last = activeElement;
    if (!activeElement || activeElement === document.body) return 'new';
    if (round.has(activeElement)) return isSame ? 'same' : 'known';
    round.add(activeElement);
    const box = activeElement.getBoundingClientRect();
    const isTerminal = activeElement.closest('.xterm') !== null;
    if (!reached.has(activeElement) && !isTerminal) {
      const before = unfocused.get(activeElement as HTMLElement);
      if (before !== undefined && before === look(activeElement)) unmarked.add(name(activeElement));
      if (!isSeen(activeElement) || box.width === 0) hidden.add(name(activeElement));
    }
    reached.add(activeElement);
    return 'new';
  }
  Object.assign(globalThis, {
    walk: {
      begin(): boolean {
        round = new Set();
        return isInShell();
      },
      note: () => ({ found: noteFocus(), isInShell: isInShell() }),
      result(): FocusWalk {
        const isOneOfRadios = (one: HTMLElement): boolean =>
          one instanceof HTMLInputElement && one.type === 'radio' && !one.checked;
        const wanted = all.filter(
          (one) => one.tabIndex >= 0 && one.isConnected && isSeen(one) && !isOneOfRadios(one),
        );
        const named = (elements: readonly Element[]): string[] => elements.map(name);
        return {
          unreached: named(wanted.filter((one) => !reached.has(one) && !one.closest('.xterm'))),
          unmarked: [...unmarked],
          hidden: [...hidden],
          stray: named(
            all.filter(
              (one) => one.tabIndex < 0 && !one.closest(WIDGETS) && one.matches('button, input, select, a'),
            ),
          ),
          stops: reached.size,
        };
      },
    },
  });
}
