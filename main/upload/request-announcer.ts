import { AppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { formatPlace, type PolicyAnswer } from '../policy/policy.ts';
import type { DeliveryAttempt } from './recorder/recorder-client.ts';
import type { RecorderNeeds } from './recorder/recorder-dial.ts';
import { type ApiRequestEvent, sendEvent } from './recorder/recorder-event.ts';

/** A request that is about to be sent. */
export interface AnnouncedRequest extends Pick<ApiRequestEvent, 'method' | 'uri' | 'body' | 'info'> {
  readonly context: string;
  /** Absent: it is our own. */
  readonly userAgent?: string;
}

/** Requests of one context that were sent although no recorder had taken their events. */
export interface UntoldRequests {
  readonly context: string;
  readonly count: number;
  /** The first of them. Unix milliseconds. */
  readonly sinceMs: number;
  /** Why no recorder took the last of them, in their order. */
  readonly reasons: readonly string[];
}

/** Tells recorders of requests to API servers before they are sent. */
export interface RequestAnnouncer {
  /**
   * Resolves when the request may be sent. Rejects with `delivery-required`, telling each attempt, where the policy lets none
   * go that no recorder was told of, and with the signal's reason.
   */
  announce(
    request: AnnouncedRequest,
    answer: PolicyAnswer,
    options: { readonly signal: AbortSignal },
  ): Promise<void>;
  /** Since the program was started. */
  untold(): readonly UntoldRequests[];
}

export interface RequestAnnouncerNeeds extends RecorderNeeds {
  readonly log: Log;
  describeSource(): ApiRequestEvent['source'];
}

export function createRequestAnnouncer(needs: RequestAnnouncerNeeds): RequestAnnouncer {
  const { clock, log, userAgent } = needs;
  const untold = new Map<string, UntoldRequests>();

  function note({ context, method, info }: AnnouncedRequest, reasons: readonly string[]): void {
    const { count = 0, sinceMs = clock.nowMs() } = untold.get(context) ?? {};
    untold.set(context, { context, count: count + 1, sinceMs, reasons });
    // Without its query, in which a command's arguments stand.
    log.warn(
      { context, method, path: info.path, reasons },
      'no recorder was told of a request that was sent',
    );
  }

  return {
    async announce({ context, ...request }, answer, options) {
      if (answer.apiRequests === 'untold') return;
      const timestamp = Math.floor(clock.nowMs() / 1_000);
      const event = { userAgent, ...request, timestamp, source: needs.describeSource() };
      const { recorder, attempts } = await sendEvent(needs, answer.recorders, event, options);
      if (recorder) return;
      if (answer.apiRequests === 'required') throw createUnsendable(request, answer, attempts);
      note({ context, ...request }, listReasons(attempts));
    },
    untold: () => [...untold.values()],
  };
}

function createUnsendable(
  { method, info }: Pick<AnnouncedRequest, 'method' | 'info'>,
  { because }: PolicyAnswer,
  attempts: readonly DeliveryAttempt[],
): AppError {
  const lines = listReasons(attempts).map((reason, index) => `${index + 1}. ${reason}`);
  const why = 'was not sent, as a recorder has to be told of it before, and none was:';
  const message = [`${method} ${info.path} ${why}`, ...lines].join('\n');
  const reason = because.find(({ setting }) => setting === 'apiRequests');
  return new AppError('delivery-required', message, {
    ...(reason && { hint: `The policy says so: rule "${reason.rule}", ${formatPlace(reason)}.` }),
  });
}

function listReasons(attempts: readonly DeliveryAttempt[]): readonly string[] {
  if (attempts.length === 0) return ['the policy names no recorder'];
  return attempts.map(({ error: { message, hint } }) =>
    hint === undefined ? message : `${message}. ${hint}`,
  );
}
