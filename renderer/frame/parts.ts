/** The parts of the window that F6 walks through, and the way back to the terminal. */

/** An element with `data-part` is one; the first thing inside it with `data-focus-first` takes the focus. */
const PART = '[data-part]';

export function stepPart(step: 1 | -1): void {
  const parts = [...document.querySelectorAll<HTMLElement>(PART)].filter((part) => part.checkVisibility());
  const here = parts.findIndex((part) => part.contains(document.activeElement));
  for (let tried = 1; tried <= parts.length; tried += 1) {
    const from = here < 0 && step < 0 ? 0 : here;
    const part = parts[(from + step * tried + parts.length * (tried + 1)) % parts.length];
    if (part && focusPart(part)) return;
  }
}

/** Where Escape leads: into what the active tab shows, else to the list of pods. */
export function focusContent(): void {
  const content = document.querySelector<HTMLElement>('[data-part="content"]');
  // Without a tab it offers where one was before; an Enter must not open a shell that nobody asked for.
  const isOffered =
    content?.querySelector('[role="tabpanel"]') ?? content?.querySelector('[data-focus-first]');
  if (content && isOffered && focusPart(content)) return;
  const side = document.querySelector<HTMLElement>('[data-part="side"]');
  if (side) focusPart(side);
}

/** The field that filters pods; the contexts while none is chosen. Once drawn: the side may have to appear first. */
export function focusPodFilter(): void {
  requestAnimationFrame(() => {
    const side = document.querySelector<HTMLElement>('[data-part="side"]');
    const filter = document.getElementById('pod-filter');
    if (filter) filter.focus();
    else if (side) focusPart(side);
  });
}

export function isInTerminal(element: Element | null): boolean {
  return element !== null && element.closest('.xterm') !== null;
}

function focusPart(part: HTMLElement): boolean {
  const candidates = [
    ...part.querySelectorAll<HTMLElement>('[data-focus-first], .xterm-helper-textarea'),
    ...part.querySelectorAll<HTMLElement>('input, select, button, textarea, [tabindex="0"], a[href]'),
  ];
  for (const candidate of candidates) {
    if (!candidate.checkVisibility({ visibilityProperty: true }) || candidate.closest('[inert]')) continue;
    candidate.focus();
    if (document.activeElement === candidate) return true;
  }
  return false;
}
