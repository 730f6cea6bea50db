/** A question that must be answered before anything else. The browser keeps the focus inside it. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Buttons; the one with `isFocusedFirst` is what Enter does. */
  readonly actions?: ComponentChildren;
  /** Escape, and a press outside of it. */
  readonly onClose: () => void;
  readonly class?: string;
  /** Before any button hears it. */
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}

export function Dialog(props: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = `dialog-${props.title.replaceAll(/\W+/g, '-')}`;

  useLayoutEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    const cameFrom = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-focus-first]')?.focus();
    return () => {
      dialog.close();
      const isStillHere = document.activeElement === document.body || !document.activeElement;
      if (isStillHere && cameFrom instanceof HTMLElement) cameFrom.focus();
    };
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does what a press on the ground behind does
    <dialog
      ref={element}
      class={`dialog float ${props.class ?? ''}`}
      aria-labelledby={titleId}
      onKeyDownCapture={props.onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) props.onClose();
      }}
    >
      <div class="dialog-body">
        <h2 id={titleId} class="dialog-title">
          {props.title}
        </h2>
        {props.children}
      </div>
      {props.actions && <div class="dialog-actions">{props.actions}</div>}
    </dialog>
  );
}
