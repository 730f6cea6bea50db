/** Asks what to add to a pod whose containers have no shell, or not the tools for it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ShellTarget } from '../../preload/contract.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { type ContainerQuestion, containerTarget, type DebugProfile, PROFILES } from './debug-question.ts';

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
  const [profile, setProfile] = useState<DebugProfile>('general');
  const isReady = image.trim() !== '';
  const open = (): void => {
    if (isReady) onOpen(containerTarget(question, container, { image, profile }));
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
            if (event.key !== 'Enter' || event.isComposing) return;
            // The focus goes back to the button that led here, which would take the same key.
            event.preventDefault();
            open();
          }}
        />
        <label for="debug-target">Looks at</label>
        <Select
          id="debug-target"
          value={container}
          options={question.containers.map((name) => ({ name, label: name || 'the default container' }))}
          onChange={setContainer}
        />
        <label for="debug-profile">May</label>
        <Select id="debug-profile" value={profile} options={PROFILES} onChange={setProfile} />
      </div>
      <p class="debug-warning">
        Kubernetes cannot remove it again: it ends with its shell, and stays in the pod’s list until the pod
        is deleted.
      </p>
    </Dialog>
  );
}

interface SelectProps<Name extends string> {
  readonly id: string;
  readonly value: Name;
  readonly options: readonly { readonly name: Name; readonly label: string }[];
  readonly onChange: (name: Name) => void;
}

function Select<Name extends string>({ id, value, options, onChange }: SelectProps<Name>): JSX.Element {
  return (
    <div class="field select-field">
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = options[event.currentTarget.selectedIndex];
          if (chosen) onChange(chosen.name);
        }}
      >
        {options.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </div>
  );
}
