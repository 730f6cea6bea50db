/** What the mouse and the clipboard do to a terminal, caught before xterm.js sees it. */
export interface PaneEvents {
  onPaste(text: string): void;
  /** False: it is not ours. */
  onMenu(event: MouseEvent): boolean;
  /** The focus has come into it. */
  onUsed(): void;
  /** A press that began in it has ended, wherever. */
  onPointerReleased(): void;
}

export function listenToPane(
  element: HTMLElement,
  events: PaneEvents,
  { signal }: { signal: AbortSignal },
): void {
  const early = { capture: true, signal };
  element.addEventListener(
    'paste',
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      events.onPaste(event.clipboardData?.getData('text/plain') ?? '');
    },
    early,
  );
  element.addEventListener(
    'contextmenu',
    (event) => {
      if (!events.onMenu(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    early,
  );
  element.addEventListener('focusin', () => events.onUsed(), { signal });
  element.addEventListener(
    'pointerdown',
    () => document.addEventListener('pointerup', () => events.onPointerReleased(), { once: true, signal }),
    early,
  );
}
