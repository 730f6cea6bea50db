/** A page with the parts of the kit and nothing else, for test/renderer/ui/kit.test.ts. Runs in the browser. */
import { signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import { Button, IconButton } from '../../renderer/ui/button.tsx';
import { Dialog } from '../../renderer/ui/dialog.tsx';
import { Field } from '../../renderer/ui/field.tsx';
import { Menu, type MenuPlace, placeBelow } from '../../renderer/ui/menu.tsx';
import { CopyButton, EmptyState, Notice, Waiting } from '../../renderer/ui/messages.tsx';
import { Problem } from '../../renderer/ui/problem.tsx';
import { ContextDot, StatusDot } from '../../renderer/ui/status-dot.tsx';
import { followTheme, readColour } from '../../renderer/ui/theme.ts';
import { VirtualList } from '../../renderer/ui/virtual-list.tsx';

const setting = signal<'system' | 'light' | 'dark' | 'contrast'>('system');
const rows = signal<readonly string[]>(Array.from({ length: 500 }, (_, index) => `row-${1000 + index}`));
const active = signal<string | undefined>('row-1000');
const text = signal('');
const said = signal('');
const menu = signal<MenuPlace | undefined>(undefined);
const isAsking = signal(false);
const { shown } = followTheme(setting);

const problem = {
  code: 'kube-unauthorized',
  message: 'the server at https://10.0.0.1:6443 answered 401',
  hint: 'log in again, then retry',
  detail: 'Unauthorized (token expired at 02:58)',
};

function Kit(): JSX.Element {
  const says = (words: string) => (): void => {
    said.value = words;
  };
  return (
    <main style={{ display: 'grid', gridTemplateColumns: '320px 1fr', height: '100%' }}>
      <div style={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
        <Field
          label="Filter"
          icon="search"
          placeholder="Filter rows"
          value={text.value}
          onInput={(next) => {
            text.value = next;
          }}
          canClear
        />
        <VirtualList
          id="rows"
          label="Rows"
          items={rows.value.filter((row) => row.includes(text.value))}
          keyOf={(row) => row}
          activeKey={active.value}
          onActivate={(key) => {
            active.value = key;
          }}
          onKeyDown={(event, row) => {
            if (event.key !== 'Enter') return false;
            said.value = `opened ${row}`;
            return true;
          }}
          renderRow={(row, rowProps) => (
            <div key={row} {...rowProps}>
              <StatusDot shape="full" tone="live" />
              <span class="ellipsis">{row}</span>
            </div>
          )}
        />
      </div>
      <div style={{ padding: '16px', display: 'grid', gap: '12px', alignContent: 'start' }}>
        <div style={{ display: 'flex', gap: '8px', alignItems: 'center' }}>
          <Button kind="primary" onPress={says('primary')}>
            Open shell
          </Button>
          <Button
            onPress={() => {
              isAsking.value = true;
            }}
          >
            Ask
          </Button>
          <Button kind="danger" onPress={says('danger')}>
            End shell
          </Button>
          <Button kind="quiet" onPress={says('quiet')} isDisabled>
            Not now
          </Button>
          <IconButton
            icon="more"
            label="More"
            isExpanded={menu.value !== undefined}
            onPress={(event) => {
              menu.value = placeBelow(event.currentTarget as Element);
            }}
          />
          <CopyButton text="copied words" />
          <span class="key">Ctrl+K</span>
          {[1, 2, 3, 4, 5, 6, 7, 8].map((colour) => (
            <ContextDot key={colour} colour={colour} />
          ))}
          <StatusDot shape="ring" tone="quiet" label="ended" />
          <StatusDot shape="half" tone="owed" label="opening" />
          <StatusDot shape="cross" tone="lost" label="lost" />
          <StatusDot shape="play" tone="quiet" label="replay" />
        </div>
        <Notice
          tone="lost"
          actions={<Button onPress={says('retry')}>Retry</Button>}
          onDismiss={says('dismissed')}
        >
          The shell was lost
        </Notice>
        <Notice tone="quiet">The shell ended with exit code 0 after 2 m 13 s</Notice>
        <Problem title="The pods of staging could not be listed" problem={problem}>
          <Button icon="retry" onPress={says('retry')}>
            Retry
          </Button>
        </Problem>
        <Waiting what="Waiting for the pods of staging" />
        <div style={{ height: '200px' }}>
          <EmptyState icon="terminal" title="No shell is open" line="Choose a pod, or find one with Ctrl+K.">
            <Button onPress={says('find')}>Find a pod</Button>
          </EmptyState>
        </div>
        <output id="said">{said.value}</output>
        <output id="theme">{`${shown.value} ${readColour('surface-0')}`}</output>
      </div>
      {menu.value && (
        <Menu
          label="Containers"
          heading="Open a shell in"
          place={menu.value}
          onClose={() => {
            menu.value = undefined;
          }}
          items={[
            { key: 'app', label: 'app', note: 'default', icon: 'terminal', onPick: says('app') },
            {
              key: 'migrate',
              label: 'migrate',
              note: 'has ended',
              isDisabled: true,
              onPick: says('migrate'),
            },
            { key: 'proxy', label: 'proxy', onPick: says('proxy') },
          ]}
        />
      )}
      {isAsking.value && (
        <Dialog
          title="End this shell?"
          onClose={() => {
            isAsking.value = false;
          }}
          actions={
            <>
              <Button
                onPress={() => {
                  isAsking.value = false;
                }}
              >
                Keep open
              </Button>
              <Button
                kind="danger"
                isFocusedFirst
                onPress={() => {
                  isAsking.value = false;
                  said.value = 'ended';
                }}
              >
                End shell
              </Button>
            </>
          }
        >
          <p class="dialog-text">What runs in it ends with it. The recording stays.</p>
        </Dialog>
      )}
    </main>
  );
}

Object.assign(globalThis, {
  kit: {
    setTheme: (next: typeof setting.value): void => {
      setting.value = next;
    },
    setRows: (next: readonly string[]): void => {
      rows.value = next;
    },
  },
});
render(<Kit />, document.body);
