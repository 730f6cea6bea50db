/** Sends a test recording to one recorder and tells step by step what became of it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ProblemInfo } from '../../preload/contract.ts';
import type { UploadTrial } from '../../preload/contract-uploads.ts';
import { problemOf } from '../problem.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { describeReceipt, describeStep } from './trial-words.ts';

export type TrialState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'answered'; readonly trial: UploadTrial }
  /** The core could not even try. */
  | { readonly kind: 'refused'; readonly problem: ProblemInfo };

export interface RecorderTrial {
  readonly state: TrialState;
  /** Resolves when it is over; a second one is not begun meanwhile. */
  start(): Promise<void>;
}

export function useTrial(test: () => Promise<UploadTrial>): RecorderTrial {
  const [state, setState] = useState<TrialState>({ kind: 'none' });
  return {
    state,
    async start() {
      if (state.kind === 'running') return;
      setState({ kind: 'running' });
      try {
        setState({ kind: 'answered', trial: await test() });
      } catch (error) {
        setState({ kind: 'refused', problem: problemOf(error) });
      }
    },
  };
}

export function TrialButton({
  trial,
  name,
}: {
  readonly trial: RecorderTrial;
  readonly name: string;
}): JSX.Element {
  return (
    <span class="recorder-test">
      <Button
        icon="upload"
        isDisabled={trial.state.kind === 'running'}
        title={`A few lines that say that they are a test, sent to ${name} as a recording is`}
        onPress={() => void trial.start()}
      >
        Send a test recording
      </Button>
    </span>
  );
}

export function TrialResult({
  state,
  name,
}: {
  readonly state: TrialState;
  readonly name: string;
}): JSX.Element | null {
  if (state.kind === 'none') return null;
  if (state.kind === 'running') return <Waiting what={`Sending a test recording to ${name}`} />;
  if (state.kind === 'refused') {
    return <Problem form="row" title="The test recording was not sent" problem={state.problem} />;
  }
  const { steps, receipt } = state.trial;
  const failed = steps.find(({ problem }) => problem);
  return (
    <div class="recorder-result">
      <ol class="recorder-steps" aria-label={`Steps of the test of ${name}`}>
        {steps
          .filter((step) => step !== failed)
          .map((step) => (
            <li key={step.step} class="recorder-step">
              <Icon name="check" label="done" />
              <span>{describeStep(step).done}</span>
              <span class="secondary numbers">{describeStep(step).took}</span>
            </li>
          ))}
      </ol>
      {failed?.problem && <Problem form="row" title={describeStep(failed).failed} problem={failed.problem} />}
      {receipt && (
        <p class="recorder-receipt" role="status">
          {describeReceipt(receipt)} <WebLink url={receipt.url}>Open it there</WebLink>
        </p>
      )}
    </div>
  );
}
