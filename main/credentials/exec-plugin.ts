import { spawn } from 'node:child_process';
import * as v from 'valibot';
import { AppError, systemCode } from '../base/errors.ts';
import type { Credential, PluginClusterInfo, PluginConfig } from './credential.ts';

/** A login that nobody answers must not hold a shell for ever. */
const PLUGIN_TIMEOUT_MS = 60_000;
/** A credential is a few kilobytes; more is not one. */
const MAX_STDOUT_BYTES = 1024 * 1024;
/** The end of what the plugin said about its failure. */
const STDERR_TAIL_BYTES = 4 * 1024;

export interface PluginNeeds {
  /** What the plugin inherits; `PATH` in it is where commands are looked up. */
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

const answerSchema = v.object({
  apiVersion: v.optional(v.string(), ''),
  status: v.optional(
    v.nullable(
      v.object({
        token: v.optional(v.string(), ''),
        clientCertificateData: v.optional(v.string(), ''),
        clientKeyData: v.optional(v.string(), ''),
        expirationTimestamp: v.optional(v.nullable(v.string())),
      }),
    ),
  ),
});

/**
 * Runs an exec-credential plugin as client-go does (plugin/pkg/client/auth/exec/exec.go): without a shell,
 * with `KUBERNETES_EXEC_INFO`, never interactive. Its output never stands in an error.
 */
export async function runPlugin(
  needs: PluginNeeds,
  plugin: PluginConfig,
  cluster: PluginClusterInfo | undefined,
  { signal }: { signal: AbortSignal },
): Promise<Credential> {
  if (plugin.interactiveMode === 'Always') {
    throw new AppError(
      'plugin-interactive',
      'exec plugin cannot support interactive mode: standard input is not a terminal',
      { hint: `Log in once in a terminal with: ${[plugin.command, ...plugin.args].join(' ')}` },
    );
  }
  const stdout = await runToEnd(needs, plugin, cluster, signal);
  return parseAnswer(plugin, stdout);
}

function runToEnd(
  needs: PluginNeeds,
  plugin: PluginConfig,
  cluster: PluginClusterInfo | undefined,
  signal: AbortSignal,
): Promise<string> {
  const timeoutMs = needs.timeoutMs ?? PLUGIN_TIMEOUT_MS;
  return new Promise((resolve, reject) => {
    // A group of its own, so that what the plugin started ends with it.
    const child = spawn(plugin.command, plugin.args, {
      env: createEnvironment(needs.environment, plugin, cluster),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    let stdoutBytes = 0;
    let stderr = Buffer.alloc(0);
    let failure: AppError | undefined;

    function stop(reason: AppError): void {
      failure ??= reason;
      killGroup(child.pid);
    }
    const cancel = (): void => stop(new AppError('cancelled', `running ${plugin.command} was cancelled`));
    const timer = setTimeout(() => stop(createTimeout(plugin, timeoutMs)), timeoutMs);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });

    child.stdout.on('data', (bytes: Buffer) => {
      stdoutBytes += bytes.byteLength;
      if (stdoutBytes <= MAX_STDOUT_BYTES) stdout.push(bytes);
      else stop(createInvalid(plugin, 'it printed more than 1 MiB'));
    });
    child.stderr.on('data', (bytes: Buffer) => {
      stderr = Buffer.concat([stderr, bytes]).subarray(-STDERR_TAIL_BYTES);
    });
    child.on('error', (cause) => settle(() => reject(createNotStarted(needs, plugin, cause))));
    child.on('close', (exitCode, killedBy) =>
      settle(() => {
        if (failure) reject(failure);
        else if (exitCode === 0) resolve(Buffer.concat(stdout).toString('utf8'));
        else reject(createFailed(plugin, exitCode ?? killedBy, stderr.toString('utf8')));
      }),
    );

    function settle(how: () => void): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      how();
    }
  });
}

function createEnvironment(
  inherited: NodeJS.ProcessEnv,
  plugin: PluginConfig,
  cluster: PluginClusterInfo | undefined,
): NodeJS.ProcessEnv {
  const spec = { ...(cluster && plugin.provideClusterInfo ? { cluster } : {}), interactive: false };
  const info = { kind: 'ExecCredential', apiVersion: plugin.apiVersion, spec };
  return {
    ...inherited,
    ...Object.fromEntries(plugin.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: `${JSON.stringify(info)}\n`,
  };
}

function parseAnswer(plugin: PluginConfig, stdout: string): Credential {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    // The cause would quote what the plugin printed.
    throw createInvalid(plugin, 'decoding stdout: it is not JSON');
  }
  const parsed = v.safeParse(answerSchema, value);
  if (!parsed.success) throw createInvalid(plugin, 'decoding stdout: it is no ExecCredential');
  const { apiVersion, status } = parsed.output;
  if (apiVersion !== plugin.apiVersion) {
    throw createInvalid(
      plugin,
      `exec plugin is configured to use API version ${plugin.apiVersion}, plugin returned version ${escapeControls(apiVersion).slice(0, 100)}`,
    );
  }
  if (!status) throw createInvalid(plugin, "exec plugin didn't return a status field");
  const { token, clientCertificateData: certificatePem, clientKeyData: keyPem, expirationTimestamp } = status;
  if (!token && !certificatePem && !keyPem) {
    throw createInvalid(plugin, "exec plugin didn't return a token or cert/key pair");
  }
  if (!certificatePem !== !keyPem) {
    throw createInvalid(plugin, 'exec plugin returned only certificate or key, not both');
  }
  const expiresAtMs = expirationTimestamp ? Date.parse(expirationTimestamp) : undefined;
  if (Number.isNaN(expiresAtMs)) throw createInvalid(plugin, 'its expirationTimestamp is no RFC 3339 time');
  return {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(certificatePem ? { clientCertificate: { certificatePem, keyPem } } : {}),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function createNotStarted(needs: PluginNeeds, plugin: PluginConfig, cause: Error): AppError {
  if (systemCode(cause) !== 'ENOENT') {
    return new AppError(
      'plugin-failed',
      `getting credentials: exec: ${plugin.command} could not be started`,
      {
        detail: systemCode(cause) ?? cause.message,
        cause,
      },
    );
  }
  const hint = plugin.installHint ? ` ${escapeControls(plugin.installHint)}` : '';
  return new AppError(
    'plugin-not-found',
    `getting credentials: exec: executable ${plugin.command} not found`,
    {
      hint: `The kubeconfig names a credential plugin that is not installed where Kubereel looks for it.${hint}`,
      detail: `PATH searched: ${needs.environment['PATH'] ?? ''}`,
      cause,
    },
  );
}

function createFailed(plugin: PluginConfig, how: number | string | null, stderr: string): AppError {
  const words = escapeControls(stderr.trim());
  const ending = typeof how === 'number' ? `failed with exit code ${how}` : `was ended by ${how}`;
  return new AppError('plugin-failed', `getting credentials: exec: executable ${plugin.command} ${ending}`, {
    hint: 'Run the plugin in a terminal to see whether a login is due.',
    ...(words === '' ? {} : { detail: words }),
  });
}

function createTimeout(plugin: PluginConfig, timeoutMs: number): AppError {
  return new AppError(
    'plugin-timed-out',
    `getting credentials: ${plugin.command} did not answer within ${Math.round(timeoutMs / 1_000)} s and was ended`,
    { hint: 'If it waits for a login, log in with it in a terminal first.' },
  );
}

function createInvalid(plugin: PluginConfig, reason: string): AppError {
  return new AppError('plugin-answer-invalid', `getting credentials: ${reason}`, {
    hint: `${plugin.command} answered with something that kubectl would refuse too.`,
  });
}

/** A terminal must not obey what a kubeconfig or a plugin wrote. */
function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}]/gu, (character) =>
    character === '\n' ? '\n' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
