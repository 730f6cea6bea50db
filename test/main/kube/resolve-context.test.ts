// covers: main/kube/kubeconfig-validation.ts
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
  for (const path of [join(second, 'token'), join(second, 'a.crt'), join(folder, 'a.key')]) {
    await writeFile(path, PEM);
  }
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

const V1 = 'client.authentication.k8s.io/v1';
const exec = { apiVersion: V1, command: 'p', interactiveMode: 'Never' };
const certificate = { 'client-certificate-data': PEM_DATA, 'client-key-data': PEM_DATA };
const ACTS_FOR_NOBODY = 'requesting uid, groups or user-extra for u without impersonating a user';

/** Cluster, user and kubectl's message; `DIR` is the kubeconfig's folder, `here` a file in it. */
const conflicts: readonly [string, Record<string, unknown>, Record<string, unknown>, string][] = [
  [
    'CA twice',
    { server, 'certificate-authority': 'here', 'certificate-authority-data': PEM_DATA },
    {},
    'certificate-authority-data and certificate-authority are both specified for c. certificate-authority-data will override.',
  ],
  [
    'CA and insecure',
    { server, 'insecure-skip-tls-verify': true, 'certificate-authority-data': PEM_DATA },
    {},
    'specifying a root certificates file with the insecure flag is not allowed',
  ],
  [
    'CA that is none',
    { server, 'certificate-authority-data': 'bm9wZQ==' },
    {},
    'unable to load root certificates: unable to parse bytes as PEM block',
  ],
  [
    'CA that is not there',
    { server, 'certificate-authority': 'gone' },
    {},
    'unable to read certificate-authority DIR/gone for c due to open DIR/gone: no such file or directory',
  ],
  ['no server', {}, {}, 'no server found for cluster "c"'],
  ['a server of another kind', { server: 'ftp://x' }, {}, 'unsupported protocol scheme "ftp"'],
  [
    'a server with a strange port',
    { server: 'https://x:port' },
    {},
    'host must be a URL or a host:port pair: "https://x:port"',
  ],
  [
    'a proxy of another kind',
    { server, 'proxy-url': 'ftp://x' },
    {},
    `invalid 'proxy-url' "ftp://x" for cluster "c": unsupported scheme "ftp", must be http, https, or socks5`,
  ],
  [
    'token and password',
    { server },
    { token: 't', username: 'u' },
    'more than one authentication method found for u; found [token basicAuth], only one is allowed',
  ],
  [
    'token file and password',
    { server },
    { tokenFile: 'here', password: 'p' },
    'username/password or bearer token may be set, but not both',
  ],
  [
    'token file that is not there',
    { server },
    { tokenFile: 'gone' },
    'open DIR/gone: no such file or directory',
  ],
  [
    'certificate without key',
    { server },
    { 'client-certificate-data': PEM_DATA },
    'client-key-data or client-key must be specified for u to use the clientCert authentication method.',
  ],
  [
    'certificate twice',
    { server },
    { ...certificate, 'client-certificate': 'here' },
    'client-cert-data and client-cert are both specified for u. client-cert-data will override.',
  ],
  [
    'key twice',
    { server },
    { ...certificate, 'client-key': 'here' },
    'client-key-data and client-key are both specified for u; client-key-data will override',
  ],
  [
    'certificate that is none',
    { server },
    { ...certificate, 'client-certificate-data': 'aGVsbG8=' },
    'tls: failed to find any PEM data in certificate input',
  ],
  [
    'key that is none',
    { server },
    { ...certificate, 'client-key-data': 'aGVsbG8=' },
    'tls: failed to find any PEM data in key input',
  ],
  ['a uid without a user to act as', { server }, { 'as-uid': '1' }, ACTS_FOR_NOBODY],
  ['groups without a user to act as', { server }, { 'as-groups': ['admins'] }, ACTS_FOR_NOBODY],
  ['extra without a user to act as', { server }, { 'as-user-extra': { a: ['b'] } }, ACTS_FOR_NOBODY],
  [
    'plugin and auth provider',
    { server },
    { exec, 'auth-provider': { name: 'oidc' } },
    'authProvider cannot be provided in combination with an exec plugin for u',
  ],
  [
    'plugin without command',
    { server },
    { exec: { ...exec, command: '' } },
    'command must be specified for u to use exec authentication plugin',
  ],
  [
    'plugin without version',
    { server },
    { exec: { ...exec, apiVersion: '' } },
    'apiVersion must be specified for u to use exec authentication plugin',
  ],
  [
    'plugin with a variable without a name',
    { server },
    { exec: { ...exec, env: [{ value: 'v' }] } },
    'env variable name must be specified for u to use exec authentication plugin',
  ],
  [
    'plugin of an old version',
    { server },
    { exec: { command: 'p', apiVersion: 'client.authentication.k8s.io/v1alpha1' } },
    'exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"',
  ],
  [
    'v1 plugin without a mode',
    { server },
    { exec: { command: 'p', apiVersion: V1 } },
    'interactiveMode must be specified for u to use exec authentication plugin',
  ],
  [
    'plugin with a strange mode',
    { server },
    { exec: { ...exec, interactiveMode: 'Sometimes' } },
    'invalid interactiveMode for u: "Sometimes"',
  ],
  ['unknown auth provider', { server }, { 'auth-provider': {} }, 'no Auth Provider found for name ""'],
  [
    'several at once, the user’s before the cluster’s',
    { 'certificate-authority': 'gone' },
    { token: 't', password: 'p', 'as-uid': '1', 'client-certificate': 'gone', 'client-key': 'here' },
    [
      'Error in configuration: ',
      '* unable to read client-cert DIR/gone for u due to open DIR/gone: no such file or directory',
      '* more than one authentication method found for u; found [token basicAuth], only one is allowed',
      `* ${ACTS_FOR_NOBODY}`,
      '* no server found for cluster "c"',
      '* unable to read certificate-authority DIR/gone for c due to open DIR/gone: no such file or directory',
    ].join('\n'),
  ],
];

test.each(conflicts)('kc-conflicts: %s', async (_what, cluster, user, message) => {
  const failure = await resolveWith(cluster, user, { here: PEM }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'context-unusable', hint: expect.any(String) });
  expect((failure as Error).message.replaceAll(/\/\S*kubereel-resolve-\w+/g, 'DIR')).toBe(message);
});

test('what only seems to conflict does not', async () => {
  await resolveWith({ server }, { tokenFile: 'gone', token: 't' });
  await resolveWith({ server }, { 'client-key': 'gone', 'client-key-data': PEM_DATA, token: 't' });
  await resolveWith({ server, 'certificate-authority': 'empty' }, { 'as-user-extra': {} }, { empty: '' });
  const { user } = await resolveWith({ server }, { exec, token: 't' });
  expect(user).toMatchObject({ token: 't', exec: { command: 'p' } });
});

test('kc-unused-broken-entry: what other contexts refer to may be broken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-resolve-'));
  const path = join(folder, 'config');
  await writeFile(
    path,
    JSON.stringify({
      clusters: [{ name: 'broken' }, { name: 'c', cluster: { server } }],
      users: [{ name: 'broken', user: { token: 't', password: 'p' } }],
      contexts: [
        { name: 'broken', context: { cluster: 'broken', user: 'broken' } },
        { name: 'x', context: { cluster: 'c' } },
      ],
    }),
  );
  const loaded = await loadKubeconfig([path]);
  expect((await resolveContext(loaded, 'x')).cluster.server).toBe(server);
  await expect(resolveContext(loaded, 'broken')).rejects.toThrow('no server found for cluster "broken"');
});

test('a login in the server’s address comes before the user entry, with TLS', async () => {
  const login = { username: 'ann', password: 'p' };
  const address = 'https://ann:p@127.0.0.1:6443';
  const { user, cluster } = await resolveWith({ server: address }, { ...certificate, token: 't' });
  expect(user).toMatchObject({ ...login, clientCertificate: { kind: 'data' } });
  expect(user).not.toHaveProperty('token');
  expect(cluster.server).toBe('https://127.0.0.1:6443');
  expect((await resolveWith({ server: address })).user).toEqual(login);
  expect((await resolveWith({ server: address.replace('https', 'http') })).user).toEqual({});
});

test('kc-http-no-creds: a server without TLS gets no credentials, and their files need not be there', async () => {
  for (const address of ['http://127.0.0.1:8080', '127.0.0.1:8080']) {
    const context = await resolveWith(
      { server: address, 'certificate-authority-data': PEM_DATA, 'insecure-skip-tls-verify': true },
      { tokenFile: 'gone', 'auth-provider': { name: 'gcp' }, as: 'ada' },
    );
    expect(context.user).toEqual({});
    expect(context.cluster.certificateAuthority).toBeUndefined();
    expect(context.impersonation).toEqual({ user: 'ada', groups: [], extra: new Map() });
  }
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

test('an unknown context and an unknown cluster are told apart', async () => {
  await expect(resolveContext(await loadKubeconfig([]), 'nope')).rejects.toMatchObject({
    code: 'context-unknown',
    message: 'context was not found for specified context: nope',
  });
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-resolve-'));
  const path = join(folder, 'config');
  await writeFile(path, 'contexts: [{name: x, context: {cluster: gone}}]');
  await expect(resolveContext(await loadKubeconfig([path]), 'x')).rejects.toMatchObject({
    code: 'context-unusable',
    message: 'context "x" names the cluster "gone", which is not in the kubeconfig',
  });
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
