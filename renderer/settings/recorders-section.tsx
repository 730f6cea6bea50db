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
import type { UploadStore } from '../store-uploads.ts';
import { TrialButton, TrialResult, useTrial } from './recorder-trial.tsx';

/** Where others lead to. */
export const RECORDERS_SECTION = 'recorders';

export interface RecordersSectionProps {
  readonly policy: PolicyStore;
  readonly test: UploadStore['test'];
}

export function RecordersSection({ policy, test }: RecordersSectionProps): JSX.Element {
  const state = policy.state.value;
  return (
    <section id={RECORDERS_SECTION} class="settings-group" aria-label="Recorders" tabIndex={-1}>
      <h2>Recorders</h2>
      <p class="settings-note secondary">{state && describeRecorders(state)}</p>
      <ul class="recorders">
        {state &&
          recordersOf(state).map((named) => <RecorderItem key={named.key} named={named} test={test} />)}
      </ul>
    </section>
  );
}

interface RecorderItemProps {
  readonly named: NamedRecorder;
  readonly test: UploadStore['test'];
}

function RecorderItem({ named: { recorder, rules }, test }: RecorderItemProps): JSX.Element {
  const name = recorderName(recorder);
  const trial = useTrial(() => test({ nameOrUrl: recorder.url, kind: recorder.kind }));
  return (
    <li class="recorder">
      <div class="recorder-head">
        <span class="setting-label ellipsis" title={name}>
          {name}
        </span>
        <span class="secondary recorder-kind">{describeKind(recorder.kind)}</span>
        <TrialButton trial={trial} name={name} />
      </div>
      <p class="mono recorder-url">{recorder.url}</p>
      <ul class="policy-says secondary">
        {rules.map((rule) => (
          <li key={`${rule.isLocked} ${rule.name}`}>
            {rule.isLocked ? 'The administrator’s' : 'Your'} rule “{rule.name}”, for {rule.shells}
          </li>
        ))}
      </ul>
      <TrialResult state={trial.state} name={name} />
    </li>
  );
}
