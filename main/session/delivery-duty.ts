import { AppError } from '../base/errors.ts';
import type { Dispose } from '../base/event.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { PolicyAnswer, RecorderAddress } from '../policy/policy.ts';
import type { PlannedRecording } from '../recording/planned-recording.ts';
import { createRefusal, describeReason, findReason } from './policy-refusal.ts';
import type { ShellPlace } from './shell-terms.ts';

/** A recorder that was tried, and why it was of no use. */
export interface DeliveryAttempt {
  readonly recorder: RecorderAddress;
  readonly error: AppError;
}

/** How a recording stands with its recorders. Times are Unix milliseconds. */
export type DeliveryState =
  | { readonly kind: 'live'; readonly recorder: RecorderAddress; readonly ackedBytes?: number }
  /** It is delivered when it has ended. */
  | { readonly kind: 'waiting'; readonly recorder: RecorderAddress }
  | { readonly kind: 'owed'; readonly sinceMs: number; readonly attempts: readonly DeliveryAttempt[] }
  | {
      readonly kind: 'delivered';
      readonly recorder: RecorderAddress;
      readonly atMs: number;
      readonly url?: string;
    };

/** A recording on its way to a recorder, off the path of its bytes: it is read from the file. */
export interface RecordingDelivery {
  readonly state: DeliveryState;
  onChanged(listener: () => void): Dispose;
  /** The recording is closed. Resolves within a few seconds, when it has arrived or is owed. Never rejects. */
  ended(): Promise<void>;
}

/** Recorders were asked for one recording, which is owed from here on. To be begun or cancelled. */
export interface DeliveryStart {
  readonly planned: PlannedRecording;
  /** Of those that did not take it, in their order. */
  readonly attempts: readonly DeliveryAttempt[];
  readonly isConnected: boolean;
  begin(): RecordingDelivery;
  /** There will be no recording. */
  cancel(): Promise<void>;
}

/** What recorders are told of a shell before it is opened. */
export interface DeliverySubject {
  readonly place: ShellPlace;
  readonly size: TerminalSize;
}

/** Tries them in their order. Rejects with the signal's reason only. */
export type ConnectRecorders = (
  recorders: readonly RecorderAddress[],
  subject: DeliverySubject,
  options: { readonly signal: AbortSignal },
) => Promise<DeliveryStart>;

/**
 * To be done before a cluster is asked; undefined where no recorder is named. Rejects with `delivery-required`, telling
 * each attempt, where the policy lets no shell open that no recorder takes.
 */
export async function connectAsAgreed(
  connect: ConnectRecorders,
  answer: PolicyAnswer,
  subject: DeliverySubject,
  options: { readonly signal: AbortSignal },
): Promise<DeliveryStart | undefined> {
  if (answer.recorders.length === 0) return undefined;
  const start = await connect(answer.recorders, subject, options);
  const closed = findClosedDoor(answer, start);
  if (start.isConnected || !closed) return start;
  await start.cancel();
  const reason = findReason(answer, closed);
  throw new AppError('delivery-required', describeAttempts(start.attempts), {
    ...(reason && { hint: describeReason(reason) }),
  });
}

/** What is encrypted never gets to a recorder: where it has to, at any time, it is not even begun. */
function findClosedDoor(
  { atStart, midway }: PolicyAnswer,
  { attempts }: DeliveryStart,
): 'atStart' | 'midway' | undefined {
  if (atStart === 'closed') return 'atStart';
  const isHopeless = attempts.some(({ error }) => error.code === 'recorder-needs-clear');
  return midway === 'closed' && isHopeless ? 'midway' : undefined;
}

/** One line each, in their order. */
function describeAttempts(attempts: readonly DeliveryAttempt[]): string {
  const lines = attempts.map(({ error }, index) => `${index + 1}. ${describeProblem(error)}`);
  return ['this shell has to be on record at a recorder, and none took it:', ...lines].join('\n');
}

function describeProblem({ message, hint }: AppError): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}

/** The shell ends since the recorder no longer takes its recording. */
export function createUndelivered(lost: AppError, answer: PolicyAnswer): AppError {
  const reason = findReason(answer, 'midway');
  const why = reason ? ` ${describeReason(reason)}` : '';
  return new AppError(
    'delivery-required',
    `the shell was ended, as it has to be on record at a recorder: ${lost.message}`,
    {
      cause: lost,
      hint: `Its recording is kept here, and brought to a recorder later.${why}`,
      ...(lost.detail === undefined ? {} : { detail: lost.detail }),
    },
  );
}

/** Throws `policy-refused` where a recorder has to take it and the policy names none. */
export function checkRecorders(answer: PolicyAnswer): void {
  if (answer.atStart === 'open' || answer.recorders.length > 0) return;
  const message = 'this shell has to be on record at a recorder, and the policy names none';
  throw createRefusal(answer, 'atStart', message);
}
