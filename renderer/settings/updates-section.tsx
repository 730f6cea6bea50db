/** Which version this is, whether there is a newer one, and who decides about that. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { UpdateDecider, UpdatesInfo } from '../../preload/contract-updates.ts';
import type { Store } from '../store.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Problem } from '../ui/problem.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import { CHANNEL_NAMES, describeDecider, describeStage, FAILURE_TITLES } from './updates-words.ts';

export function UpdatesSection({ store }: { readonly store: Store }): JSX.Element {
  const state = store.updates.state.value;
  // Shells of other programs are counted when somebody looks.
  useEffect(() => {
    // What fails is said.
    void store.lookAtUpdates();
  }, [store]);
  return (
    <section class="settings-group" aria-label="Updates">
      <h2>Updates</h2>
      {state && <Body store={store} state={state} />}
    </section>
  );
}

function Body({ store, state }: { readonly store: Store; readonly state: UpdatesInfo }): JSX.Element {
  const { stage, choice, version } = state;
  const words = describeStage(state, store.nowMs.value);
  return (
    <>
      <div class="setting">
        <div class="setting-words">
          <span class="setting-label">Kubereel {version}</span>
          <span class="updates-state" role="status">
            {words && (
              <>
                <StatusDot shape={words.shape} tone={words.tone} />
                <span class="secondary numbers">{words.line}</span>
              </>
            )}
          </span>
        </div>
        <div class="updates-deed">
          <Deed store={store} state={state} />
        </div>
      </div>
      {stage.kind === 'failed' && (
        <Problem form="row" tone="owed" title={FAILURE_TITLES[stage.during]} problem={stage.problem} />
      )}
      {stage.kind === 'off' && stage.problem && (
        <Problem form="row" tone="owed" title="Nothing is updated" problem={stage.problem} />
      )}
      {stage.kind !== 'elsewhere' && (
        <>
          <div class="setting">
            <Label
              id="updates-check"
              label="Update by itself"
              help="Newer versions are looked for now and then, downloaded, and installed when Kubereel ends. Never while a shell is live."
              by={choice.checkBy}
            />
            <input
              id="updates-check"
              type="checkbox"
              role="switch"
              class="switch"
              aria-describedby="updates-check-help"
              checked={choice.check === 'automatic'}
              aria-checked={choice.check === 'automatic'}
              disabled={choice.checkBy !== undefined}
              onChange={(event) => {
                void store.changeSettings({ updatesAutomatically: event.currentTarget.checked });
              }}
            />
          </div>
          <div class="setting">
            <Label id="updates-channel" label="Versions" by={choice.channelBy} />
            <div class="field select-field">
              <select
                id="updates-channel"
                aria-describedby="updates-channel-help"
                value={choice.channel}
                disabled={choice.channelBy !== undefined}
                onChange={(event) => {
                  const updateChannel = event.currentTarget.value === 'beta' ? 'beta' : 'stable';
                  void store.changeSettings({ updateChannel });
                }}
              >
                {Object.entries(CHANNEL_NAMES).map(([channel, name]) => (
                  <option key={channel} value={channel}>
                    {name}
                  </option>
                ))}
              </select>
              <Icon name="down" />
            </div>
          </div>
        </>
      )}
    </>
  );
}

interface LabelProps {
  readonly id: string;
  readonly label: string;
  readonly help?: string;
  readonly by: UpdateDecider | undefined;
}

function Label({ id, label, help, by }: LabelProps): JSX.Element {
  return (
    <div class="setting-words">
      <label class="setting-label" for={id}>
        {label}
      </label>
      <span id={`${id}-help`} class="secondary">
        {help} {by && <span class="updates-decider">{describeDecider(by)}</span>}
      </span>
    </div>
  );
}

/** The one thing that can be done now. */
function Deed({ store, state }: { readonly store: Store; readonly state: UpdatesInfo }): JSX.Element | null {
  const { stage, liveShells } = state;
  switch (stage.kind) {
    case 'idle':
    case 'checking':
    case 'failed':
      return (
        <Button isDisabled={stage.kind === 'checking'} onPress={() => void store.checkForUpdates()}>
          Check now
        </Button>
      );
    case 'available':
      return (
        <Button kind="primary" onPress={() => void store.downloadUpdate()}>
          Download
        </Button>
      );
    case 'ready':
      return (
        <Button kind="primary" isDisabled={liveShells > 0} onPress={() => void store.installUpdate()}>
          Restart to update
        </Button>
      );
    default:
      return null;
  }
}
