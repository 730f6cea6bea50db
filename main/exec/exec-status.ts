import * as v from 'valibot';

/** What the server says on channel 3 when a command has ended (apimachinery, Status; kubelet, remotecommand). */
export type ExecStatus =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'failed'; readonly message: string; readonly reason: string };

const schema = v.object({
  status: v.optional(v.string(), ''),
  message: v.optional(v.string(), ''),
  reason: v.optional(v.string(), ''),
  details: v.optional(
    v.nullable(
      v.object({
        causes: v.optional(
          v.nullable(
            v.array(v.object({ reason: v.optional(v.string(), ''), message: v.optional(v.string(), '') })),
          ),
        ),
      }),
    ),
  ),
});

const MAX_EXIT_CODE = 255;
/** Of the server's words: a runtime's longest are below this, and a message may be 8 MiB. */
const MAX_WORDS_CHARACTERS = 2_000;

/**
 * Never throws: a status that is none (v1 servers send plain text) is a failure in its own words. The exit code
 * is decided by `details.causes`, never by text (client-go, tools/remotecommand/v4.go).
 */
export function parseExecStatus(text: string): ExecStatus {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return createFailure(text.trim() || 'the server sent an empty status');
  }
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) return createFailure('the server sent a status that is none');
  const { status, message, reason, details } = parsed.output;
  if (status === 'Success') return { kind: 'exited', exitCode: 0 };
  if (reason !== 'NonZeroExitCode') return createFailure(message || 'the server gave no reason', reason);
  const cause = details?.causes?.find((candidate) => candidate.reason === 'ExitCode');
  const exitCode = cause && /^\d{1,3}$/.test(cause.message) ? Number(cause.message) : Number.NaN;
  if (exitCode <= MAX_EXIT_CODE) return { kind: 'exited', exitCode };
  return createFailure(`the server sent no exit code: ${message}`, reason);
}

function createFailure(message: string, reason = ''): ExecStatus {
  return { kind: 'failed', message: message.slice(0, MAX_WORDS_CHARACTERS), reason };
}
