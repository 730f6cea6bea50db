import * as v from 'valibot';
import { decodeBase64 } from './kubectl-scalar.ts';

/*
 * The types of clientcmd/api/v1/types.go. A key without a value is Go's zero value. Keys that are not named here
 * are kept as they are: a newer kubectl's, and other tools'.
 */

export interface ContextFields {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  readonly extensions?: readonly NamedExtension[];
}

export interface ClusterFields {
  readonly server?: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
  readonly 'disable-compression'?: boolean;
  readonly extensions?: readonly NamedExtension[];
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
  readonly 'as-groups'?: readonly string[];
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>;
  readonly exec?: ExecFields | null;
  readonly 'auth-provider'?: AuthProviderFields | null;
  readonly extensions?: readonly NamedExtension[];
}

export interface ExecFields {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name?: string; readonly value?: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: string;
}

export interface AuthProviderFields {
  readonly name?: string;
  readonly config?: Readonly<Record<string, string>>;
}

export interface NamedExtension {
  readonly name: string;
  readonly extension?: unknown;
}

/** A whole file, its lists not yet looked into for names that come twice. */
export interface KubeconfigFields {
  readonly 'current-context': string;
  readonly contexts: readonly { readonly name: string; readonly context: ContextFields }[];
  readonly clusters: readonly { readonly name: string; readonly cluster: ClusterFields }[];
  readonly users: readonly { readonly name: string; readonly user: UserFields }[];
}

export type KubeconfigDecoding =
  | { readonly ok: true; readonly fields: KubeconfigFields }
  | { readonly ok: false; readonly keys: readonly (string | number)[]; readonly reason: string };

function orElse<Input, Output>(schema: v.GenericSchema<Input, Output>, zero: Output) {
  return v.pipe(
    v.nullable(schema),
    v.transform((value): Output => value ?? zero),
  );
}

const string = orElse(v.string(), '');
const text = v.exactOptional(string);
const flag = v.exactOptional(orElse(v.boolean(), false));
const list = orElse(v.array(string), []);
const data = v.exactOptional(
  v.pipe(
    string,
    v.check((value) => decodeBase64(value) !== undefined, 'illegal base64 data'),
  ),
);

/** `kind` and `type` are Go's, as in kubectl's message (clientcmd/api/v1/conversion.go). */
function onePerName<Input, Entry extends { readonly name: string }>(
  kind: string,
  type: string,
  entry: v.GenericSchema<Input, Entry>,
  zero: Entry,
  takesName: (entry: Entry) => boolean = () => true,
) {
  return v.pipe(
    orElse(v.array(orElse(entry, zero)), []),
    v.rawCheck(({ dataset, addIssue }) => {
      const taken = new Set<string>();
      for (const one of dataset.typed ? dataset.value : []) {
        if (taken.has(one.name)) {
          const what = `error converting *[]${kind} into *map[string]${type}`;
          addIssue({ message: `${what}: duplicate name ${JSON.stringify(one.name)} in list` });
          return;
        }
        if (takesName(one)) taken.add(one.name);
      }
    }),
  );
}

const name = v.optional(string, '');
const extensions = v.exactOptional(
  onePerName(
    'NamedExtension',
    'runtime.Object',
    v.looseObject({ name, extension: v.exactOptional(v.unknown()) }),
    { name: '' },
    ({ extension = null }) => extension !== null,
  ),
);

const contextFields = v.looseObject({ cluster: text, user: text, namespace: text, extensions });
const clusterFields = v.looseObject({
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': flag,
  'certificate-authority': text,
  'certificate-authority-data': data,
  'proxy-url': text,
  'disable-compression': flag,
  extensions,
});
const execFields = v.looseObject({
  apiVersion: text,
  command: text,
  args: v.exactOptional(list),
  env: v.exactOptional(orElse(v.array(orElse(v.looseObject({ name: text, value: text }), {})), [])),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});
const userFields = v.looseObject({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  'client-certificate': text,
  'client-certificate-data': data,
  'client-key': text,
  'client-key-data': data,
  as: text,
  'as-uid': text,
  'as-groups': v.exactOptional(list),
  'as-user-extra': v.exactOptional(orElse(v.record(v.string(), list), {})),
  exec: v.exactOptional(v.nullable(execFields)),
  'auth-provider': v.exactOptional(
    v.nullable(
      v.looseObject({ name: text, config: v.exactOptional(orElse(v.record(v.string(), string), {})) }),
    ),
  ),
  extensions,
});

const metaFields = v.looseObject({ apiVersion: text, kind: text });
const fileFields = v.looseObject({
  'current-context': v.optional(string, ''),
  preferences: v.exactOptional(v.nullable(v.looseObject({ colors: flag, extensions }))),
  extensions,
  contexts: v.optional(
    onePerName(
      'NamedContext',
      '*api.Context',
      v.looseObject({ name, context: v.optional(orElse(contextFields, {}), {}) }),
      { name: '', context: {} },
    ),
    [],
  ),
  clusters: v.optional(
    onePerName(
      'NamedCluster',
      '*api.Cluster',
      v.looseObject({ name, cluster: v.optional(orElse(clusterFields, {}), {}) }),
      { name: '', cluster: {} },
    ),
    [],
  ),
  users: v.optional(
    onePerName(
      'NamedAuthInfo',
      '*api.AuthInfo',
      v.looseObject({ name, user: v.optional(orElse(userFields, {}), {}) }),
      { name: '', user: {} },
    ),
    [],
  ),
});

/** A file's value as kubectl decodes it into its types, or the first place where it does not fit them. */
export function decodeKubeconfig(value: unknown): KubeconfigDecoding {
  if (value === null) return decodeKubeconfig({});
  if (typeof value !== 'object' || Array.isArray(value)) {
    return { ok: false, keys: [], reason: "couldn't get version/kind: expected a mapping at the top" };
  }
  const meta = v.safeParse(metaFields, findMeta(value), { abortEarly: true });
  if (!meta.success) return toMisfit(meta.issues[0]);
  const { apiVersion = '', kind = '' } = meta.output;
  if (!['', 'v1'].includes(apiVersion) || !['', 'Config'].includes(kind)) {
    const asked = `no kind ${JSON.stringify(kind || 'Config')} is registered for version`;
    return { ok: false, keys: ['kind'], reason: `${asked} ${JSON.stringify(apiVersion || 'v1')}` };
  }
  const file = v.safeParse(fileFields, value, { abortEarly: true });
  return file.success ? { ok: true, fields: file.output } : toMisfit(file.issues[0]);
}

/** These two alone are read whatever their case (apimachinery, json/meta.go); the last in sorted order counts. */
function findMeta(value: object): Record<string, unknown> {
  const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    ['apiVersion', 'kind'].map((key) => [
      key,
      sorted.findLast(([name]) => name.toLowerCase() === key.toLowerCase())?.[1] ?? null,
    ]),
  );
}

function toMisfit(issue: v.BaseIssue<unknown>): KubeconfigDecoding {
  const keys = issue.path?.map(({ key }) => key as string | number) ?? [];
  if (issue.kind !== 'schema') return { ok: false, keys, reason: issue.message };
  const place = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  const reason = `${place.replace(/^\./, '')}: expected ${wordFor(issue.expected)}, found ${describe(issue.input)}`;
  return { ok: false, keys, reason };
}

function wordFor(expected: string | null): string {
  const type = expected?.replace(/^\(|\)$| \| null/g, '') ?? 'something else';
  return { Array: 'a list', Object: 'a mapping', string: 'a text', boolean: 'true or false' }[type] ?? type;
}

/** The kind of what stands there, never the value. */
function describe(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  return (
    { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof input as string] ?? 'nothing'
  );
}
