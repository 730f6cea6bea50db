/** The containers of a pod, to open a shell in one that is not its default, or to copy kubectl's command for it. */
import type { JSX } from 'preact';
import type { ContainerInfo, PodInfo, ShellTarget } from '../../preload/contract.ts';
import { askAboutPod, debugRefusal } from '../debug/debug-question.ts';
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
  const targetOf = (container: string): ShellTarget => ({ context, namespace, pod: name, container });
  const shells = pod.containers.map(
    (container): MenuItem => ({
      key: container.name,
      label: container.name,
      icon: 'terminal',
      note: noteOf(container, pod.defaultContainer),
      isDisabled: containerRefusal(container) !== undefined,
      onPick: () => void store.openShell(targetOf(container.name)),
    }),
  );
  const refusal = debugRefusal(pod);
  const debugging: readonly MenuItem[] = [
    {
      key: 'debug',
      section: 'Debug',
      label: 'Open a debug container…',
      icon: 'plus',
      note: refusal ?? '',
      isDisabled: refusal !== undefined,
      onPick: () => {
        store.view.overlay.value = { kind: 'debug', question: askAboutPod(context, pod) };
      },
    },
    {
      key: 'node',
      label: 'Open a shell on its node…',
      icon: 'warning',
      note: pod.node ?? 'no node yet',
      isDisabled: pod.node === null,
      onPick: () => {
        if (pod.node === null) return;
        store.view.overlay.value = { kind: 'node-shell', question: { context, namespace, node: pod.node } };
      },
    },
  ];
  const policy: readonly MenuItem[] = [
    {
      key: 'policy',
      section: 'Policy',
      label: 'What the policy says of it…',
      icon: 'policy',
      note: '',
      onPick: () => void store.explainPolicy(targetOf(pod.defaultContainer)),
    },
  ];
  const commands = pod.containers.map(
    (container, index): MenuItem => ({
      key: `kubectl ${container.name}`,
      ...(index === 0 ? { section: 'Copy as kubectl' } : {}),
      label: container.name,
      said: 'Copy as kubectl:',
      icon: 'copy',
      note: container.name === pod.defaultContainer ? 'default' : '',
      isDisabled: containerRefusal(container) !== undefined,
      onPick: () => void store.copyCommand(store.kubectl.shell(targetOf(container.name))),
    }),
  );
  return (
    <Menu
      label={`Containers of ${name}`}
      heading={`Open a shell in ${name}`}
      place={place}
      items={[...shells, ...debugging, ...policy, ...commands]}
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
