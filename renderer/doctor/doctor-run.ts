/** One run of the doctor as the page follows it: from the call to the last change of its report. */
import type { Calls, DoctorReport, ProblemInfo } from '../../preload/contract.ts';
import type { CoreClient } from '../core-client.ts';
import { problemOf } from '../problem.ts';

/** Where it looks. */
export type DoctorQuestion = Calls['doctor.run']['input'];

export type RunState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly report: DoctorReport }
  | { readonly kind: 'finished'; readonly report: DoctorReport }
  /** The core could not even begin. */
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };

/** Reports of other windows' runs that come before our own answer; the core lets a page have no more runs. */
const MOST_EARLY_REPORTS = 8;

/** Begins at once and tells each state. Returns what stops it; a stopped run tells nothing more. */
export function runDoctor(
  client: CoreClient,
  question: DoctorQuestion,
  onState: (state: RunState) => void,
): () => void {
  const early = new Map<string, DoctorReport>();
  let runId: string | undefined;
  let isOver = false;

  const stopListening = client.on('doctor.changed', (report) => {
    if (runId === report.runId) tell(report);
    // The first report may come with the answer that names its run, or before it.
    else if (runId === undefined && (early.has(report.runId) || early.size < MOST_EARLY_REPORTS)) {
      early.set(report.runId, report);
    }
  });

  function tell(report: DoctorReport): void {
    if (report.isFinished) end();
    onState({ kind: report.isFinished ? 'finished' : 'running', report });
  }

  function end(): void {
    isOver = true;
    stopListening();
  }

  async function start(): Promise<void> {
    try {
      const answer = await client.call('doctor.run', question);
      // Stopped while it was asked for.
      if (isOver) return await stopRun(answer.runId);
      runId = answer.runId;
      const first = early.get(runId);
      early.clear();
      if (first) tell(first);
    } catch (error) {
      if (isOver) return;
      end();
      onState({ kind: 'failed', problem: problemOf(error) });
    }
  }

  /** A run that the core no longer knows is as good as stopped. */
  async function stopRun(id: string): Promise<void> {
    await client.call('doctor.stop', { runId: id }).catch(() => undefined);
  }

  onState({ kind: 'starting' });
  // Never rejects: what fails is a state.
  void start();
  return () => {
    if (isOver) return;
    end();
    if (runId !== undefined) void stopRun(runId);
  };
}
