/** The dialogs of the policy, tied to the store. */
import type { JSX } from 'preact';
import type { Store } from '../store.ts';
import { targetName } from '../store-recents.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { PolicyRows } from './policy-rows.tsx';
import { colourNumberOf } from './policy-words.ts';
import { TermsDialog } from './terms-dialog.tsx';

export function PolicyDialogs({ store }: { readonly store: Store }): JSX.Element | null {
  const overlay = store.view.overlay.value;
  const { closeOverlay } = store.view;
  if (overlay.kind !== 'terms' && overlay.kind !== 'policy') return null;
  const { target, answer } = overlay;
  if (overlay.kind === 'terms') {
    const colour = answer.colour ? colourNumberOf(answer.colour) : store.contexts.colourOf(target.context);
    return (
      <TermsDialog
        target={target}
        answer={answer}
        colour={colour}
        onClose={closeOverlay}
        onOpen={(agreed, confirmation) => {
          closeOverlay();
          void store.openAgreed(agreed, confirmation);
        }}
      />
    );
  }
  return (
    <Dialog
      title={`The policy for ${target.node?.name ?? targetName(target)}`}
      class="policy-dialog"
      onClose={closeOverlay}
      actions={
        <Button isFocusedFirst onPress={closeOverlay}>
          Close
        </Button>
      }
    >
      <p class="dialog-text secondary">
        {target.context}, namespace {target.namespace}
        {overlay.isOpen && '. It holds as it was when the shell was opened; pauses are asked about anew'}.
      </p>
      <PolicyRows answer={answer} />
    </Dialog>
  );
}
