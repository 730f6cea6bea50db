/** Asks before a shell is ended. It may end by itself meanwhile: then there is nothing to ask any more. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

export function EndShellDialog({
  name,
  onClose,
  onEnd,
  children,
}: {
  /** Undefined: it has ended. */
  readonly name: string | undefined;
  onClose(): void;
  onEnd(): void;
  /** What ends with it. */
  readonly children: ComponentChildren;
}): JSX.Element | null {
  const hasEnded = name === undefined;
  useEffect(() => {
    if (hasEnded) onClose();
  }, [hasEnded]);
  if (hasEnded) return null;
  return (
    <Dialog
      title={`End the shell in ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Keep open</Button>
          <Button
            kind="danger"
            isFocusedFirst
            onPress={() => {
              onClose();
              onEnd();
            }}
          >
            End shell
          </Button>
        </>
      }
    >
      <p class="dialog-text">{children}</p>
    </Dialog>
  );
}
