import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadKubeconfig, type ResolvedContext } from '../../../main/kube/kubeconfig.ts';
import { resolveContext, toPluginCluster } from '../../../main/kube/resolve-context.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const PEM_DATA = Buffer.from(PEM).toString('base64');

async function resolveWith(
  cluster: Record<string, unknown>,
  user?: Record<string, unknown>,
  files: Record<string, string> = {},
): Promise<ResolvedContext> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-resolve-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const path = join(folder, 'config');
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: user ? [{ name: 'u', user }] : [],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'n' } }],
  };
  await writeFile(path, JSON.stringify(config));
  return resolveContext(await loadKubeconfig([path]), 'x');
}

const server = 'https://127.0.0.1:6443';

test('cluster, user and namespace come together', async () => {
  const context = await resolveWith(
    { server: `${server}/k8s/c-1/`, 'tls-server-name': 't' },
    { token: 'secret' },
  );
  expect(context).toMatchObject({
    name: 'x',
    namespace: 'n',
    cluster: { server: `${server}/k8s/c-1`, tlsServerName: 't', skipTlsVerify: false },
    user: { token: 'secret' },
  });
});

test('kc-relative-paths: each path is relative to the file that it stands in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-resolve-'));
  const [first, second] = [join(folder, 'one'), join(folder, 'two')];
  await mkdir(first);
  await mkdir(second);
  await writeFile(join(first, 'ca.pem'), PEM);
  await writeFile(
    join(first, 'config'),
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority': 'ca.pem' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  await writeFile(
    join(second, 'config'),
    JSON.stringify({
      users: [
        {
          name: 'u',
          user: {
            tokenFile: 'token',
            'client-certificate': 'a.crt',
            'client-key': '../a.key',
            exec: {
              apiVersion: 'client.authentication.k8s.io/v1beta1',
              command: './plugin',
              args: ['./as-is'],
            },
          },
        },
      ],
    }),
  );
  const loaded = await loadKubeconfig([join(first, 'config'), join(second, 'config')]);
  expect(await resolveContext(loaded, 'x')).toMatchObject({
    cluster: { certificateAuthority: PEM },
    user: {
      tokenFile: join(second, 'token'),
      clientCertificate: { kind: 'file', path: join(second, 'a.crt') },
      clientKey: { kind: 'file', path: join(folder, 'a.key') },
      exec: { command: join(second, 'plugin'), args: ['./as-is'] },
    },
  });
});

const conflicts: readonly [string, Record<string, unknown>, Record<string, unknown> | undefined, string][] = [
  [
    'CA twice',
    { server, 'certificate-authority': 'a', 'certificate-authority-data': PEM_DATA },
    undefined,
    'certificate-authority-data and certificate-authority are both specified for c.',
  ],
  [
    'CA and insecure',
    { server, 'insecure-skip-tls-verify': true, 'certificate-authority-data': PEM_DATA },
    undefined,
    'specifying a root certificates file with the insecure flag is not allowed',
  ],
  [
    'CA that is none',
    { server, 'certificate-authority-data': 'bm9wZQ==' },
    undefined,
    'certificate-authority-data of c is not base64 of a PEM file',
  ],
  ['no server', {}, undefined, 'cluster "c" has no usable server address'],
  ['a server of another kind', { server: 'ftp://x' }, undefined, 'cluster "c" has no usable server address'],
  [
    'a proxy of another kind',
    { server, 'proxy-url': 'ftp://x' },
    undefined,
    `invalid 'proxy-url' "ftp://x" for cluster "c": unsupported scheme "ftp", must be http, https, or socks5`,
  ],
  [
    'token and password',
    { server },
    { token: 't', username: 'u' },
    'more than one authentication method found for u; found [token basicAuth], only one is allowed',
  ],
  [
    'certificate without key',
    { server },
    { 'client-certificate-data': PEM_DATA },
    'client-key-data or client-key must be specified for u',
  ],
  [
    'groups without a user to act as',
    { server },
    { 'as-groups': ['admins'] },
    'requesting uid, groups or user-extra for u without impersonating a user',
  ],
  [
    'auth provider',
    { server },
    { 'auth-provider': { name: 'gcp' } },
    'the auth provider "gcp" of u is not supported',
  ],
  [
    'plugin and auth provider',
    { server },
    { exec: { command: 'p' }, 'auth-provider': { name: 'oidc' } },
    'authProvider cannot be provided in combination with an exec plugin for u',
  ],
  [
    'plugin without command',
    { server },
    { exec: {} },
    'command must be specified for u to use exec authentication plugin',
  ],
  [
    'plugin of an old version',
    { server },
    { exec: { command: 'p', apiVersion: 'client.authentication.k8s.io/v1alpha1' } },
    'exec plugin: invalid apiVersion',
  ],
  [
    'v1 plugin without a mode',
    { server },
    { exec: { command: 'p', apiVersion: 'client.authentication.k8s.io/v1' } },
    'interactiveMode must be specified for u',
  ],
  [
    'plugin with a strange mode',
    { server },
    { exec: { command: 'p', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Sometimes' } },
    'invalid interactiveMode for u: "Sometimes"',
  ],
];

test.each(conflicts)('kc-conflicts: %s', async (_what, cluster, user, message) => {
  await expect(resolveWith(cluster, user)).rejects.toMatchObject({
    code: 'context-unusable',
    message: expect.stringContaining(message),
  });
});

test('kc-no-user: without a user the cluster is reached as nobody, its authority still trusted', async () => {
  const context = await resolveWith({ server, 'certificate-authority-data': PEM_DATA });
  expect(context.user).toEqual({});
  expect(context.cluster.certificateAuthority).toBe(PEM);
});

test('kc-impersonation: user, uid, groups and extra are all taken over', async () => {
  const context = await resolveWith(
    { server },
    { as: 'ada', 'as-uid': '7', 'as-groups': ['dev', 'ops'], 'as-user-extra': { 'Scopes/x y': ['a', 'b'] } },
  );
  expect(context.impersonation).toEqual({
    user: 'ada',
    uid: '7',
    groups: ['dev', 'ops'],
    extra: new Map([['Scopes/x y', ['a', 'b']]]),
  });
  expect((await resolveWith({ server }, { token: 't' })).impersonation).toBeUndefined();
});

test('an authority file that is not there is named', async () => {
  await expect(resolveWith({ server, 'certificate-authority': 'gone.pem' })).rejects.toThrow('gone.pem');
});

test('an unknown context and an unknown cluster are told apart', async () => {
  const loaded = await loadKubeconfig([]);
  await expect(resolveContext(loaded, 'nope')).rejects.toMatchObject({ code: 'context-unknown' });
});

test('a plugin is told of the cluster in kubeconfig’s words, what is empty left out', async () => {
  const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }];
  const { cluster } = await resolveWith({ server, 'certificate-authority-data': PEM_DATA, extensions });
  expect(toPluginCluster(cluster)).toEqual({
    server,
    'certificate-authority-data': PEM_DATA,
    config: { audience: 'a' },
  });
});
