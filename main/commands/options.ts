import { InvalidArgumentError, Option } from 'commander';
import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import type { ShellConsent } from '../session/shell-terms.ts';

/** What several commands take. */
export interface PlaceOptions {
  readonly context?: string;
  readonly namespace?: string;
}

export const contextOption: Option = new Option(
  '--context <name>',
  'kubeconfig context; the current one where not given',
);
export const kubeconfigOption: Option = new Option(
  '--kubeconfig <path>',
  'this kubeconfig alone; $KUBECONFIG, else ~/.kube/config, where not given',
);
export const namespaceOption: Option = new Option(
  '-n, --namespace <name>',
  "namespace; the context's own where not given",
);
export const jsonOption: Option = new Option('--json', 'print JSON');

/** What the policy may ask for. */
export interface ConsentOptions {
  readonly reason?: string;
  readonly confirm?: string;
}

export const reasonOption: Option = new Option('--reason <text>', 'why it is run; stands in the record');
export const confirmOption: Option = new Option(
  '--confirm <name>',
  "the context's or the namespace's name, where the policy has it typed",
);

export function toConsent({ reason, confirm }: ConsentOptions): ShellConsent {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(confirm === undefined ? {} : { confirmation: confirm }),
  };
}

/** The context that was named, else kubectl's. Throws where there is none, or where a file is broken. */
export function chooseContext(core: Core, name: string | undefined): string {
  const { currentContext, sources, warning } = core.contexts.current();
  const failed = sources.find((source) => source.state === 'failed');
  // kubectl loads all files or none: what a broken one holds is unknown.
  if (failed?.error) throw failed.error;
  const chosen = name ?? currentContext;
  if (chosen) return core.contexts.entry(chosen).name;
  throw new AppError('context-unknown', 'no context is chosen, and the kubeconfig has no current-context', {
    hint: 'Name one with --context; `kubereel contexts` lists them.',
    ...(warning === undefined ? {} : { detail: warning }),
  });
}

/** Where a command acts, with kubectl's defaults. */
export function choosePlace(
  core: Core,
  { context, namespace }: PlaceOptions,
): { readonly context: string; readonly namespace: string } {
  const chosen = chooseContext(core, context);
  return { context: chosen, namespace: namespace ?? core.contexts.entry(chosen).namespace };
}

/** `web-0`, `pod/web-0` and `pods/web-0` are the same pod. */
export function parsePod(text: string): string {
  return text.replace(/^(pods?|po)\//, '');
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number above 0.');
  return Number(text);
}

export function parsePort(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  }
  return value;
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;

/** As Go writes durations, in milliseconds: `1m0s`, `90s`, `1.5h`. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(DURATION_PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new InvalidArgumentError('Expected a duration such as 30s or 1m30s.');
  }
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS],
    0,
  );
}

const CLOCK_TIME = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)$/;

/** A time of a recording in microseconds: seconds (`83.5`), `1:23.5`, `1:02:03`, or as Go writes durations. */
export function parseMoment(text: string): number {
  const match = CLOCK_TIME.exec(text);
  if (!match) return Math.round(parseDuration(text) * 1_000);
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1_000_000);
}
