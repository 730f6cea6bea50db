/** The recorders that the policy names: where each is, what it speaks, and whose recordings it gets. */
import type { JSX } from 'preact';
import {
  describeKind,
  describeRecorders,
  type NamedRecorder,
  recorderName,
  recordersOf,
} from '../policy/recorder-words.ts';
import type { PolicyStore } from '../store-policy.ts';

export function RecordersSection({ policy }: { readonly policy: PolicyStore }): JSX.Element | null {
  const state = policy.state.value;
  if (!state) return null;
  const recorders = recordersOf(state);
  return (
    <section class="settings-group" aria-label="Recorders">
      <h2>Recorders</h2>
      <p class="settings-note secondary">{describeRecorders(state)}</p>
      <ul class="recorders">
        {recorders.map((named) => (
          <RecorderItem key={named.key} named={named} />
        ))}
      </ul>
    </section>
  );
}

function RecorderItem({ named: { recorder, rules } }: { readonly named: NamedRecorder }): JSX.Element {
  const name = recorderName(recorder);
  return (
    <li class="recorder">
      <div class="recorder-head">
        <span class="setting-label ellipsis" title={name}>
          {name}
        </span>
        <span class="secondary recorder-kind">{describeKind(recorder.kind)}</span>
      </div>
      <p class="mono recorder-url">{recorder.url}</p>
      <ul class="policy-says secondary">
        {rules.map((rule) => (
          <li key={`${rule.isLocked} ${rule.name}`}>
            {rule.isLocked ? 'The administrator’s' : 'Your'} rule “{rule.name}”, for {rule.shells}
          </li>
        ))}
      </ul>
    </li>
  );
}
