/** Shows what is about to be pasted where a line break in it would run something. */
import type { JSX } from 'preact';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatCount } from '../ui/format.ts';
import { joinLines, type PasteText } from './paste.ts';

export interface PasteDialogProps {
  readonly paste: PasteText;
  /** The text to paste; undefined: nothing. */
  readonly onAnswer: (text: string | undefined) => void;
}

/** More than anybody reads; a paste may have megabytes. */
const PREVIEW_LINES = 200;
const PREVIEW_CHARS = 20_000;

export function PasteDialog({ paste, onAnswer }: PasteDialogProps): JSX.Element {
  const preview = paste.text.slice(0, PREVIEW_CHARS).split('\n').slice(0, PREVIEW_LINES).join('\n');
  const isCut = preview.trimEnd().length < paste.text.trimEnd().length;
  return (
    <Dialog
      title={`Paste ${formatCount(paste.lines, 'line')}?`}
      class="paste-dialog"
      onClose={() => onAnswer(undefined)}
      actions={
        <>
          <Button onPress={() => onAnswer(undefined)}>Cancel</Button>
          <Button onPress={() => onAnswer(joinLines(paste.text))}>Paste as one line</Button>
          <Button kind="primary" isFocusedFirst onPress={() => onAnswer(paste.text)}>
            Paste
          </Button>
        </>
      }
    >
      <p class="dialog-text">The shell may run each line as soon as it arrives.</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its text may be longer than its box */}
      <pre class="paste-preview mono" tabIndex={0}>
        {preview}
      </pre>
      {isCut && <p class="secondary">Only its beginning is shown.</p>}
    </Dialog>
  );
}
