/** All settings on one page. Each change holds at once. */
import { Fragment, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AppInfo, Settings } from '../../preload/contract.ts';
import { storageLimitsOf } from '../library/storage-words.ts';
import type { Store } from '../store.ts';
import { Icon } from '../ui/icon.tsx';
import { Problem } from '../ui/problem.tsx';
import { EncryptionSection } from './encryption-section.tsx';
import { PolicySection } from './policy-section.tsx';
import { RecordersSection } from './recorders-section.tsx';
import { RedactionSection } from './redaction-section.tsx';
import { RetentionSection } from './retention-section.tsx';
import { parseSetting, SETTING_FIELDS, type SettingField } from './settings-fields.ts';
import { UpdatesSection } from './updates-section.tsx';

const GROUPS = ['Appearance', 'Accessibility', 'Terminal', 'Recording', 'Debugging', 'Replay'] as const;

/** What holds whatever is chosen below. */
const GROUP_NOTES: Partial<Record<(typeof GROUPS)[number], string>> = {
  Recording:
    'If Kubereel is killed, at most 250 ms of output are missing in a recording; if the machine loses power, at most 1 s.',
};

function isOffered(field: SettingField, group: string, host: AppInfo['host'] | undefined): boolean {
  return field.group === group && (field.host === undefined || field.host === host);
}

export function SettingsView({ store }: { readonly store: Store }): JSX.Element {
  const { settings, problems } = store.settings.state.value;
  const info = store.info.value;
  return (
    <div class="settings">
      {problems.map((problem) => (
        <Problem
          key={problem.message}
          form="bar"
          tone="owed"
          title="A setting fell back to its default"
          problem={problem}
        />
      ))}
      <div class="settings-page">
        <h1 class="settings-title">Settings</h1>
        {GROUPS.map((group) => (
          <Fragment key={group}>
            <section class="settings-group" aria-label={group}>
              <h2>{group}</h2>
              {GROUP_NOTES[group] && <p class="settings-note secondary">{GROUP_NOTES[group]}</p>}
              {SETTING_FIELDS.filter((field) => isOffered(field, group, info?.host)).map((field) => (
                <SettingRow
                  key={field.key}
                  field={field}
                  settings={settings}
                  onChange={store.changeSettings}
                />
              ))}
            </section>
            {group === 'Recording' && (
              <>
                <RedactionSection
                  settings={store.settings}
                  onChange={(redaction) => void store.changeSettings({ redaction })}
                />
                <RetentionSection
                  settings={store.settings}
                  keeping={store.keeping}
                  recordings={store.sessions.recordings.value}
                  limits={storageLimitsOf(settings)}
                  nowMs={store.nowMs.value}
                />
                <EncryptionSection settings={store.settings} encryption={store.encryption} info={info} />
                <PolicySection policy={store.policy} />
                <RecordersSection policy={store.policy} test={store.uploads.test} />
              </>
            )}
          </Fragment>
        ))}
        <UpdatesSection store={store} />
        {info && (
          <section class="settings-group" aria-label="About">
            <h2>About</h2>
            <About label="Recordings" value={info.recordingsFolder} />
            <About label="All files" value={info.home} />
          </section>
        )}
      </div>
    </div>
  );
}

function About({ label, value }: { readonly label: string; readonly value: string }): JSX.Element {
  return (
    <div class="setting">
      <span class="setting-label">{label}</span>
      <span class="mono setting-value">{value}</span>
    </div>
  );
}

interface SettingRowProps {
  readonly field: SettingField;
  readonly settings: Settings;
  readonly onChange: (changes: Partial<Settings>) => Promise<void>;
}

function SettingRow(props: SettingRowProps): JSX.Element {
  const { field } = props;
  const id = `setting-${field.key}`;
  return (
    <div class="setting">
      <div class="setting-words">
        <label class="setting-label" for={id}>
          {field.label}
        </label>
        {field.help && (
          <span id={`${id}-help`} class="secondary">
            {field.help}
          </span>
        )}
      </div>
      <SettingControl {...props} id={id} />
    </div>
  );
}

function SettingControl({
  field,
  settings,
  onChange,
  id,
}: SettingRowProps & { readonly id: string }): JSX.Element {
  const value = settings[field.key];
  const change = (next: string | number | boolean): void => void onChange({ [field.key]: next });
  const common = { id, 'aria-describedby': field.help ? `${id}-help` : undefined };
  switch (field.kind) {
    case 'choice':
      return (
        <div class="field select-field">
          <select {...common} value={String(value)} onChange={(event) => change(event.currentTarget.value)}>
            {field.options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </div>
      );
    case 'switch':
      return (
        <input
          {...common}
          type="checkbox"
          role="switch"
          class="switch"
          checked={value === true}
          aria-checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      );
    case 'text':
      return (
        <TypedField
          {...common}
          class="field setting-text"
          value={String(value)}
          placeholder={field.placeholder}
          read={(text) => text.trim() || undefined}
          onChange={change}
        />
      );
    case 'number':
      return (
        <div class="setting-number">
          <TypedField
            {...common}
            class="field"
            value={String(value)}
            inputMode="numeric"
            read={(text) => parseSetting(text, field)}
            step={field.step}
            onChange={change}
          />
          <span class="secondary">{field.unit}</span>
        </div>
      );
  }
}

interface TypedFieldProps {
  readonly id: string;
  readonly class: string;
  readonly value: string;
  readonly 'aria-describedby'?: string | undefined;
  readonly placeholder?: string;
  readonly inputMode?: 'numeric';
  /** For numbers: what an arrow up or down adds. */
  readonly step?: number;
  /** Undefined for what cannot be taken: then the field goes back to what holds. */
  readonly read: (text: string) => string | number | undefined;
  readonly onChange: (value: string | number) => void;
}

/** Typed text holds when it is left or confirmed, not at each letter: half a number is no number. */
function TypedField({
  class: className,
  value,
  read,
  step,
  onChange,
  ...input
}: TypedFieldProps): JSX.Element {
  const [typed, setTyped] = useState<string>();
  function take(text: string): void {
    const next = read(text);
    setTyped(undefined);
    if (next !== undefined && String(next) !== value) onChange(next);
  }
  return (
    <div class={className}>
      <input
        {...input}
        type="text"
        autocomplete="off"
        spellcheck={false}
        value={typed ?? value}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={(event) => take(event.currentTarget.value)}
        onKeyDown={(event) => {
          const text = event.currentTarget.value;
          if (event.key === 'Enter') take(text);
          else if (event.key === 'Escape' && typed !== undefined) {
            event.preventDefault();
            setTyped(undefined);
          } else if (step !== undefined && /^Arrow(Up|Down)$/.test(event.key)) {
            event.preventDefault();
            take(String(Number(text) + (event.key === 'ArrowUp' ? step : -step)));
          }
        }}
      />
    </div>
  );
}
