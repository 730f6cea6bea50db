/** A menu that opens beside what asked for it. Arrows move, a letter jumps, Escape gives the focus back. */
import { Fragment, type JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

export interface MenuItem {
  readonly key: string;
  readonly label: string;
  /** Small text at the right: a shortcut, an image, why it is disabled. */
  readonly note?: string;
  readonly icon?: IconName;
  /** Words above it, where another kind of item begins. */
  readonly section?: string;
  /** Said before its label by a screen reader, which does not hear the words above. */
  readonly said?: string;
  /** One of several of which one holds: whether it is this one. */
  readonly isChosen?: boolean;
  readonly isDisabled?: boolean;
  readonly onPick: () => void;
}

/** Where it opens: below a rectangle, or at a point where both corners are the same. */
export interface MenuPlace {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

export interface MenuProps {
  readonly label: string;
  readonly heading?: string;
  readonly place: MenuPlace;
  readonly items: readonly MenuItem[];
  readonly onClose: () => void;
}

/** Kept free between the menu and the window's edge, in CSS pixels. */
const EDGE_PX = 8;

export function Menu(props: MenuProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const { onClose } = props;

  useLayoutEffect(() => {
    const menu = element.current;
    if (!menu) return;
    const cameFrom = document.activeElement;
    placeMenu(menu, props.place);
    itemsOf(menu)[0]?.focus();
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !menu.contains(event.target)) onClose();
    };
    document.addEventListener('pointerdown', onPointer, true);
    window.addEventListener('resize', onClose);
    return () => {
      document.removeEventListener('pointerdown', onPointer, true);
      window.removeEventListener('resize', onClose);
      // What was picked may have moved the focus on; then it stays there.
      const isStillHere = document.activeElement === document.body || menu.contains(document.activeElement);
      if (isStillHere && cameFrom instanceof HTMLElement) cameFrom.focus();
    };
  }, []);

  function press(event: KeyboardEvent): void {
    const menu = element.current;
    if (!menu) return;
    event.stopPropagation();
    const buttons = itemsOf(menu);
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = nextIndex(event, index, buttons);
    if (event.key === 'Escape' || event.key === 'Tab' || event.key === 'ArrowLeft') {
      event.preventDefault();
      onClose();
    } else if (next !== undefined) {
      event.preventDefault();
      buttons[next]?.focus();
    }
  }

  return (
    <div
      ref={element}
      class="menu float"
      role="menu"
      tabIndex={-1}
      aria-label={props.label}
      onKeyDown={press}
    >
      {props.heading && <div class="menu-heading ellipsis">{props.heading}</div>}
      {props.items.map((item) => (
        <Fragment key={item.key}>
          {item.section && <div class="menu-heading menu-section ellipsis">{item.section}</div>}
          <button
            type="button"
            class="menu-item"
            {...(item.isChosen === undefined
              ? { role: 'menuitem' }
              : { role: 'menuitemradio', 'aria-checked': item.isChosen })}
            tabIndex={-1}
            aria-disabled={item.isDisabled ?? false}
            onPointerMove={(event) => event.currentTarget.focus()}
            onClick={() => {
              if (item.isDisabled) return;
              onClose();
              item.onPick();
            }}
          >
            {item.icon && <Icon name={item.icon} />}
            {item.said && <span class="only-heard">{item.said} </span>}
            <span class="ellipsis">{item.label}</span>
            {item.note && <span class="menu-note ellipsis">{item.note}</span>}
            {item.isChosen && <Icon name="check" />}
          </button>
        </Fragment>
      ))}
    </div>
  );
}

/** Below an element, at its left edge. */
export function placeBelow(element: Element): MenuPlace {
  const { left, top, bottom } = element.getBoundingClientRect();
  return { left, top: top - 4, bottom: bottom + 4 };
}

function placeMenu(menu: HTMLElement, place: MenuPlace): void {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(place.left, window.innerWidth - width - EDGE_PX);
  const fitsBelow = place.bottom + height + EDGE_PX <= window.innerHeight;
  const top = fitsBelow ? place.bottom : place.top - height;
  menu.style.left = `${Math.max(EDGE_PX, left)}px`;
  menu.style.top = `${Math.max(EDGE_PX, Math.min(top, window.innerHeight - height - EDGE_PX))}px`;
}

function itemsOf(menu: HTMLElement): HTMLButtonElement[] {
  return [...menu.querySelectorAll<HTMLButtonElement>('[role^="menuitem"]')];
}

function nextIndex(
  event: KeyboardEvent,
  index: number,
  buttons: readonly HTMLButtonElement[],
): number | undefined {
  const count = buttons.length;
  if (event.key === 'ArrowDown') return (index + 1) % count;
  if (event.key === 'ArrowUp') return (index - 1 + count) % count;
  if (event.key === 'Home') return 0;
  if (event.key === 'End') return count - 1;
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || event.key === ' ') {
    return undefined;
  }
  const letter = event.key.toLowerCase();
  const after = [...buttons.slice(index + 1), ...buttons.slice(0, index + 1)];
  const found = after.find((button) => button.textContent?.trim().toLowerCase().startsWith(letter));
  return found && buttons.indexOf(found);
}
