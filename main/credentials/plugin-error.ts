import { delimiter } from 'node:path';
import { AppError, systemCode } from '../base/errors.ts';
import type { PluginConfig } from './credential.ts';
import { escapeControls, toPlainText } from './visible-text.ts';

/**
 * Failures of credential plugins: client-go's words first (plugin/pkg/client/auth/exec/exec.go), then what to do.
 * What a plugin printed on standard output stands in none of them.
 */
const PREFIX = 'getting credentials: ';

/** `environmentProblem`: why the login shell's PATH could not be had, where it could not. */
export function createNotFound(
  plugin: PluginConfig,
  folders: readonly string[],
  environmentProblem?: string,
): AppError {
  const install = plugin.installHint ? ` ${escapeControls(plugin.installHint)}` : '';
  const searched =
    folders.length === 0
      ? `There is no executable file ${plugin.command}.`
      : `PATH searched: ${folders.join(delimiter)}`;
  return new AppError('plugin-not-found', `${PREFIX}exec: executable ${plugin.command} not found`, {
    hint: `The kubeconfig names a credential plugin that is not installed where Kubereel looks for it.${install}`,
    detail: environmentProblem ? `${searched}\n${environmentProblem}` : searched,
  });
}

/** The system would not start what was found. */
export function createNotStarted(plugin: PluginConfig, path: string, cause: unknown): AppError {
  return new AppError('plugin-failed', `${PREFIX}exec: ${path} could not be started`, {
    hint: `Check that ${plugin.command} is a program for this machine and that you may run it.`,
    detail: systemCode(cause) ?? String(cause),
    cause,
  });
}

/** `words`: the end of what it said on standard error. */
export function createFailed(plugin: PluginConfig, ending: PluginEnding, words: string): AppError {
  const how =
    ending.signal === undefined
      ? `failed with exit code ${ending.exitCode}`
      : `was ended by ${ending.signal}`;
  const detail = toPlainText(words);
  return new AppError('plugin-failed', `${PREFIX}exec: executable ${plugin.command} ${how}`, {
    hint: 'Run the plugin in a terminal to see whether a login is due.',
    ...(detail === '' ? {} : { detail }),
  });
}

export interface PluginEnding {
  readonly exitCode: number;
  /** What it was ended by, where it did not exit. */
  readonly signal?: string;
}

export function createTimeout(plugin: PluginConfig, timeoutMs: number): AppError {
  return new AppError(
    'plugin-timed-out',
    `${PREFIX}${plugin.command} did not answer within ${Math.round(timeoutMs / 1_000)} s and was ended`,
    { hint: 'If it waits for a login, log in with it in a terminal first.' },
  );
}

export function createInvalid(plugin: PluginConfig, reason: string): AppError {
  return new AppError('plugin-answer-invalid', `${PREFIX}${reason}`, {
    hint: `${plugin.command} answered with something that kubectl would refuse too.`,
  });
}

/** It must ask somebody, and nobody is there. */
export function createNeedsTerminal(plugin: PluginConfig): AppError {
  return new AppError(
    'plugin-interactive',
    `${PREFIX}exec plugin cannot support interactive mode: standard input is not a terminal`,
    { hint: `${plugin.command} wants to ask you something: connect again by hand, with a window open.` },
  );
}

/** It has failed, or was given up, so often that it is not run again before somebody asks for it. */
export function createPaused(plugin: PluginConfig, last: AppError): AppError {
  return new AppError('plugin-interactive', `${PREFIX}${plugin.command} is not run again by itself`, {
    hint: 'Connect again by hand to run it.',
    detail: last.message,
    cause: last,
  });
}

export function createGivenUp(plugin: PluginConfig): AppError {
  return new AppError('plugin-refused', `${PREFIX}the login with ${plugin.command} was given up`, {
    hint: 'Connect again to log in.',
  });
}

/** The login's terminal could not be made: no pty, no room for a pipe, no `mkfifo`. */
export function createNoTerminal(plugin: PluginConfig, cause: unknown): AppError {
  return new AppError('plugin-failed', `${PREFIX}no terminal could be opened for ${plugin.command}`, {
    hint: `Log in with ${plugin.command} in a terminal, then connect again.`,
    detail: systemCode(cause) ?? String(cause),
    cause,
  });
}

/** Windows' terminals do not share a program's output with a pipe in the way that a login needs. */
export function createNoLoginHere(plugin: PluginConfig): AppError {
  return new AppError('plugin-interactive', `${PREFIX}${plugin.command} may ask for a login`, {
    hint: `Kubereel has no login pane on Windows yet: log in with ${plugin.command} in a terminal, then connect again.`,
  });
}
