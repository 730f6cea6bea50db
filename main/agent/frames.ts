import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import type { TerminalSize } from '../base/terminal-size.ts';

/** The JSON text frames of KubeStellar's kc-agent (console, pkg/agent/server_exec.go). */

/** The first frame of a page, checked: what stands in it may be asked for and logged. */
export interface ExecInit {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  /** Absent: kubectl's choice. */
  readonly container?: string;
  readonly command: readonly string[];
  readonly hasTty: boolean;
  readonly size: TerminalSize;
}

/** What comes after it. */
export type PageFrame =
  | { readonly type: 'stdin'; readonly data: string }
  /** Of a terminal that is not shown a page may know no size: such a frame has none. */
  | { readonly type: 'resize'; readonly size: TerminalSize | undefined };

export type AgentFrame =
  | { readonly type: 'exec_started' }
  | { readonly type: 'stdout' | 'stderr'; readonly data: string }
  /** 0 to 255. */
  | { readonly type: 'exit'; readonly exitCode: number }
  | { readonly type: 'error'; readonly data: string };

/** Of one `stdin` frame, as UTF-8. */
export const MAX_STDIN_BYTES: number = 1024 * 1024;
/** Above that of any frame whose data is within its limit: JSON may write a byte as `\u001b`. */
export const MAX_FRAME_BYTES: number = 6 * MAX_STDIN_BYTES + 64 * 1024;
/** As kc-agent has it, where a page says nothing. */
const DEFAULT_COMMAND = ['/bin/sh'];
const DEFAULT_SIZE: TerminalSize = { cols: 80, rows: 24 };
const MAX_SIDE = 65_535;
/** It travels in a query, of which API servers and what is before them take some tens of KiB. */
const MAX_COMMAND_CHARACTERS = 16 * 1024;
const MAX_ARGUMENTS = 1_024;
const MAX_CONTEXT_CHARACTERS = 1_024;

/** RFC 1123. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_SUBDOMAIN_CHARACTERS = 253;

/** Absent or null: not known, as of a terminal that is not shown. */
const side = v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_SIDE)), 0);
const label = v.pipe(v.string(), v.regex(LABEL));

const initSchema = v.object({
  type: v.literal('exec_init'),
  cluster: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_CONTEXT_CHARACTERS)),
  namespace: label,
  pod: v.pipe(v.string(), v.maxLength(MAX_SUBDOMAIN_CHARACTERS), v.regex(SUBDOMAIN)),
  container: v.optional(v.union([v.literal(''), label]), ''),
  command: v.nullish(
    v.pipe(
      v.array(v.pipe(v.string(), v.excludes('\0'))),
      v.maxLength(MAX_ARGUMENTS),
      v.check((parts) => parts.join('').length <= MAX_COMMAND_CHARACTERS),
    ),
    [],
  ),
  tty: v.optional(v.boolean(), false),
  cols: side,
  rows: side,
});

const frameSchema = v.variant('type', [
  v.object({
    type: v.literal('stdin'),
    data: v.pipe(
      v.string(),
      v.check((text) => Buffer.byteLength(text) <= MAX_STDIN_BYTES),
    ),
  }),
  v.object({ type: v.literal('resize'), cols: side, rows: side }),
]);

/** Throws `bad-input`, in words that quote nothing of what came. */
export function parseExecInit(text: string): ExecInit {
  const parsed = v.safeParse(initSchema, parseJson(text));
  if (!parsed.success) throw createNoFrame('the first frame is no exec_init', parsed.issues);
  const { cluster, namespace, pod, container, command, tty, cols, rows } = parsed.output;
  return {
    context: cluster,
    namespace,
    pod,
    ...(container !== '' && { container }),
    command: command.length > 0 ? command : DEFAULT_COMMAND,
    hasTty: tty,
    size: { cols: cols || DEFAULT_SIZE.cols, rows: rows || DEFAULT_SIZE.rows },
  };
}

/** Throws as `parseExecInit`. */
export function parsePageFrame(text: string): PageFrame {
  const parsed = v.safeParse(frameSchema, parseJson(text));
  if (!parsed.success) throw createNoFrame('this frame is neither stdin nor resize', parsed.issues);
  const frame = parsed.output;
  if (frame.type === 'stdin') return frame;
  const { cols, rows } = frame;
  return { type: 'resize', size: cols > 0 && rows > 0 ? { cols, rows } : undefined };
}

export function formatFrame(frame: AgentFrame): string {
  return JSON.stringify(frame);
}

/** The name of a field that we know may be told; its value, and the names of others, may not. */
function createNoFrame(what: string, [issue]: readonly v.BaseIssue<unknown>[]): AppError {
  const field = issue && v.getDotPath(issue)?.split('.')[0];
  const where = field === undefined ? '' : `: "${field}" is not as it has to be`;
  return new AppError('bad-input', `${what}${where}`, {
    hint: 'docs/AGENT.md has the frames, and what each field may be.',
  });
}
