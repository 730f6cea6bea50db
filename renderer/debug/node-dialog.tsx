/** Asks twice before a shell that is root of a whole machine: its name has to be typed. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ShellTarget } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { type NodeQuestion, nodeTarget } from './debug-question.ts';

export interface NodeDialogProps {
  readonly question: NodeQuestion;
  /** The image that is offered. */
  readonly image: string;
  readonly onOpen: (target: ShellTarget) => void;
  readonly onClose: () => void;
}

export function NodeDialog({ question, onOpen, onClose, ...props }: NodeDialogProps): JSX.Element {
  const [image, setImage] = useState(props.image);
  const [namespace, setNamespace] = useState(question.namespace);
  const [typed, setTyped] = useState('');
  const isReady = typed.trim() === question.node && image.trim() !== '' && namespace.trim() !== '';
  const open = (): void => {
    if (isReady) onOpen(nodeTarget(question, namespace, image));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing) return;
    // The focus goes back to the button that led here, which would take the same key.
    event.preventDefault();
    open();
  };
  return (
    <Dialog
      title={`Open a shell on node ${question.node}?`}
      class="debug-dialog"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="danger" isDisabled={!isReady} onPress={open}>
            Open as root
          </Button>
        </>
      }
    >
      <p class="debug-warning">
        You will be root on this machine of <strong>{question.context}</strong>: its files, its network and
        every pod on it are in your hands.
      </p>
      <p class="dialog-text">
        A privileged pod is made for it, which the namespace has to allow. It is deleted when the shell ends.
      </p>
      <div class="debug-facts">
        <label for="node-image">Image</label>
        <Field id="node-image" label="Image" value={image} onInput={setImage} onKeyDown={onKeyDown} />
        <label for="node-namespace">Namespace</label>
        <Field
          id="node-namespace"
          label="Namespace"
          value={namespace}
          onInput={setNamespace}
          onKeyDown={onKeyDown}
        />
        <label for="node-name">Node’s name</label>
        <Field
          id="node-name"
          label="Type the node’s name"
          placeholder={question.node}
          value={typed}
          isFocusedFirst
          onInput={setTyped}
          onKeyDown={onKeyDown}
        />
      </div>
    </Dialog>
  );
}
