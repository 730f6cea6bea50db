import { createSecureContext } from 'node:tls';
import * as v from 'valibot';
import { parse as parseYaml } from 'yaml';
import type { Credential, PluginClusterInfo, PluginConfig } from './credential.ts';
import { createInvalid } from './plugin-error.ts';
import type { Environment } from './plugin-path.ts';

const answerSchema = v.object({
  // client-go takes what has no kind for what it expects.
  kind: v.optional(v.picklist(['ExecCredential', '']), ''),
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

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Its parser takes seconds for a megabyte and holds everything up; a token and a certificate are a few kilobytes. */
const MAX_YAML_LENGTH = 16 * 1024;
/** Of a version that a plugin answered with. */
const MAX_QUOTED_LENGTH = 100;

/**
 * What a plugin is started with: what we were, then the kubeconfig's own, and last, whatever those say, what it is
 * asked for (client-go, plugin/pkg/client/auth/exec/exec.go).
 */
export function createPluginEnvironment(
  { platform }: { readonly platform: NodeJS.Platform },
  { inherited, plugin, cluster, isInteractive }: PluginTask,
): Environment {
  const told = { name: 'KUBERNETES_EXEC_INFO', value: formatExecInfo(plugin, cluster, isInteractive) };
  const variables = new Map(Object.entries(inherited));
  for (const { name, value } of [...plugin.env, told]) {
    // On Windows `Path` and `PATH` are one variable, of which a process is given the first.
    const same = platform === 'win32' ? findName([...variables.keys()], name) : undefined;
    if (same !== undefined) variables.delete(same);
    variables.set(name, value);
  }
  return Object.fromEntries(variables);
}

function findName(names: readonly string[], name: string): string | undefined {
  return names.find((known) => known.toUpperCase() === name.toUpperCase());
}

/** What a plugin is run for. */
export interface PluginTask {
  readonly inherited: Environment;
  readonly plugin: PluginConfig;
  readonly cluster: PluginClusterInfo;
  readonly isInteractive: boolean;
}

/** One line of JSON and its end, to the byte as client-go writes it. */
function formatExecInfo(plugin: PluginConfig, cluster: PluginClusterInfo, isInteractive: boolean): string {
  const { config, ...fields } = cluster;
  // Alone of all fields it is written where there is none.
  const told = { ...fields, config: sortKeys(config ?? null) };
  const spec = { ...(plugin.provideClusterInfo ? { cluster: told } : {}), interactive: isInteractive };
  const text = JSON.stringify({ kind: 'ExecCredential', apiVersion: plugin.apiVersion, spec });
  // Go's encoder writes these five so that the text could stand in a page (encoding/json, HTMLEscape).
  const escaped = text.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}

/** A map from YAML has lost its order in Go, and is written sorted. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

/** Throws `plugin-answer-invalid`. Nothing that the plugin printed stands in it, except a wrong version. */
export function parsePluginAnswer(plugin: PluginConfig, stdout: string): Credential {
  const parsed = v.safeParse(answerSchema, parseObject(plugin, stdout));
  if (!parsed.success) throw createInvalid(plugin, 'decoding stdout: it is no ExecCredential');
  const { apiVersion, status } = parsed.output;
  if (apiVersion !== plugin.apiVersion) {
    const returned = apiVersion.replace(/[^\w./-]/g, '?').slice(0, MAX_QUOTED_LENGTH) || 'none';
    throw createInvalid(
      plugin,
      `exec plugin is configured to use API version ${plugin.apiVersion}, plugin returned version ${returned}`,
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
  if (certificatePem) checkKeyPair(plugin, certificatePem, keyPem);
  const expiresAtMs = parseTime(plugin, expirationTimestamp);
  return {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(certificatePem ? { clientCertificate: { certificatePem, keyPem } } : {}),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
}

/** client-go's decoder takes YAML as well. */
function parseObject(plugin: PluginConfig, stdout: string): object {
  const isShort = stdout.length <= MAX_YAML_LENGTH;
  const value =
    attempt(() => JSON.parse(stdout)) ??
    (isShort ? attempt(() => parseYaml(stdout, { schema: 'core', logLevel: 'error' })) : undefined);
  if (typeof value === 'object' && value !== null) return value;
  throw createInvalid(plugin, 'decoding stdout: it is neither JSON nor YAML');
}

/** Undefined where it fails: the parsers' errors quote what the plugin printed. */
function attempt(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function checkKeyPair(plugin: PluginConfig, cert: string, key: string): void {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    // OpenSSL's words name what it looked for, never what it found.
    const words = error instanceof Error ? error.message : 'it could not be read';
    throw createInvalid(plugin, `failed parsing client key/certificate: ${words}`);
  }
}

function parseTime(plugin: PluginConfig, text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  const timeMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw createInvalid(plugin, 'decoding stdout: its expirationTimestamp is no RFC 3339 time');
  }
  return timeMs;
}
