/** A connection, looked at from its files to the shell: one line a check, as each comes to its end. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CoreClient } from '../core-client.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton, Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { ContextDot } from '../ui/status-dot.tsx';
import { CheckRow } from './check-row.tsx';
import { type DoctorQuestion, type RunState, runDoctor } from './doctor-run.ts';
import { describePlace, formatReport, summarize } from './doctor-words.ts';

export interface DoctorViewProps {
  readonly client: CoreClient;
  readonly question: DoctorQuestion;
  readonly version: string;
  readonly colour: number;
  /** What the check waits for beyond the cluster's answer. */
  readonly waitingBar?: ComponentChildren;
}

export function DoctorView(props: DoctorViewProps): JSX.Element {
  const { client, question, version } = props;
  const [state, setState] = useState<RunState>({ kind: 'starting' });
  const [attempt, setAttempt] = useState(1);
  useEffect(() => runDoctor(client, question, setState), [client, attempt]);
  const report = 'report' in state ? state.report : undefined;
  const isOver = state.kind === 'finished' || state.kind === 'failed';
  const summary = summarize(state);
  return (
    <section class="doctor" aria-label={`Connection to ${question.context}`}>
      {props.waitingBar}
      <div class="doctor-page">
        <header class="doctor-head">
          <div class="doctor-words">
            <h2 class="doctor-title">
              <ContextDot colour={props.colour} />
              <span>Connection to {describePlace(question)}</span>
            </h2>
            <p class={`doctor-summary tone-${summary.tone}`} role="status">
              {summary.text}
            </p>
          </div>
          <div class="doctor-actions">
            {report && <CopyButton label="Copy report" text={formatReport(question, report, version)} />}
            <Button
              icon="retry"
              isFocusedFirst
              isDisabled={!isOver}
              onPress={() => setAttempt((before) => before + 1)}
            >
              Check again
            </Button>
          </div>
        </header>
        {state.kind === 'failed' && <Problem title="The check did not begin" problem={state.problem} />}
        {state.kind === 'starting' && <Waiting what="Starting the check" />}
        {report && (
          <ol class="checks">
            {report.checks.map((check) => (
              <CheckRow key={check.id} check={check} />
            ))}
          </ol>
        )}
      </div>
    </section>
  );
}
