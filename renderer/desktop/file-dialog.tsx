/** A file that was opened with the app: what it says of itself, and whether it becomes a recording. */
import { Fragment, type JSX } from 'preact';
import type { OpenedFile } from '../../preload/contract-desktop.ts';
import { visibleText } from '../../preload/visible-text.ts';
import type { Store } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatBytes, formatTime } from '../ui/format.ts';

export function FileDialog({ store }: { readonly store: Store }): JSX.Element | null {
  const [file] = store.desktop.opened.value;
  return file ? <Asked key={file.fileId} store={store} file={file} /> : null;
}

function Asked({ store, file }: { readonly store: Store; readonly file: OpenedFile }): JSX.Element {
  const leave = (): void => void store.desktop.leaveFile(file);
  async function take(): Promise<void> {
    const recordingId = await store.desktop.importFile(file);
    if (recordingId !== undefined) store.openReplay(recordingId);
  }
  return (
    <Dialog
      title={`Import ${visibleText(file.name)}?`}
      onClose={leave}
      actions={
        <>
          <Button onPress={leave}>Do not import</Button>
          <Button kind="primary" isFocusedFirst onPress={() => void take()}>
            Import
          </Button>
        </>
      }
    >
      <p class="dialog-text">
        A copy is kept in the library, marked as imported. What it says of itself, nobody has checked:
      </p>
      <dl class="consent-facts">
        {openedFacts(file, store.nowMs.peek()).map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}

function openedFacts(file: OpenedFile, nowMs: number): readonly (readonly [string, string])[] {
  const { format, packing, bytes, size, startedAtMs, title, command, pod } = file;
  const packed = packing === 'none' ? '' : `, packed with ${packing}`;
  return [
    ['Format', `${format}${packed}, ${formatBytes(bytes)}`],
    ['Terminal', `${size.cols}×${size.rows}`],
    ...(startedAtMs === undefined ? [] : [['Recorded', formatTime(startedAtMs, nowMs)] as const]),
    ...(pod ? [['Pod', visibleText(`${pod.namespace}/${pod.name}, ${pod.container}`)] as const] : []),
    ...(title === undefined ? [] : [['Title', visibleText(title)] as const]),
    ...(command === undefined ? [] : [['Command', visibleText(command)] as const]),
  ];
}
