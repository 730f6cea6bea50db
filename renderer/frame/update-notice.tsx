/** A newer version that waits to be installed: said once in each window, until it is dismissed. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { describeReady } from '../settings/updates-words.ts';
import type { Store } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/messages.tsx';

export function UpdateNotice({ store }: { readonly store: Store }): JSX.Element | null {
  const [dismissed, setDismissed] = useState<string>();
  const state = store.updates.state.value;
  if (state?.stage.kind !== 'ready' || state.stage.version === dismissed) return null;
  const { stage, liveShells } = state;
  return (
    <Notice
      tone="quiet"
      onDismiss={() => setDismissed(stage.version)}
      actions={
        <Button isDisabled={liveShells > 0} onPress={() => void store.installUpdate()}>
          Restart to update
        </Button>
      }
    >
      {describeReady(stage, liveShells)}
    </Notice>
  );
}
