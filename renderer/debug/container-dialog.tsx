/** Asks what to add to a pod whose containers have no shell, or not the tools for it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ShellTarget } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { type ContainerQuestion, containerTarget } from './debug-question.ts';

export interface ContainerDialogProps {
  readonly question: ContainerQuestion;
  /** The image that is offered. */
  readonly image: string;
  readonly onOpen: (target: ShellTarget) => void;
  readonly onClose: () => void;
}

export function ContainerDialog({ question, onOpen, onClose, ...props }: ContainerDialogProps): JSX.Element {
  const [image, setImage] = useState(props.image);
  const [container, setContainer] = useState(question.container);
  const isReady = image.trim() !== '';
  const open = (): void => {
    if (isReady) onOpen(containerTarget(question, container, image));
  };
  return (
    <Dialog
      title={`Debug ${question.pod}`}
      class="debug-dialog"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" isDisabled={!isReady} onPress={open}>
            Open debug container
          </Button>
        </>
      }
    >
      <p class="dialog-text">
        A container of another image is added to the pod, with a shell that sees the processes of the
        container you choose. Its files are under <span class="mono">/proc/1/root</span>.
      </p>
      <div class="debug-facts">
        <label for="debug-image">Image</label>
        <Field
          id="debug-image"
          label="Image"
          value={image}
          placeholder="busybox:1.37"
          isFocusedFirst
          onInput={setImage}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.isComposing) open();
          }}
        />
        <label for="debug-target">Looks at</label>
        <div class="field select-field">
          <select
            id="debug-target"
            value={container}
            onChange={(event) => setContainer(event.currentTarget.value)}
          >
            {question.containers.map((name) => (
              <option key={name} value={name}>
                {name === '' ? 'the default container' : name}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </div>
      </div>
      <p class="debug-warning">
        Kubernetes cannot remove it again: it ends with its shell, and stays in the pod’s list until the pod
        is deleted.
      </p>
    </Dialog>
  );
}
