import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import * as v from 'valibot';
import { parse as parseYaml } from 'yaml';
import { AppError, systemCode } from '../base/errors.ts';
import { type Environment, findProgram } from './plugin-path.ts';

/** What kubectl's own preferences (kuberc) say about credential plugins. */
export type PluginPolicy =
  | { readonly kind: 'AllowAll' }
  | { readonly kind: 'DenyAll' }
  /** Bare names and absolute paths. */
  | { readonly kind: 'Allowlist'; readonly entries: readonly string[] };

export interface PolicyNeeds {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
}

/** Of `.kube/kuberc`. A page of YAML; what is longer is not one. */
const MAX_KUBERC_BYTES = 1024 * 1024;

const preferenceSchema = v.object({
  apiVersion: v.pipe(v.string(), v.startsWith('kubectl.config.k8s.io/')),
  kind: v.literal('Preference'),
  credentialPluginPolicy: v.optional(v.nullable(v.string()), ''),
  credentialPluginAllowlist: v.optional(
    v.nullable(v.array(v.object({ command: v.optional(v.string(), ''), name: v.optional(v.string(), '') }))),
  ),
});

/**
 * Reads `$KUBERC`, else `~/.kube/kuberc` (kubectl, pkg/kuberc). No default file: everything may run. A file that
 * cannot be understood lets nothing run, where kubectl only warns of its default one: throws `plugin-refused`.
 */
export async function loadPluginPolicy(needs: PolicyNeeds): Promise<PluginPolicy> {
  const { environment, platform } = needs;
  const named = environment['KUBERC'] ?? '';
  if (named === 'off' || environment['KUBECTL_KUBERC'] === 'false') return { kind: 'AllowAll' };
  const { join } = platform === 'win32' ? win32 : posix;
  const path = named || join(environment['HOME'] || homedir(), '.kube', 'kuberc');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (named === '' && systemCode(cause) === 'ENOENT') return { kind: 'AllowAll' };
    throw createBroken(path, `it could not be read (${systemCode(cause) ?? 'unknown'})`);
  }
  return parsePolicy(path, text, platform);
}

function parsePolicy(path: string, text: string, platform: NodeJS.Platform): PluginPolicy {
  const preference = parsePreference(path, text);
  const policy = preference.credentialPluginPolicy ?? '';
  const list = preference.credentialPluginAllowlist ?? undefined;
  if (policy === 'Allowlist') {
    if (!list || list.length === 0)
      throw createBroken(path, 'the policy is "Allowlist" and there is no allowlist');
    return {
      kind: 'Allowlist',
      entries: list.map((entry) => checkEntry(path, entry.command || entry.name, platform)),
    };
  }
  if (policy !== '' && policy !== 'AllowAll' && policy !== 'DenyAll') {
    throw createBroken(path, `unknown credentialPluginPolicy "${policy}"`);
  }
  if (list) throw createBroken(path, `there is an allowlist, and the policy is "${policy || 'AllowAll'}"`);
  return { kind: policy === '' ? 'AllowAll' : policy };
}

function parsePreference(path: string, text: string): v.InferOutput<typeof preferenceSchema> {
  if (text.length > MAX_KUBERC_BYTES) throw createBroken(path, 'it is larger than 1 MiB');
  let value: unknown;
  try {
    value = parseYaml(text, { version: '1.1', logLevel: 'error' });
  } catch {
    throw createBroken(path, 'it is not YAML');
  }
  const parsed = v.safeParse(preferenceSchema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw createBroken(path, `${v.getDotPath(issue) ?? 'it'} is not what kubectl expects`);
}

function checkEntry(path: string, entry: string, platform: NodeJS.Platform): string {
  if (entry === '') throw createBroken(path, 'the allowlist has an empty entry');
  const { normalize } = platform === 'win32' ? win32 : posix;
  // Go's filepath.Clean also drops a slash at the end.
  if (normalize(entry) !== entry || /.[\\/]$/.test(entry)) {
    throw createBroken(path, `the allowlist's entry "${entry}" is not a cleaned path`);
  }
  return entry;
}

/** Throws `plugin-refused`, in kubectl's words, where the policy does not let `path` run for `command`. */
export async function checkPolicy(
  { environment, platform }: PolicyNeeds,
  policy: PluginPolicy,
  command: string,
  path: string,
): Promise<void> {
  if (policy.kind === 'AllowAll') return;
  if (policy.kind === 'DenyAll') {
    throw createRefused(`plugin "${command}" not allowed: policy set to "DenyAll"`);
  }
  if (policy.entries.includes(command) || policy.entries.includes(path)) return;
  for (const entry of policy.entries) {
    const found = await findProgram(entry, environment, platform);
    if (found.kind === 'found' && found.path === path) return;
  }
  throw createRefused(`plugin path "${path}" is not permitted by the credential plugin allowlist`);
}

function createRefused(message: string): AppError {
  return new AppError('plugin-refused', `getting credentials: ${message}`, {
    hint: 'The policy stands in your kuberc file: credentialPluginPolicy and credentialPluginAllowlist.',
  });
}

function createBroken(path: string, reason: string): AppError {
  return new AppError('plugin-refused', `no credential plugin may run while ${path} is unclear: ${reason}`, {
    hint: 'Mend the file; `kubectl` reads its credential plugin policy from there too.',
  });
}
