import { AppError } from './errors.ts';
import type { Log } from './log.ts';

export interface FailureNeeds {
  /** `process`, of which only this is used. */
  readonly process: {
    on(event: 'uncaughtException' | 'unhandledRejection', listener: (thrown: unknown) => void): unknown;
  };
  readonly log: Pick<Log, 'error'>;
  /** Closes what is being recorded, with this as its end. */
  end(failure: AppError): Promise<void>;
  /** The last that is done. */
  exit(): void;
}

/** A program that nobody can trust any more may not live on because something in it hangs. */
const END_MS = 15_000;

/**
 * What nobody caught ends the program, once and in order: what is being recorded is finished first, as far as that can
 * still be done. What comes while it ends is in the log alone.
 */
export function endOnFailure(
  needs: FailureNeeds,
  { endMs = END_MS }: { readonly endMs?: number } = {},
): void {
  let isEnding = false;

  async function end(): Promise<void> {
    // A failure of the end is one more, and in the log.
    const ended = needs
      .end(new AppError('internal', 'Kubereel ended because of a mistake of its own'))
      .catch((thrown: unknown) => needs.log.error(describeThrown(thrown), 'the end failed'));
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, endMs);
    await Promise.race([ended, tooLong]);
    clearTimeout(timer);
    needs.exit();
  }

  function fail(thrown: unknown): void {
    needs.log.error(describeThrown(thrown), 'nobody caught this');
    if (isEnding) return;
    isEnding = true;
    // Never rejects.
    void end();
  }

  needs.process.on('uncaughtException', fail);
  needs.process.on('unhandledRejection', fail);
}

/** Where it happened, and not what it says: nobody has looked whether there is a secret in that. */
export function describeThrown(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { thrown: typeof thrown };
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    thrown: thrown.name,
    ...('code' in thrown && typeof thrown.code === 'string' && { code: thrown.code }),
    at: frames.map((line) => line.trim()),
    ...(thrown.cause === undefined ? {} : { cause: describeThrown(thrown.cause) }),
  };
}
