import { readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadKubeconfig } from '../../main/kube/kubeconfig.ts';
import { formatKubeconfig } from '../../main/kube/kubeconfig-text.ts';
import { resolveContext } from '../../main/kube/resolve-context.ts';
import type { KubeTransport } from '../../main/kube/transport.ts';
import { type KubeconfigStage, openKubeconfigStage } from '../fakes/kubeconfig-stage.ts';
import { createTestAuthority } from '../fakes/tls.ts';
import { until } from '../fakes/until.ts';

let stage: KubeconfigStage;
beforeAll(async () => {
  stage = await openKubeconfigStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.server.forget());

/** A kubeconfig with one context, in JSON. */
function configOf(user: object = { token: 't' }, more: object = {}): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: JSON.parse(`{${stage.cluster}}`) }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
    ...more,
  });
}

const path = (name: string): string => join(stage.folder, name);
const listOf = (...names: string[]): { list: string } => ({ list: names.map(path).join(delimiter) });
const tokens = (): (string | undefined)[] =>
  stage.server.requests.map((request) => request.headers.authorization);

async function get(transport: KubeTransport): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  const { body } = await transport.request({ method: 'GET', path: '/version', signal });
  for await (const _bytes of body);
}

describe('which files', () => {
  test.each([
    ['missing', 'a'],
    ['a', 'missing'],
    ['missing', 'folder/missing', 'a'],
  ])('kc-missing-skipped: %s and %s load what is there', async (...names) => {
    await stage.write({ a: configOf({ token: 'from-a' }) });
    expect(await stage.ask(listOf(...names))).toMatchObject({ code: 0, stderr: '' });
    expect(tokens()).toEqual(['Bearer from-a']);
  });

  test('kc-missing-skipped: all missing is an empty config with a warning', async () => {
    const core = await stage.open(listOf('missing', 'gone'));
    expect(core.contexts.current()).toMatchObject({
      contexts: [],
      currentContext: null,
      warning: `Config not found: ${path('missing')}, ${path('gone')}`,
    });
    await core.end();
    expect((await stage.ask(listOf('missing', 'gone'))).stderr).toContain('Config not found');
  });

  test('kc-explicit-missing: an explicit path that is missing is an error that names it, whatever the list has', async () => {
    await stage.write({ a: configOf() });
    const asked = await stage.ask({ ...listOf('a'), explicit: path('missing') });
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain(`error: stat ${path('missing')}: no such file or directory`);
    expect(stage.server.requests).toHaveLength(0);
  });

  test('an explicit path is read alone', async () => {
    await stage.write({ a: configOf({ token: 'a' }), b: configOf({ token: 'b' }) });
    await stage.ask({ ...listOf('a'), explicit: path('b') });
    expect(tokens()).toEqual(['Bearer b']);
  });

  test('without a list there is the one in the home folder', async () => {
    await stage.write({ 'home/.kube/config': configOf({ token: 'home' }) });
    await stage.ask({});
    await stage.ask({ list: '' });
    expect(tokens()).toEqual(['Bearer home', 'Bearer home']);
  });

  test('kc-empty-and-dup-path: an empty file, empty entries and a path twice do no harm', async () => {
    await stage.write({ a: configOf(), zero: '' });
    const list = [path('zero'), '', path('a'), path('a'), ''].join(delimiter);
    expect(await stage.ask({ list })).toMatchObject({ code: 0, stderr: '' });
  });

  test('kc-dup-in-file: the same name twice in a file is a load error in kubectl’s words', async () => {
    await stage.write({ a: configOf({}, { clusters: [{ name: 'c1' }, { name: 'c1' }] }) });
    expect((await stage.ask(listOf('a'))).stderr).toContain(
      'error converting *[]NamedCluster into *map[string]*api.Cluster: duplicate name "c1" in list',
    );
  });

  test.each([
    ['text that is no YAML', 'a: ['],
    ['another kind', 'kind: Pod'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0x41])],
  ])('kc-bad-file-in-list: %s in the second file is an error that names it', async (_what, content) => {
    await stage.write({ a: configOf(), bad: content });
    const asked = await stage.ask(listOf('a', 'bad'));
    expect(asked.stderr).toContain(`error: error loading config file "${path('bad')}": `);
    expect(asked.code).toBe(1);
    // The page shows the others all the same.
    const core = await stage.open(listOf('bad', 'a'));
    expect(core.contexts.current().contexts).toMatchObject([{ name: 'x', originPath: path('a') }]);
    await core.end();
  });

  test('the first file with a name wins, whole; so does the first current-context that is set', async () => {
    await stage.write({
      a: configOf({ username: 'first', password: 'p' }, { 'current-context': '' }),
      b: configOf({ token: 'second' }, { contexts: [{ name: 'y', context: { cluster: 'c', user: 'u' } }] }),
    });
    await stage.write({ c: JSON.stringify({ 'current-context': 'y' }) });
    expect(await stage.ask(listOf('a', 'c', 'b'))).toMatchObject({ code: 0 });
    expect(tokens()).toEqual([`Basic ${Buffer.from('first:p').toString('base64')}`]);
  });
});

describe('what is written', () => {
  const parts = (user: string): string[] => [
    `clusters: [{name: c, cluster: {${stage.cluster}}}]`,
    `users: [{name: base, user: &t {token: merged}}, {name: u, user: ${user}}]`,
    'contexts: [{name: x, context: {cluster: c, user: u}}]',
    'current-context: x',
  ];

  test.each<[string, (lines: string[]) => string | Uint8Array, string]>([
    ['merge keys', () => parts('{<<: *t}').join('\n'), 'merged'],
    ['duplicate keys', () => parts('{token: first, token: last}').join('\n'), 'last'],
    ['a byte order mark', () => `\ufeff${parts('{token: t}').join('\n')}`, 't'],
    ['UTF-16', () => Buffer.from(`\ufeff${parts('{token: t}').join('\n')}`, 'utf16le'), 't'],
    ['CRLF', () => parts('{token: t}').join('\r\n'), 't'],
    ['JSON', () => JSON.stringify(JSON.parse(configOf({ token: 't' })), null, '\t'), 't'],
    ['two documents', () => `${parts('{token: t}').join('\n')}\n---\nbroken: [`, 't'],
    ['a tagged text', () => parts('{token: !!str 123}').join('\n'), '123'],
  ])('kc-yaml-merge-keys: %s', async (_what, write, token) => {
    await stage.write({ a: write([]) });
    expect(await stage.ask(listOf('a'))).toMatchObject({ code: 0, stderr: '' });
    expect(tokens()).toEqual([`Bearer ${token}`]);
  });

  test.each(['token: yes', 'token: 12345', 'token: 0x1F', 'token: [a]', 'tokenFile: true'])(
    'kc-scalar-types: %s is an error, never a text that is sent',
    async (line) => {
      await stage.write({ a: parts(`{${line}}`).join('\n') });
      const asked = await stage.ask(listOf('a'));
      expect(asked.stderr).toMatch(
        /error loading config file ".*": line 2, column \d+: users\[1\]\.user\.token/,
      );
      expect(stage.server.requests).toHaveLength(0);
    },
  );

  test('kc-scalar-types: a name that is a number is an error', async () => {
    await stage.write({ a: configOf({}, { contexts: [{ name: 123 }] }) });
    expect((await stage.ask(listOf('a'))).stderr).toContain(
      'contexts[0].name: expected a text, found a number',
    );
  });

  test('kc-unused-broken-entry: a context works whatever is wrong with the others', async () => {
    const file = JSON.parse(configOf()) as Record<'clusters' | 'users' | 'contexts', object[]>;
    file.clusters.unshift({ name: 'no-server' });
    file.users.unshift({ name: 'conflict', user: { token: 'a', password: 'b', exec: {}, 'as-uid': 'c' } });
    file.contexts.unshift({ name: 'broken', context: { cluster: 'no-server', user: 'conflict' } });
    await stage.write({ a: JSON.stringify(file) });
    expect(await stage.ask(listOf('a'))).toMatchObject({ code: 0 });
  });

  test('kc-relative-paths: CA, certificate, key and token file, each against its own file', async () => {
    const pem = stage.authorityPem;
    await stage.write({
      'one/ca.pem': pem,
      'one/config': JSON.stringify({
        clusters: [
          { name: 'c', cluster: { server: stage.server.address, 'certificate-authority': 'ca.pem' } },
        ],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
      'two/deep/config': JSON.stringify({ users: [{ name: 'u', user: { tokenFile: '../token' } }] }),
      'two/token': 'from-file\n',
    });
    expect(await stage.ask(listOf('one/config', 'two/deep/config'))).toMatchObject({ code: 0, stderr: '' });
    expect(tokens()).toEqual(['Bearer from-file']);

    const files = { 'client-certificate': 'a.crt', 'client-key': '../a.key' };
    await stage.write({
      'two/deep/config': JSON.stringify({ users: [{ name: 'u', user: files }] }),
      'two/deep/a.crt': pem,
      'two/a.key': pem,
    });
    const loaded = await loadKubeconfig([path('one/config'), path('two/deep/config')]);
    expect(await resolveContext(loaded, 'x')).toMatchObject({
      kubeconfigPath: path('two/deep/config'),
      user: {
        clientCertificate: { path: path('two/deep/a.crt') },
        clientKey: { path: path('two/a.key') },
      },
    });
  });

  test('kc-http-no-creds: an http server gets no credential', async () => {
    const plain = await stage.openPlainServer();
    await stage.write({
      a: configOf(
        { token: 't', as: 'ada' },
        { clusters: [{ name: 'c', cluster: { server: plain.address.replace('http://', '') } }] },
      ),
    });
    expect(await stage.ask(listOf('a'))).toMatchObject({ code: 0 });
    expect(plain.requests[0]?.headers).toMatchObject({ 'impersonate-user': 'ada' });
    expect(plain.requests[0]?.headers).not.toHaveProperty('authorization');
    await plain.close();
  });

  test.each([{ cluster: 'c' }, { cluster: 'c', user: 'unknown' }])(
    'kc-no-user: %j is anonymous, the authority still verified',
    async (context) => {
      await stage.write({ a: configOf({}, { contexts: [{ name: 'x', context }] }) });
      expect(await stage.ask(listOf('a'))).toMatchObject({ code: 0 });
      expect(tokens()).toEqual([undefined]);
      const untrusted = { server: stage.server.address };
      await stage.write({
        a: configOf(
          {},
          { contexts: [{ name: 'x', context }], clusters: [{ name: 'c', cluster: untrusted }] },
        ),
      });
      expect(await stage.ask(listOf('a'))).toMatchObject({ code: 1 });
    },
  );

  test('kc-impersonation: user, uid, groups and extra are sent', async () => {
    await stage.write({
      a: configOf({
        token: 't',
        as: 'ada',
        'as-uid': '7',
        'as-groups': ['dev', 'ops'],
        'as-user-extra': { 'Scopes/x y': ['v'] },
      }),
    });
    expect(await stage.ask(listOf('a'))).toMatchObject({ code: 0 });
    const lines = stage.server.requests[0]?.rawHeaders ?? [];
    const sent = lines.flatMap((name, index) =>
      index % 2 === 0 && /^impersonate-/i.test(name) ? [`${name.toLowerCase()}: ${lines[index + 1]}`] : [],
    );
    expect(sent.toSorted()).toEqual([
      'impersonate-extra-scopes%2fx%20y: v',
      'impersonate-group: dev',
      'impersonate-group: ops',
      'impersonate-uid: 7',
      'impersonate-user: ada',
    ]);
  });

  test('kc-tokenfile: it wins over the token, is trimmed, read again after 60 s, and its last good content is kept', async () => {
    await stage.write({ a: configOf({ token: 'static', tokenFile: 'token' }), token: '  first\n\n' });
    expect(await stage.ask(listOf('a'))).toMatchObject({ code: 0 });
    expect(tokens()).toEqual(['Bearer first']);

    stage.server.forget();
    vi.useFakeTimers({ toFake: ['Date'] });
    const core = await stage.open(listOf('a'));
    const transport = await core.contexts.transport('x');
    await get(transport);
    await stage.write({ token: 'second' });
    await get(transport);
    vi.setSystemTime(Date.now() + 60_001);
    await get(transport);
    await rm(path('token'));
    vi.setSystemTime(Date.now() + 60_001);
    await get(transport);
    vi.useRealTimers();
    await core.end();
    expect(tokens()).toEqual(['Bearer first', 'Bearer first', 'Bearer second', 'Bearer second']);
  });

  test('kc-lossless: what was loaded and is written back has lost nothing', async () => {
    const extension = {
      name: 'client.authentication.k8s.io/exec',
      extension: { audience: 'a', list: [1, true] },
    };
    const user = {
      token: '12:30',
      tokenFile: '/run/token',
      as: 'ada',
      'as-uid': '7',
      'as-groups': ['dev', ''],
      'as-user-extra': { 'Scopes/x y': ['a', 'b'] },
      exec: { command: 'p', apiVersion: 'client.authentication.k8s.io/v1', new: { a: null } },
      'auth-provider': { name: 'oidc', config: { 'id-token': 'i' }, new: 1 },
      extensions: [{ name: 'e', extension: 'text', new: [] }],
      new: [{ a: 1.5 }],
    };
    const file = {
      apiVersion: 'v1',
      kind: 'Config',
      preferences: { colors: true, new: 1 },
      extensions: [{ name: 'top', extension: { a: 'b' } }],
      new: { deep: ['y'] },
      clusters: [
        {
          name: 'c',
          cluster: { server: 'https://h', 'disable-compression': true, extensions: [extension], new: 2 },
        },
      ],
      users: [{ name: 'u', user }],
      contexts: [
        { name: 'x', context: { cluster: 'c', user: 'u', namespace: 'n', extensions: [extension], new: 3 } },
      ],
      'current-context': 'x',
    };
    await stage.write({ a: JSON.stringify(file) });
    await writeFile(path('b'), formatKubeconfig(await loadKubeconfig([path('a')])));
    expect(JSON.parse(await readFile(path('b'), 'utf8'))).toEqual(file);
  });
});

describe('conflicts', () => {
  test.each([
    ['CA twice', {}, { 'certificate-authority': 'a' }, 'are both specified for c'],
    ['CA and insecure', {}, { 'insecure-skip-tls-verify': true }, 'with the insecure flag is not allowed'],
    ['token and password', { token: 't', username: 'n' }, {}, 'found [token basicAuth], only one is allowed'],
    [
      'certificate without key',
      { 'client-certificate': 'a' },
      {},
      'client-key-data or client-key must be specified',
    ],
    ['groups without a user', { 'as-groups': ['g'] }, {}, 'without impersonating a user'],
    ['a proxy of another kind', {}, { 'proxy-url': 'socks5h://p' }, 'unsupported scheme "socks5h"'],
    ['a token file that is not there', { tokenFile: 'gone' }, {}, 'no such file or directory'],
  ])('kc-conflicts: %s is refused before anything is sent', async (_what, user, cluster, message) => {
    const whole = { ...JSON.parse(`{${stage.cluster}}`), ...cluster };
    await stage.write({ a: configOf(user, { clusters: [{ name: 'c', cluster: whole }] }) });
    const asked = await stage.ask(listOf('a'));
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(stage.server.requests).toHaveLength(0);
  });
});

describe('changes', () => {
  let core: Awaited<ReturnType<KubeconfigStage['open']>> | undefined;
  afterEach(async () => {
    await core?.end();
    core = undefined;
  });

  test('what changed is used from the next request on, what did not keeps its connection', async () => {
    await stage.write({ a: configOf({ token: 'old' }), b: JSON.stringify({}) });
    core = await stage.open(listOf('a', 'b'));
    const { contexts } = core;
    await get(await contexts.transport('x'));
    const first = await contexts.transport('x');
    const changed = new Promise<void>((resolve) => contexts.onChanged(() => resolve()));
    await stage.write({ b: JSON.stringify({ users: [{ name: 'other', user: { token: 'n' } }] }) });
    await changed;
    expect(await contexts.transport('x')).toBe(first);
    await stage.write({ a: configOf({ token: 'new' }) });
    await until(async () => (await contexts.transport('x')) !== first);
    await get(await contexts.transport('x'));
    expect(tokens()).toEqual(['Bearer old', 'Bearer new']);
  });

  test('an open session lives on while its context changes', async () => {
    await stage.write({ a: configOf({ token: 'old' }) });
    core = await stage.open(listOf('a'));
    const { contexts } = core;
    const first = await contexts.transport('x');
    const socket = await first.openWebSocket({
      path: '/api/v1/namespaces/n/pods/p/exec',
      query: new URLSearchParams(),
      protocols: ['v5.channel.k8s.io'],
      signal: AbortSignal.timeout(30_000),
    });
    socket.resume();
    await stage.write({ a: configOf({ token: 'new' }) });
    await until(async () => (await contexts.transport('x')) !== first);
    const answer = new Promise((resolve) => socket.once('message', (bytes) => resolve(String(bytes))));
    socket.send('still here');
    expect(await answer).toBe('still here');
    socket.terminate();
  });

  test('nothing of one cluster reaches the other when a context moves from one to the other', async () => {
    const other = await stage.openSecondServer();
    const clusterOf = (address: string): object[] => [
      { name: 'c', cluster: { ...JSON.parse(`{${stage.cluster}}`), server: address } },
    ];
    await stage.write({ a: configOf({ token: 'for-first' }) });
    core = await stage.open(listOf('a'));
    const { contexts } = core;
    let isMoved = false;
    const asking = (async () => {
      while (!isMoved) await get(await contexts.transport('x'));
    })();
    await until(() => stage.server.requests.length > 3);
    await stage.write({ a: configOf({ token: 'for-other' }, { clusters: clusterOf(other.address) }) });
    await until(() => other.requests.length > 3);
    isMoved = true;
    await asking;
    expect(new Set(tokens())).toEqual(new Set(['Bearer for-first']));
    expect(new Set(other.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer for-other']),
    );
    await other.close();
  });

  test('a new certificate authority in a file of its own is seen', async () => {
    const cluster = { server: stage.server.address, 'certificate-authority': 'authority.pem' };
    const pem = await createTestAuthority('other');
    await stage.write({
      a: configOf({ token: 't' }, { clusters: [{ name: 'c', cluster }] }),
      'authority.pem': pem.certificate,
    });
    core = await stage.open(listOf('a'));
    const { contexts } = core;
    const first = await contexts.transport('x');
    await expect(get(first)).rejects.toMatchObject({ code: 'cluster-untrusted' });
    await stage.write({ 'authority.pem': stage.authorityPem });
    await until(async () => (await contexts.transport('x')) !== first);
    await get(await contexts.transport('x'));
  });

  test('an OIDC token is sent until it runs out, then the refusal says what to install', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const idToken = `${encode({})}.${encode({ exp: Math.floor(Date.now() / 1_000) + 600 })}.s`;
    const provider = {
      name: 'oidc',
      config: { 'idp-issuer-url': 'https://i', 'client-id': 'c', 'id-token': idToken },
    };
    await stage.write({ a: configOf({ 'auth-provider': provider }) });
    core = await stage.open(listOf('a'));
    await get(await core.contexts.transport('x'));
    vi.setSystemTime(Date.now() + 600_000);
    await expect(core.contexts.transport('x')).rejects.toMatchObject({
      code: 'context-unusable',
      hint: expect.stringContaining('kubectl oidc-login'),
    });
    vi.useRealTimers();
    expect(tokens()).toEqual([`Bearer ${idToken}`]);
  });

  test('a kubeconfig whose folder is made later is seen', async () => {
    core = await stage.open(listOf('later/.kube/config'));
    const { contexts } = core;
    await stage.write({ 'later/.kube/config': configOf({ token: 'late' }) });
    await until(() => contexts.current().contexts.length === 1);
    expect((await contexts.transport('x')).server).toBe(stage.server.address);
  });
});
