import { readFile } from 'node:fs/promises';
import { AppError } from '../base/errors.ts';
import type { PemSource, PluginClusterInfo, PluginConfig, UserAuth } from '../credentials/credential.ts';
import { type ProvidedToken, resolveAuthProvider } from './auth-provider.ts';
import { describeFileFailure } from './file-failure.ts';
import type { ClusterSettings, Impersonation, Kubeconfig, ResolvedContext } from './kubeconfig.ts';
import type { ClusterFields, ExecFields, UserFields } from './kubeconfig-schema.ts';
import { findMistakes } from './kubeconfig-validation.ts';
import { parseServer, type ServerAddress } from './server-address.ts';

/** Name of the cluster extension that is handed to exec plugins (client-go, clientauthentication). */
const PLUGIN_EXTENSION = 'client.authentication.k8s.io/exec';
const PLUGIN_API_VERSIONS = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
] as const;

/**
 * One context, checked and with its files read, in kubectl's rules and words (clientcmd, client_config.go). A
 * server without TLS gets no credentials and needs no authority; neither is looked at then. Throws
 * `context-unknown` or `context-unusable`.
 */
export async function resolveContext(
  kubeconfig: Kubeconfig,
  name: string,
  nowMs: number = Date.now(),
): Promise<ResolvedContext> {
  const context = kubeconfig.entries.contexts.get(name);
  if (!context) {
    throw new AppError('context-unknown', `context was not found for specified context: ${name}`, {
      hint: 'Check the name against the list of contexts.',
    });
  }
  const { cluster: clusterName = '', user: userName = '', namespace } = context.fields;
  const cluster = kubeconfig.entries.clusters.get(clusterName);
  const user = kubeconfig.entries.users.get(userName);
  if (!cluster) {
    throw unusable(`context "${name}" names the cluster "${clusterName}", which is not in the kubeconfig`);
  }
  const mistakes = await findMistakes(
    { name: clusterName, fields: cluster.fields },
    user && { name: userName, fields: user.fields },
  );
  if (mistakes.length > 0) throw unusable(formatMistakes(mistakes));
  const { address, login } = parseServer(cluster.fields.server ?? '');
  const isSecure = address.startsWith('https:');
  const provided = user && isSecure ? resolveAuthProvider(userName, user.fields, nowMs) : {};
  const impersonation = user && resolveImpersonation(user.fields);
  return {
    name,
    namespace: namespace || 'default',
    kubeconfigPath: (user ?? context).originPath,
    cluster: {
      ...resolveCluster(clusterName, address, cluster.fields),
      ...(isSecure ? await resolveTrust(cluster.fields) : {}),
    },
    user: isSecure ? withLogin(user ? await resolveUser(user.fields, provided) : {}, login) : {},
    ...(provided.endsAtMs === undefined ? {} : { endsAtMs: provided.endsAtMs }),
    ...(impersonation ? { impersonation } : {}),
  };
}

/** What a plugin with `provideClusterInfo` is told; empty fields are left out (client-go, rest/exec.go). */
export function toPluginCluster(cluster: ClusterSettings): PluginClusterInfo {
  const { server, tlsServerName, skipTlsVerify, certificateAuthority, proxyUrl, disableCompression } =
    cluster;
  return {
    server: cluster.writtenServer ?? server,
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

function resolveCluster(name: string, server: string, fields: ClusterFields): ClusterSettings {
  const extension = fields.extensions?.find(
    (candidate) => candidate.name === PLUGIN_EXTENSION && candidate.extension != null,
  )?.extension;
  return {
    name,
    server,
    ...(fields.server && fields.server !== server ? { writtenServer: fields.server } : {}),
    skipTlsVerify: fields['insecure-skip-tls-verify'] ?? false,
    disableCompression: fields['disable-compression'] ?? false,
    ...(fields['tls-server-name'] ? { tlsServerName: fields['tls-server-name'] } : {}),
    ...(fields['proxy-url'] ? { proxyUrl: fields['proxy-url'] } : {}),
    ...(extension === undefined ? {} : { pluginExtension: extension }),
  };
}

/** An empty file is no authority: the system's are trusted then, as by kubectl. */
async function resolveTrust(fields: ClusterFields): Promise<Pick<ClusterSettings, 'certificateAuthority'>> {
  const file = fields['certificate-authority'];
  const data = fields['certificate-authority-data'];
  if (!file && !data) return {};
  if (fields['insecure-skip-tls-verify']) {
    throw unusable('specifying a root certificates file with the insecure flag is not allowed');
  }
  const pem = data ? Buffer.from(data, 'base64').toString('utf8') : await readText(file ?? '');
  if (pem === '') return {};
  if (!isPem(pem)) {
    throw unusable('unable to load root certificates: unable to parse bytes as PEM block');
  }
  return { certificateAuthority: pem };
}

async function resolveUser(fields: UserFields, provided: ProvidedToken): Promise<UserAuth> {
  const { tokenFile } = fields;
  // Beside a token the file may be missing: the token does until it is there.
  if (tokenFile && !fields.token) await readText(tokenFile);
  if ((fields.token || tokenFile) && (fields.username || fields.password)) {
    throw unusable('username/password or bearer token may be set, but not both');
  }
  const token = fields.token || provided.token;
  const clientCertificate = resolvePem(fields, 'client-certificate');
  const clientKey = clientCertificate && resolvePem(fields, 'client-key');
  return {
    ...(token ? { token } : {}),
    ...(tokenFile ? { tokenFile } : {}),
    ...(fields.username ? { username: fields.username } : {}),
    ...(fields.password ? { password: fields.password } : {}),
    ...(clientCertificate ? { clientCertificate } : {}),
    ...(clientKey ? { clientKey } : {}),
    ...(fields.exec ? { exec: resolvePlugin(fields.exec) } : {}),
  };
}

/** A login in the server's address comes before all that the user entry says, but a certificate (Go, net/http). */
function withLogin(user: UserAuth, login: ServerAddress['login']): UserAuth {
  const { clientCertificate, clientKey } = user;
  if (!login) return user;
  return {
    ...login,
    ...(clientCertificate ? { clientCertificate } : {}),
    ...(clientKey ? { clientKey } : {}),
  };
}

function resolveImpersonation(fields: UserFields): Impersonation | undefined {
  const { as: user, 'as-uid': uid, 'as-groups': groups = [], 'as-user-extra': extra = {} } = fields;
  if (!user) return undefined;
  return { user, ...(uid ? { uid } : {}), groups, extra: new Map(Object.entries(extra)) };
}

function resolvePlugin(exec: ExecFields): PluginConfig {
  const { apiVersion = '', command = '', args = [], env = [], installHint, provideClusterInfo } = exec;
  if (!PLUGIN_API_VERSIONS.some((known) => known === apiVersion)) {
    throw unusable(`exec plugin: invalid apiVersion "${apiVersion}"`);
  }
  return {
    apiVersion,
    command,
    args,
    env: env.map(({ name = '', value = '' }) => ({ name, value })),
    provideClusterInfo: provideClusterInfo ?? false,
    interactiveMode: (exec.interactiveMode || 'IfAvailable') as PluginConfig['interactiveMode'],
    ...(installHint ? { installHint } : {}),
  };
}

function resolvePem(fields: UserFields, key: 'client-certificate' | 'client-key'): PemSource | undefined {
  const data = fields[`${key}-data`];
  if (data) {
    const pem = Buffer.from(data, 'base64').toString('utf8');
    if (isPem(pem)) return { kind: 'data', pem };
    const what = key === 'client-key' ? 'key' : 'certificate';
    throw unusable(`tls: failed to find any PEM data in ${what} input`);
  }
  const path = fields[key];
  return path ? { kind: 'file', path } : undefined;
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('context-unusable', describeFileFailure(path, cause), {
      hint: 'Check that the file is there and that you may read it.',
      cause,
    });
  }
}

function formatMistakes(mistakes: readonly string[]): string {
  const [only = ''] = mistakes;
  if (mistakes.length === 1) return only;
  return `Error in configuration: \n${mistakes.map((mistake) => `* ${mistake}`).join('\n')}`;
}

function unusable(message: string): AppError {
  return new AppError('context-unusable', message, {
    hint: 'Mend the kubeconfig; it is read again when it changes.',
  });
}
