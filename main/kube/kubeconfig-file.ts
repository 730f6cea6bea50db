import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { AppError, systemCode } from '../base/errors.ts';
import { describeFileFailure } from './file-failure.ts';
import {
  type ClusterFields,
  type ContextFields,
  decodeKubeconfig,
  type UserFields,
} from './kubeconfig-schema.ts';
import { parseKubectlYaml, type YamlValue } from './kubectl-yaml.ts';
import { YamlMistake, type YamlPosition } from './yaml-mistake.ts';

/** One kubeconfig file: named entries with all that is written in them, paths absolute. */
export interface KubeconfigFile {
  readonly path: string;
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, ContextFields>;
  readonly clusters: ReadonlyMap<string, ClusterFields>;
  readonly users: ReadonlyMap<string, UserFields>;
  /** All other keys of the file: preferences, extensions, and those that nobody here knows. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** A kubeconfig is a few kilobytes; a file beyond this is something else. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads one file as kubectl does. Undefined where there is no such file. Throws `kubeconfig-unreadable` or
 * `kubeconfig-invalid`, which name the file and, where there is one, the line. No value is ever quoted.
 */
export async function readKubeconfigFile(path: string): Promise<KubeconfigFile | undefined> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new AppError(
      'kubeconfig-unreadable',
      `error loading config file "${path}": ${describeFileFailure(path, cause)}`,
      { hint: 'Check the file’s owner and mode, or point KUBECONFIG elsewhere.', cause },
    );
  });
  return bytes && parseKubeconfigFile(path, bytes);
}

/** The parsing half of `readKubeconfigFile`. */
export function parseKubeconfigFile(path: string, bytes: Uint8Array): KubeconfigFile {
  if (bytes.byteLength > MAX_FILE_BYTES) throw createInvalid(path, 'it is larger than 16 MiB');
  const yaml = parseYaml(path, bytes);
  const decoding = decodeKubeconfig(yaml.value);
  if (!decoding.ok) throw createInvalid(path, decoding.reason, yaml.positionOf(decoding.keys));
  const { 'current-context': currentContext, contexts, clusters, users, ...others } = decoding.fields;
  const folder = dirname(resolve(path));
  return {
    path,
    currentContext,
    contexts: new Map(contexts.map(({ name, context }) => [name, context])),
    clusters: new Map(clusters.map(({ name, cluster }) => [name, resolveClusterPaths(cluster, folder)])),
    users: new Map(users.map(({ name, user }) => [name, resolveUserPaths(user, folder)])),
    others,
  };
}

function parseYaml(path: string, bytes: Uint8Array): YamlValue {
  try {
    return parseKubectlYaml(bytes);
  } catch (error) {
    throw error instanceof YamlMistake ? createInvalid(path, error.message, error.position) : error;
  }
}

/** A path in a kubeconfig is relative to the file that it stands in (clientcmd, loader.go: ResolveLocalPaths). */
function resolveClusterPaths(cluster: ClusterFields, folder: string): ClusterFields {
  return { ...cluster, ...resolvePaths(cluster, ['certificate-authority'], folder) };
}

function resolveUserPaths(user: UserFields, folder: string): UserFields {
  const command = user.exec?.command ?? '';
  // A bare name is looked up in PATH.
  const isPath = command.includes(sep) || command.includes('/');
  return {
    ...user,
    ...resolvePaths(user, ['client-certificate', 'client-key', 'tokenFile'], folder),
    ...(isPath ? { exec: { ...user.exec, command: resolvePath(command, folder) } } : {}),
  };
}

function resolvePaths<Key extends string>(
  fields: { readonly [key in Key]?: string },
  keys: readonly Key[],
  folder: string,
): { readonly [key in Key]?: string } {
  const resolved: { [key in Key]?: string } = {};
  for (const key of keys) if (fields[key]) resolved[key] = resolvePath(fields[key], folder);
  return resolved;
}

function resolvePath(path: string, folder: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}

function createInvalid(path: string, reason: string, position?: YamlPosition): AppError {
  const place = position ? `line ${position.line}, column ${position.column}: ` : '';
  return new AppError('kubeconfig-invalid', `error loading config file "${path}": ${place}${reason}`, {
    hint: 'Mend the file; it is read again as soon as it changes.',
  });
}
