import { toProcessCommand } from './batch-command.ts';
import { type CapturedEnd, captureProcess } from './captured-process.ts';
import type { Credential, PluginClusterInfo } from './credential.ts';
import type { PluginProgram } from './plugin-admission.ts';
import { createPluginEnvironment, parsePluginAnswer } from './plugin-contract.ts';
import { createFailed, createInvalid, createNotStarted, createTimeout } from './plugin-error.ts';
import { type LoginNeeds, type LoginPatience, runLogin } from './plugin-login.ts';
import type { PluginStart } from './plugin-start.ts';
import type { Waiting } from './shared-task.ts';
import type { UserRequests } from './user-requests.ts';

/** A plugin that asks nobody must not hold a shell for ever. */
const SILENT_TIMEOUT_MS = 60_000;
/** As long as device codes and one-time links are good for, about. */
const LOGIN_TIMEOUT_MS = 15 * 60_000;
/** A credential is a few kilobytes; more is not one. */
const MAX_STDOUT_BYTES = 1024 * 1024;

export interface PluginNeeds extends Omit<LoginNeeds, 'patience'>, PluginLimits {}

/** How long plugins are waited for; absent: as the constants say. */
export interface PluginLimits {
  readonly silentTimeoutMs?: number;
  readonly loginTimeoutMs?: number;
  readonly patience?: LoginPatience;
}

/** Whom a plugin may ask. */
export type PluginUser =
  | { readonly kind: 'nobody' }
  /** This process's own terminal is the plugin's. */
  | { readonly kind: 'terminal' }
  /** A terminal of its own, shown in a page where it is needed. */
  | { readonly kind: 'page'; readonly requests: UserRequests; readonly waiting: Waiting };

/**
 * Runs an exec-credential plugin as client-go does (plugin/pkg/client/auth/exec/exec.go): without a shell, with
 * `KUBERNETES_EXEC_INFO`. What it prints on standard output is in no error.
 */
export async function runPlugin(
  needs: PluginNeeds,
  program: PluginProgram,
  cluster: PluginClusterInfo,
  user: PluginUser,
  { signal }: { signal: AbortSignal },
): Promise<Credential> {
  const { plugin } = program;
  const isInteractive = user.kind !== 'nobody' && plugin.interactiveMode !== 'Never';
  const timeoutMs = isInteractive
    ? (needs.loginTimeoutMs ?? LOGIN_TIMEOUT_MS)
    : (needs.silentTimeoutMs ?? SILENT_TIMEOUT_MS);
  const start: PluginStart = {
    program,
    command: toProcessCommand(
      { platform: needs.platform, environment: program.environment },
      program.path,
      plugin.args,
    ),
    environment: createPluginEnvironment(needs, {
      inherited: program.environment,
      plugin,
      cluster,
      isInteractive,
    }),
    maxStdoutBytes: MAX_STDOUT_BYTES,
    timeoutMs,
  };
  const end =
    isInteractive && user.kind === 'page'
      ? await runLogin(needs, start, user, { signal })
      : await captureProcess(start.command, { ...start, hasTerminal: isInteractive, signal });
  return parsePluginAnswer(plugin, takeStdout(start, end));
}

function takeStdout({ program: { plugin, path }, timeoutMs }: PluginStart, end: CapturedEnd): string {
  switch (end.kind) {
    case 'ended':
      if (end.ending.exitCode === 0 && end.ending.signal === undefined) return end.stdout.toString('utf8');
      throw createFailed(plugin, end.ending, end.stderr);
    case 'not-started':
      throw createNotStarted(plugin, path, end.cause);
    case 'timed-out':
      throw createTimeout(plugin, timeoutMs);
    case 'too-long':
      throw createInvalid(plugin, 'it printed more than 1 MiB');
  }
}
