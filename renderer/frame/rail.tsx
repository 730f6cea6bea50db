/** The left edge: the places of the app. */
import type { JSX } from 'preact';
import type { ShortcutCommand } from '../../preload/page-keys.ts';
import type { Store } from '../store.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { keyNameOf } from '../ui/keys.ts';

export function Rail({ store }: { readonly store: Store }): JSX.Element {
  const { view } = store;
  const shown = view.activeTab.value?.content.kind;
  return (
    <nav class="rail" data-part="rail" aria-label="Places">
      <RailButton
        store={store}
        icon="pods"
        name="Pods"
        shortcut="side"
        isPressed={view.isSideOpen.value}
        onPress={() => {
          view.isSideOpen.value = !view.isSideOpen.value;
        }}
      />
      <RailButton
        store={store}
        icon="library"
        name="Library"
        shortcut="library"
        isCurrent={shown === 'library'}
        onPress={() => store.openLibrary()}
      />
      <RailButton
        store={store}
        icon="door"
        name="Others"
        isCurrent={shown === 'elsewhere'}
        onPress={store.openElsewhere}
      />
      <div class="rail-gap" />
      <RailButton
        store={store}
        icon="settings"
        name="Settings"
        shortcut="settings"
        isCurrent={shown === 'settings'}
        onPress={store.openSettings}
      />
    </nav>
  );
}

function RailButton(props: {
  readonly store: Store;
  readonly icon: IconName;
  readonly name: string;
  readonly shortcut?: ShortcutCommand;
  /** For what opens and closes. */
  readonly isPressed?: boolean;
  readonly isCurrent?: boolean;
  readonly onPress: () => void;
}): JSX.Element {
  const info = props.store.info.value;
  const keyName = info && props.shortcut && keyNameOf(props.shortcut, info);
  return (
    <button
      type="button"
      class="rail-button"
      title={keyName ? `${props.name} (${keyName})` : props.name}
      aria-pressed={props.isPressed}
      aria-current={props.isCurrent ? 'page' : undefined}
      onClick={props.onPress}
    >
      <Icon name={props.icon} />
      <span class="rail-name">{props.name}</span>
    </button>
  );
}
