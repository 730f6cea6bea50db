import { AppError } from '../base/errors.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import {
  CHECK_IDS,
  CHECK_TITLES,
  type Check,
  type CheckId,
  type Finding,
  type Result,
  toFinding,
} from './check.ts';
import type { Redactor } from './redact.ts';

/** How long a check may take, and what would not have answered then. */
export interface CheckLimit {
  readonly ms: number;
  readonly of: string;
}

/** The report as it fills: every row is there from the start, so that nothing moves when one comes to its end. */
export interface Board {
  readonly checks: readonly Check[];
  /**
   * Runs one check within its limit. Resolves with what it found; undefined where it failed, which is told in
   * its row. Rejects only with the signal's reason.
   */
  run<Found>(
    id: CheckId,
    limit: CheckLimit,
    work: (options: { readonly signal: AbortSignal }) => Promise<Result<Found>>,
  ): Promise<Found | undefined>;
  /** Says what a running check waits for. */
  note(id: CheckId, message: string): void;
  skip(ids: readonly CheckId[], reason: string): void;
}

export function createBoard(
  needs: {
    readonly redactor: Redactor;
    readonly timeout: (ms: number) => AbortSignal;
    readonly onChanged: (checks: readonly Check[]) => void;
  },
  { signal }: { signal: AbortSignal },
): Board {
  let checks: readonly Check[] = CHECK_IDS.map((id) => ({
    id,
    title: CHECK_TITLES[id],
    outcome: 'waiting',
    message: '',
  }));
  needs.onChanged(checks);

  function put(
    id: CheckId,
    change: Finding | { readonly outcome: 'running'; readonly message: string },
  ): void {
    const row = cleanRow(needs.redactor, { id, title: CHECK_TITLES[id], ...change });
    checks = checks.map((check) => (check.id === id ? row : check));
    needs.onChanged(checks);
  }

  return {
    get checks() {
      return checks;
    },
    async run(id, { ms, of }, work) {
      put(id, { outcome: 'running', message: '' });
      const limit = needs.timeout(ms);
      try {
        const { finding, found } = await work({ signal: AbortSignal.any([signal, limit]) });
        put(id, finding);
        return found;
      } catch (error) {
        signal.throwIfAborted();
        put(id, toFinding(limit.aborted ? createTimeout({ ms, of }, error) : error));
        return undefined;
      }
    },
    note: (id, message) => put(id, { outcome: 'running', message }),
    skip(ids, reason) {
      for (const id of ids) put(id, { outcome: 'skipped', message: reason });
    },
  };
}

/** Servers and kubeconfigs are quoted in it: without their secrets, and without what a terminal would obey. */
function cleanRow(redactor: Redactor, { message, hint, detail, ...row }: Check): Check {
  const clean = (text: string): string => escapeControls(redactor.clean(text));
  return {
    ...row,
    message: clean(message),
    ...(hint === undefined ? {} : { hint: clean(hint) }),
    ...(detail === undefined ? {} : { detail: clean(detail) }),
  };
}

function createTimeout({ ms, of }: CheckLimit, cause: unknown): AppError {
  return new AppError('timed-out', `${of} did not answer within ${ms / 1_000} s`, {
    hint: 'Something between here and the cluster takes what is sent and says nothing: check VPN and firewall.',
    cause,
  });
}
