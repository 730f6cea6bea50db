import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { AppError, systemCode } from '../base/errors.ts';

export interface ContextFields {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

export interface ClusterFields {
  readonly server?: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
  readonly 'disable-compression'?: boolean;
  readonly extensions?: readonly { readonly name: string; readonly extension: unknown }[] | null;
}

export interface UserFields {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly as?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly string[] | null;
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[] | null>> | null;
  readonly exec?: ExecFields | null;
  readonly 'auth-provider'?: { readonly name?: string } | null;
}

export interface ExecFields {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name?: string; readonly value?: string }[] | null;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: string;
}

/** One kubeconfig file as written: named entries, paths not yet resolved. */
export interface KubeconfigFile {
  readonly path: string;
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, ContextFields>;
  readonly clusters: ReadonlyMap<string, ClusterFields>;
  readonly users: ReadonlyMap<string, UserFields>;
}

/** A kubeconfig is a few kilobytes; a file beyond this is something else. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** A key without a value is Go's zero value. */
const text = v.exactOptional(
  v.pipe(
    v.nullable(v.string()),
    v.transform((value) => value ?? ''),
  ),
);
const list = v.exactOptional(v.nullable(v.array(v.string())));
const flag = v.exactOptional(
  v.pipe(
    v.nullable(v.boolean()),
    v.transform((value) => value ?? false),
  ),
);

const contextFields = v.object({ cluster: text, user: text, namespace: text });
const clusterFields = v.object({
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': flag,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'proxy-url': text,
  'disable-compression': flag,
  extensions: v.exactOptional(v.nullable(v.array(v.object({ name: v.string(), extension: v.unknown() })))),
});
const execFields = v.object({
  apiVersion: text,
  command: text,
  args: list,
  env: v.exactOptional(v.nullable(v.array(v.object({ name: text, value: text })))),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});
const userFields = v.object({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  as: text,
  'as-uid': text,
  'as-groups': list,
  'as-user-extra': v.exactOptional(v.nullable(v.record(v.string(), v.nullable(v.array(v.string()))))),
  exec: v.exactOptional(v.nullable(execFields)),
  'auth-provider': v.exactOptional(v.nullable(v.object({ name: text }))),
});

function maybe<Fields extends v.GenericSchema>(fields: Fields) {
  return v.exactOptional(v.nullable(fields));
}

const fileFields = v.object({
  apiVersion: maybe(v.picklist(['', 'v1'])),
  kind: maybe(v.picklist(['', 'Config'])),
  'current-context': maybe(v.string()),
  contexts: maybe(v.array(v.object({ name: v.string(), context: maybe(contextFields) }))),
  clusters: maybe(v.array(v.object({ name: v.string(), cluster: maybe(clusterFields) }))),
  users: maybe(v.array(v.object({ name: v.string(), user: maybe(userFields) }))),
});

/**
 * Reads one file as kubectl does: YAML 1.1 with merge keys, the last of duplicate keys, the first document,
 * an empty file is an empty config. Undefined where there is no such file. Throws `kubeconfig-unreadable`
 * or `kubeconfig-invalid`, which name the file and, where there is one, the line. No value is ever quoted.
 */
export async function readKubeconfigFile(path: string): Promise<KubeconfigFile | undefined> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    const code = systemCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new AppError(
      'kubeconfig-unreadable',
      `error loading config file "${path}": ${code ?? 'it cannot be read'}`,
      {
        hint: 'Check the file’s owner and mode, or point KUBECONFIG elsewhere.',
        cause,
      },
    );
  });
  if (!bytes) return undefined;
  if (bytes.byteLength > MAX_FILE_BYTES) throw createInvalid(path, undefined, 'it is larger than 16 MiB');
  return parseKubeconfigFile(path, bytes.toString('utf8'));
}

/** The parsing half of `readKubeconfigFile`. */
export function parseKubeconfigFile(path: string, yamlText: string): KubeconfigFile {
  const lines = new LineCounter();
  const [document] = parseAllDocuments(yamlText.replace(/^\uFEFF/, ''), {
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    lineCounter: lines,
    // Errors quote the source by default, and the source holds tokens.
    prettyErrors: false,
  });
  const mistake = document?.errors[0];
  if (mistake) throw createInvalid(path, lines.linePos(mistake.pos[0]), describeMistake(mistake.code));
  const value: unknown = document && toValue(path, document);
  const parsed = v.safeParse(fileFields, value ?? {}, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const keys = issue.path?.map((item) => item.key as string | number) ?? [];
    const position = document && positionOf(document, keys, lines);
    throw createInvalid(
      path,
      position,
      `${formatKeys(keys)}: expected ${issue.expected ?? 'something else'}`,
    );
  }
  const fields = parsed.output;
  return {
    path,
    currentContext: fields['current-context'] ?? '',
    contexts: toMap(path, 'NamedContext', fields.contexts, ({ context }) => context),
    clusters: toMap(path, 'NamedCluster', fields.clusters, ({ cluster }) => cluster),
    users: toMap(path, 'NamedAuthInfo', fields.users, ({ user }) => user),
  };
}

function toValue(path: string, document: Document): unknown {
  try {
    // Aliases may be used, but not to blow a small file up in memory.
    return document.toJS({ maxAliasCount: 1_000 });
  } catch (cause) {
    throw createInvalid(path, undefined, 'its anchors and aliases cannot be resolved', cause);
  }
}

function toMap<Entry extends { readonly name: string }, Fields>(
  path: string,
  kind: string,
  entries: readonly Entry[] | null | undefined,
  fieldsOf: (entry: Entry) => Fields | null | undefined,
): ReadonlyMap<string, Fields> {
  const map = new Map<string, Fields>();
  for (const entry of entries ?? []) {
    if (map.has(entry.name)) {
      // clientcmd/api/v1/conversion.go says it so.
      throw createInvalid(path, undefined, `duplicate name "${entry.name}" in list of ${kind}`);
    }
    map.set(entry.name, fieldsOf(entry) ?? ({} as Fields));
  }
  return map;
}

function positionOf(
  document: Document,
  keys: readonly (string | number)[],
  lines: LineCounter,
): { readonly line: number; readonly col: number } | undefined {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(keys.slice(0, depth), true);
    const range = isMap(node) || isSeq(node) || isScalar(node) ? node.range : undefined;
    if (range) return lines.linePos(range[0]);
  }
  return undefined;
}

function formatKeys(keys: readonly (string | number)[]): string {
  return (
    keys
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
      .join('')
      .replace(/^\./, '') || 'the file'
  );
}

/** `BAD_INDENT` and the like, in words. */
function describeMistake(code: string): string {
  return `it is not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
}

function createInvalid(
  path: string,
  position: { readonly line: number; readonly col: number } | undefined,
  reason: string,
  cause?: unknown,
): AppError {
  const place = position ? `, line ${position.line}, column ${position.col}` : '';
  return new AppError('kubeconfig-invalid', `error loading config file "${path}"${place}: ${reason}`, {
    hint: 'Mend the file; it is read again as soon as it changes.',
    ...(cause === undefined ? {} : { cause }),
  });
}
