/** What a crash had cut off and was mended: said once in each window, until it is dismissed. */
import type { JSX } from 'preact';
import type { RecoveryInfo } from '../../preload/contract-recovery.ts';
import type { Store } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/messages.tsx';

export function RecoveryNotice({ store }: { readonly store: Store }): JSX.Element | null {
  const found = store.recoveries.found.value;
  const [first] = found;
  if (!first) return null;
  function show(): void {
    if (found.length === 1 && first) store.openReplay(first.recordingId);
    else store.openLibrary();
    store.recoveries.dismiss();
  }
  return (
    <Notice
      tone="owed"
      onDismiss={store.recoveries.dismiss}
      actions={<Button onPress={show}>{found.length === 1 ? 'Open recording' : 'Open library'}</Button>}
    >
      {describeRecoveries(found)}
    </Notice>
  );
}

export function describeRecoveries(found: readonly RecoveryInfo[]): string {
  const damaged = found.filter(({ kind }) => kind === 'damaged').length;
  const isOne = found.length === 1;
  const cut = `${isOne ? '1 recording was' : `${found.length} recordings were`} cut off when Kubereel, or this machine, stopped.`;
  if (damaged === 0) return `${cut} ${isOne ? 'It ends' : 'They end'} with the last that had been written.`;
  if (damaged === found.length)
    return `${cut} ${isOne ? 'It has' : 'They have'} gaps where lines cannot be read.`;
  return `${cut} ${damaged === 1 ? '1 of them has' : `${damaged} of them have`} gaps where lines cannot be read.`;
}
