/** What a report comes to in words, for the eye and for the clipboard. Pure. */
import type { DoctorCheck, DoctorReport } from '../../preload/contract.ts';
import type { DoctorQuestion, RunState } from './doctor-run.ts';

/** What an outcome is called beside its sign, which screen readers hear and nobody sees. */
export const OUTCOME_WORDS: Readonly<Record<DoctorCheck['outcome'], string>> = {
  waiting: 'not yet checked',
  running: 'being checked',
  ok: 'ok',
  failed: 'failed',
  unknown: 'not known',
  skipped: 'skipped',
};

export interface Summary {
  readonly tone: 'live' | 'owed' | 'lost' | 'quiet';
  readonly text: string;
}

/** The one line that somebody in a hurry reads. */
export function summarize(state: RunState): Summary {
  switch (state.kind) {
    case 'starting':
    case 'running':
      return { tone: 'quiet', text: 'Checking what a shell needs' };
    case 'failed':
      return { tone: 'lost', text: 'The check did not begin' };
    case 'finished':
      return summarizeReport(state.report);
  }
}

const REASONS: Readonly<Record<DoctorCheck['id'], string>> = {
  kubeconfig: 'the kubeconfig does not load',
  context: 'the context cannot be used',
  address: 'the cluster cannot be reached',
  tls: 'the cluster is not trusted',
  credential: 'there is no credential',
  who: 'the cluster does not let you in',
  exec: 'exec is not possible here',
  attach: 'attach is not possible here',
};

function summarizeReport({ checks, wouldOpen }: DoctorReport): Summary {
  if (wouldOpen) return { tone: 'live', text: 'A shell would open here' };
  const failed = checks.find(({ outcome, id }) => outcome === 'failed' && id !== 'attach');
  if (failed) return { tone: 'lost', text: `No shell would open: ${REASONS[failed.id]}` };
  return { tone: 'owed', text: 'Whether a shell would open is not known' };
}

/** Where it looked: `staging, namespace shop, pod web-0`. */
export function describePlace({ context, namespace, pod }: DoctorQuestion): string {
  return [context, namespace && `namespace ${namespace}`, pod && `pod ${pod}`].filter(Boolean).join(', ');
}

const OUTCOME_COLUMNS = 9;

/** The report as text, to be sent to whoever can help. */
export function formatReport(question: DoctorQuestion, { checks }: DoctorReport, version: string): string {
  const indent = ' '.repeat(OUTCOME_COLUMNS);
  const rows = checks.flatMap(({ outcome, title, message, hint, detail }) => [
    `${outcome.padEnd(OUTCOME_COLUMNS)}${title}${message === '' ? '' : `: ${message}`}`,
    ...(hint === undefined ? [] : [`${indent}fix: ${hint}`]),
    ...(detail === undefined ? [] : detail.split('\n').map((line) => `${indent}${line}`)),
  ]);
  return [`Kubereel ${version}, connection to ${describePlace(question)}`, ...rows, ''].join('\n');
}
