/** Files of other programs become recordings: chosen by a button, or dropped on the library. */
import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';

export interface ImportProps {
  readonly onFiles: (files: readonly File[]) => void;
}

/** What the core tells by its content, whatever the name says. */
const ACCEPTED = '.cast,.json,.gz,.zst,.tty,.ttyrec,.rec,.asciinema';

export function ImportButton({ onFiles }: ImportProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={ACCEPTED}
        multiple
        hidden
        aria-label="Files to import"
        onChange={(event) => {
          const { files } = event.currentTarget;
          onFiles([...(files ?? [])]);
          // The same file may be chosen again.
          event.currentTarget.value = '';
        }}
      />
      <Button title="asciicast, gzip, zstd, ttyrec" onPress={() => input.current?.click()}>
        Import…
      </Button>
    </>
  );
}

/** Says while files hang over it that they may be dropped. */
export function DropZone({
  onFiles,
  children,
}: ImportProps & { readonly children: ComponentChildren }): JSX.Element {
  const [isOver, setOver] = useState(false);

  function holdsFiles(event: DragEvent): boolean {
    return event.dataTransfer?.types.includes('Files') ?? false;
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button does the same for who has no mouse
    <div
      class="drop-zone"
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        const { currentTarget, relatedTarget } = event;
        if (!(relatedTarget instanceof Node) || !currentTarget.contains(relatedTarget)) setOver(false);
      }}
      onDrop={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      {children}
      {isOver && <div class="drop-hint">Drop to import as recordings</div>}
    </div>
  );
}
