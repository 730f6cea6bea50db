/** What the policy asks for before a shell opens: a reason, a name that is typed. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PolicyAnswer, ShellTarget } from '../../preload/contract.ts';
import { targetName } from '../store-recents.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { ContextDot } from '../ui/status-dot.tsx';
import { PolicyRows } from './policy-rows.tsx';

export interface TermsDialogProps {
  readonly target: ShellTarget;
  readonly answer: PolicyAnswer;
  /** 1 to 8. */
  readonly colour: number;
  readonly onOpen: (target: ShellTarget, confirmation: string | undefined) => void;
  readonly onClose: () => void;
}

/** The core's own limit. */
const LONGEST_REASON = 500;

export function TermsDialog({ target, answer, colour, onOpen, onClose }: TermsDialogProps): JSX.Element {
  const [reason, setReason] = useState(target.reason ?? '');
  const [typed, setTyped] = useState('');
  const { context, namespace, reason: _before, ...rest } = target;
  const asksReason = answer.reason !== 'not-asked';
  const asksName = answer.confirm === 'typed';
  const isNamed = [context, namespace].includes(typed.trim());
  const isReady = (answer.reason !== 'required' || reason.trim() !== '') && (!asksName || isNamed);

  function open(): void {
    if (!isReady) return;
    const why = reason.trim() === '' ? {} : { reason: reason.trim() };
    onOpen({ context, namespace, ...rest, ...why }, asksName ? typed.trim() : undefined);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.isComposing) return;
    // The focus goes to what was there before, which would take the same key.
    event.preventDefault();
    open();
  }

  return (
    <Dialog
      title={`Open a shell in ${target.node?.name ?? targetName(target)}?`}
      class={`policy-dialog context-${colour}`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind={asksName ? 'danger' : 'primary'} isDisabled={!isReady} onPress={open}>
            Open the shell
          </Button>
        </>
      }
    >
      <p class="policy-where">
        <ContextDot colour={colour} />
        <span>
          <strong>{context}</strong>, namespace <strong>{namespace}</strong>
        </span>
      </p>
      <div class="policy-fields">
        {asksReason && (
          <>
            <label for="terms-reason">
              {answer.reason === 'required' ? 'Why, or a ticket' : 'Why, or a ticket; may be left out'}
            </label>
            <Field
              id="terms-reason"
              label="Why, or a ticket"
              placeholder="Stands in the recording"
              most={LONGEST_REASON}
              value={reason}
              isFocusedFirst
              onInput={setReason}
              onKeyDown={onKeyDown}
            />
          </>
        )}
        {asksName && (
          <>
            <label for="terms-name">
              Type {context} or {namespace}
            </label>
            <Field
              id="terms-name"
              label={`Type ${context} or ${namespace}`}
              placeholder={context}
              value={typed}
              isFocusedFirst={!asksReason}
              onInput={setTyped}
              onKeyDown={onKeyDown}
            />
          </>
        )}
      </div>
      <details class="policy-details">
        <summary>What the policy says of this shell</summary>
        <PolicyRows answer={answer} />
      </details>
    </Dialog>
  );
}
