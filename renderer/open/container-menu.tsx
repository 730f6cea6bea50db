/** The containers of a pod, to open a shell in one that is not its default. */
import type { JSX } from 'preact';
import type { ContainerInfo, PodInfo } from '../../preload/contract.ts';
import type { Store } from '../store.ts';
import { containerRefusal } from '../store-pods.ts';
import { Menu, type MenuItem, type MenuPlace } from '../ui/menu.tsx';

export interface ContainerMenuProps {
  readonly store: Store;
  readonly context: string;
  readonly pod: PodInfo;
  readonly place: MenuPlace;
}

export function ContainerMenu({ store, context, pod, place }: ContainerMenuProps): JSX.Element {
  const { namespace, name } = pod;
  const items = pod.containers.map(
    (container): MenuItem => ({
      key: container.name,
      label: container.name,
      icon: 'terminal',
      note: noteOf(container, pod.defaultContainer),
      isDisabled: containerRefusal(container) !== undefined,
      onPick: () => void store.openShell({ context, namespace, pod: name, container: container.name }),
    }),
  );
  return (
    <Menu
      label={`Containers of ${name}`}
      heading={`Open a shell in ${name}`}
      place={place}
      items={items}
      onClose={store.view.closeOverlay}
    />
  );
}

function noteOf(container: ContainerInfo, defaultName: string): string {
  const refusal = containerRefusal(container);
  const notes = [
    container.name === defaultName && 'default',
    container.kind !== 'container' && container.kind,
    refusal ?? imageName(container.image),
  ];
  return notes.filter(Boolean).join(' · ');
}

/** `registry.example/team/app:1.2` as `app:1.2`; what tells containers apart stands at the end. */
function imageName(image: string): string {
  return (
    image
      .replace(/@sha256:.*$/, '')
      .split('/')
      .at(-1) ?? image
  );
}
