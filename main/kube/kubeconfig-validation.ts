import { open } from 'node:fs/promises';
import { AppError } from '../base/errors.ts';
import { describeFileFailure } from './file-failure.ts';
import type { ClusterFields, ExecFields, UserFields } from './kubeconfig-schema.ts';
import { parseProxyUrl } from './proxy.ts';

/** The old versions imply `IfAvailable` (clientcmd/api/v1/defaults.go). */
const VERSIONS_WITH_A_MODE: readonly string[] = [
  'client.authentication.k8s.io/v1alpha1',
  'client.authentication.k8s.io/v1beta1',
];

/**
 * What kubectl finds wrong with the one context that is used, in its words and order: all of the user, then all of
 * the cluster (clientcmd, validation.go). Empty: nothing.
 */
export async function findMistakes(
  cluster: { readonly name: string; readonly fields: ClusterFields },
  user: { readonly name: string; readonly fields: UserFields } | undefined,
): Promise<readonly string[]> {
  const [ofUser, ofCluster] = await Promise.all([
    user ? findUserMistakes(user.name, user.fields) : [],
    findClusterMistakes(cluster.name, cluster.fields),
  ]);
  return [...ofUser, ...ofCluster];
}

async function findUserMistakes(name: string, user: UserFields): Promise<readonly string[]> {
  const methods = [
    ...(user.token ? ['token'] : []),
    ...(user.username || user.password ? ['basicAuth'] : []),
  ];
  const actsFor =
    user['as-uid'] || user['as-groups']?.length || Object.keys(user['as-user-extra'] ?? {}).length;
  return [
    ...(await findCertificateMistakes(name, user)),
    ...(user.exec ? findPluginMistakes(name, user.exec, user['auth-provider'] != null) : []),
    ...(methods.length > 1
      ? [
          `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
        ]
      : []),
    ...(actsFor && !user.as
      ? [`requesting uid, groups or user-extra for ${name} without impersonating a user`]
      : []),
  ];
}

/** Without a certificate a key is not looked at. */
async function findCertificateMistakes(name: string, user: UserFields): Promise<readonly string[]> {
  const { 'client-certificate': certificate, 'client-key': key } = user;
  const { 'client-certificate-data': certificateData, 'client-key-data': keyData } = user;
  if (!certificate && !certificateData) return [];
  return [
    ...(certificate && certificateData
      ? [`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`]
      : []),
    ...(key || keyData
      ? []
      : [
          `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
        ]),
    ...(key && keyData
      ? [`client-key-data and client-key are both specified for ${name}; client-key-data will override`]
      : []),
    ...(await findUnreadable(certificate, 'client-cert', name)),
    ...(await findUnreadable(key, 'client-key', name)),
  ];
}

function findPluginMistakes(name: string, exec: ExecFields, hasAuthProvider: boolean): readonly string[] {
  const needsMode = !VERSIONS_WITH_A_MODE.includes(exec.apiVersion ?? '');
  const { interactiveMode: mode = '' } = exec;
  const purpose = `must be specified for ${name} to use exec authentication plugin`;
  return [
    ...(hasAuthProvider
      ? [`authProvider cannot be provided in combination with an exec plugin for ${name}`]
      : []),
    ...(exec.command ? [] : [`command ${purpose}`]),
    ...(exec.apiVersion ? [] : [`apiVersion ${purpose}`]),
    ...(exec.env ?? []).filter((variable) => !variable.name).map(() => `env variable name ${purpose}`),
    ...(mode === '' && needsMode ? [`interactiveMode ${purpose}`] : []),
    ...(['', 'Never', 'IfAvailable', 'Always'].includes(mode)
      ? []
      : [`invalid interactiveMode for ${name}: ${JSON.stringify(mode)}`]),
  ];
}

async function findClusterMistakes(name: string, cluster: ClusterFields): Promise<readonly string[]> {
  const { 'certificate-authority': authority, 'certificate-authority-data': authorityData } = cluster;
  return [
    ...(cluster.server ? [] : [`no server found for cluster ${JSON.stringify(name)}`]),
    ...findProxyMistakes(name, cluster['proxy-url']),
    ...(authority && authorityData
      ? [
          `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
        ]
      : []),
    ...(await findUnreadable(authority, 'certificate-authority', name)),
  ];
}

function findProxyMistakes(name: string, url: string | undefined): readonly string[] {
  try {
    if (url) parseProxyUrl(url, name);
    return [];
  } catch (error) {
    return [error instanceof AppError ? error.message : String(error)];
  }
}

async function findUnreadable(path: string | undefined, what: string, name: string): Promise<string[]> {
  if (!path) return [];
  try {
    await (await open(path)).close();
    return [];
  } catch (cause) {
    return [`unable to read ${what} ${path} for ${name} due to ${describeFileFailure(path, cause)}`];
  }
}
