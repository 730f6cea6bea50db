import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import type { PemSource, PluginClusterInfo, PluginConfig, UserAuth } from '../credentials/credential.ts';
import type { ClusterSettings, Entry, Impersonation, Kubeconfig, ResolvedContext } from './kubeconfig.ts';
import type { ClusterFields, UserFields } from './kubeconfig-file.ts';
import { parseProxyUrl } from './proxy.ts';

/** Name of the cluster extension that is handed to exec plugins (client-go, clientauthentication). */
const PLUGIN_EXTENSION = 'client.authentication.k8s.io/exec';
const PLUGIN_API_VERSIONS = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
] as const;

/**
 * One context, checked and with its files read, in kubectl's rules and words (clientcmd, validation.go). Throws
 * `context-unknown` or `context-unusable`.
 */
export async function resolveContext(kubeconfig: Kubeconfig, name: string): Promise<ResolvedContext> {
  const context = kubeconfig.entries.contexts.get(name);
  if (!context) {
    throw new AppError('context-unknown', `context was not found for specified context: ${name}`, {
      hint: 'Check the name against the list of contexts.',
    });
  }
  const { cluster: clusterName = '', user: userName = '', namespace } = context.fields;
  const cluster = kubeconfig.entries.clusters.get(clusterName);
  if (!cluster)
    throw unusable(`context "${name}" names the cluster "${clusterName}", which is not in the kubeconfig`);
  const user = kubeconfig.entries.users.get(userName);
  const impersonation = user && resolveImpersonation(userName, user.fields);
  return {
    name,
    namespace: namespace || 'default',
    kubeconfigPath: (user ?? context).originPath,
    cluster: await resolveCluster(clusterName, cluster),
    user: user ? resolveUser(userName, user) : {},
    ...(impersonation ? { impersonation } : {}),
  };
}

/** What a plugin with `provideClusterInfo` is told; empty fields are left out (client-go, exec.go). */
export function toPluginCluster(cluster: ClusterSettings): PluginClusterInfo {
  const { server, tlsServerName, skipTlsVerify, certificateAuthority, proxyUrl, disableCompression } =
    cluster;
  return {
    server,
    ...(tlsServerName ? { 'tls-server-name': tlsServerName } : {}),
    ...(skipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(certificateAuthority
      ? { 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') }
      : {}),
    ...(proxyUrl ? { 'proxy-url': proxyUrl } : {}),
    ...(disableCompression ? { 'disable-compression': true } : {}),
    ...(cluster.pluginExtension === undefined ? {} : { config: cluster.pluginExtension }),
  };
}

async function resolveCluster(
  name: string,
  { fields, originPath }: Entry<ClusterFields>,
): Promise<ClusterSettings> {
  const file = fields['certificate-authority'] || undefined;
  const data = fields['certificate-authority-data'] || undefined;
  const skipTlsVerify = fields['insecure-skip-tls-verify'] ?? false;
  if (file && data) {
    throw unusable(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    );
  }
  if (skipTlsVerify && (file || data)) {
    throw unusable('specifying a root certificates file with the insecure flag is not allowed');
  }
  const certificateAuthority = data ? decodePem(data, `certificate-authority-data of ${name}`) : undefined;
  const fromFile = file
    ? await readPem(resolvePath(file, originPath), 'certificate-authority', name)
    : undefined;
  const pem = certificateAuthority ?? fromFile;
  if (fields['proxy-url']) parseProxyUrl(fields['proxy-url'], name);
  const extension = fields.extensions?.find((candidate) => candidate.name === PLUGIN_EXTENSION)?.extension;
  return {
    name,
    server: parseServer(fields.server ?? '', name),
    skipTlsVerify,
    disableCompression: fields['disable-compression'] ?? false,
    ...(fields['tls-server-name'] ? { tlsServerName: fields['tls-server-name'] } : {}),
    ...(pem ? { certificateAuthority: pem } : {}),
    ...(fields['proxy-url'] ? { proxyUrl: fields['proxy-url'] } : {}),
    ...(extension === undefined ? {} : { pluginExtension: extension }),
  };
}

/** A server without a scheme is an http one, as for kubectl. */
function parseServer(server: string, cluster: string): string {
  const text = /^[a-z]+:\/\//i.test(server) ? server : `http://${server}`;
  const url = URL.parse(text);
  if (server === '' || !url || !/^https?:$/.test(url.protocol)) {
    throw unusable(`cluster "${cluster}" has no usable server address`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function resolveUser(name: string, { fields, originPath }: Entry<UserFields>): UserAuth {
  const methods = [
    ...(fields.token ? ['token'] : []),
    ...(fields.username || fields.password ? ['basicAuth'] : []),
  ];
  if (methods.length > 1) {
    throw unusable(
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    );
  }
  if (fields.exec && fields['auth-provider']) {
    throw unusable(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
  }
  if (fields['auth-provider']) {
    const provider = fields['auth-provider'].name ?? '';
    throw new AppError('context-unusable', `the auth provider "${provider}" of ${name} is not supported`, {
      hint: 'Use an exec plugin in its place: kubelogin, gke-gcloud-auth-plugin or `kubectl oidc-login`.',
    });
  }
  const clientCertificate = resolvePem(fields, 'client-certificate', name, originPath);
  const clientKey = resolvePem(fields, 'client-key', name, originPath);
  if (clientCertificate && !clientKey) {
    throw unusable(
      `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
    );
  }
  return {
    ...(fields.token ? { token: fields.token } : {}),
    ...(fields.tokenFile ? { tokenFile: resolvePath(fields.tokenFile, originPath) } : {}),
    ...(fields.username ? { username: fields.username } : {}),
    ...(fields.password ? { password: fields.password } : {}),
    ...(clientCertificate ? { clientCertificate } : {}),
    ...(clientKey ? { clientKey } : {}),
    ...(fields.exec ? { exec: resolvePlugin(name, fields.exec, originPath) } : {}),
  };
}

function resolveImpersonation(name: string, fields: UserFields): Impersonation | undefined {
  const { as: user = '', 'as-uid': uid = '' } = fields;
  const groups = fields['as-groups'] ?? [];
  const extra = Object.entries(fields['as-user-extra'] ?? {});
  if (user === '') {
    if (uid === '' && groups.length === 0 && extra.length === 0) return undefined;
    throw unusable(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
  }
  return {
    user,
    ...(uid === '' ? {} : { uid }),
    groups,
    extra: new Map(extra.map(([key, values]) => [key, values ?? []])),
  };
}

function resolvePlugin(
  user: string,
  exec: NonNullable<UserFields['exec']>,
  originPath: string,
): PluginConfig {
  const { apiVersion = '', command = '', args, env, installHint, provideClusterInfo = false } = exec;
  if (!command) throw unusable(`command must be specified for ${user} to use exec authentication plugin`);
  if (!apiVersion)
    throw unusable(`apiVersion must be specified for ${user} to use exec authentication plugin`);
  if (!PLUGIN_API_VERSIONS.some((known) => known === apiVersion)) {
    throw unusable(`exec plugin: invalid apiVersion "${apiVersion}"`);
  }
  const variables = (env ?? []).map(({ name = '', value = '' }) => ({ name, value }));
  if (variables.some(({ name }) => name === '')) {
    throw unusable(`env variable name must be specified for ${user} to use exec authentication plugin`);
  }
  return {
    apiVersion,
    command: /[\\/]/.test(command) ? resolvePath(command, originPath) : command,
    args: args ?? [],
    env: variables,
    provideClusterInfo,
    interactiveMode: parseInteractiveMode(user, apiVersion, exec.interactiveMode),
    ...(installHint ? { installHint } : {}),
  };
}

function parseInteractiveMode(user: string, apiVersion: string, mode = ''): PluginConfig['interactiveMode'] {
  if (mode === 'Never' || mode === 'IfAvailable' || mode === 'Always') return mode;
  if (mode !== '') throw unusable(`invalid interactiveMode for ${user}: "${mode}"`);
  if (apiVersion.endsWith('/v1beta1')) return 'IfAvailable';
  throw unusable(`interactiveMode must be specified for ${user} to use exec authentication plugin`);
}

function resolvePem(
  fields: UserFields,
  key: 'client-certificate' | 'client-key',
  user: string,
  originPath: string,
): PemSource | undefined {
  const file = fields[key];
  const data = fields[`${key}-data`];
  if (file && data)
    throw unusable(`${key}-data and ${key} are both specified for ${user}. ${key}-data will override.`);
  if (data) return { kind: 'data', pem: decodePem(data, `${key}-data of ${user}`) };
  return file ? { kind: 'file', path: resolvePath(file, originPath) } : undefined;
}

function resolvePath(path: string, originPath: string): string {
  return isAbsolute(path) ? path : resolve(dirname(originPath), path);
}

/** Base64 of a PEM. The value itself is never quoted. */
function decodePem(base64: string, what: string): string {
  const pem = Buffer.from(base64, 'base64').toString('utf8');
  if (!pem.includes('-----BEGIN ')) throw unusable(`${what} is not base64 of a PEM file`);
  return pem;
}

async function readPem(path: string, key: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('context-unusable', `unable to read ${key} ${path} for ${name}`, {
      hint: 'Check that the file is there and that you may read it.',
      cause,
    });
  }
}

function unusable(message: string): AppError {
  return new AppError('context-unusable', message, {
    hint: 'Mend the kubeconfig; it is read again when it changes.',
  });
}
