import { spawn } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadKubeconfig } from '../../main/kube/kubeconfig.ts';
import { formatKubeconfig } from '../../main/kube/kubeconfig-text.ts';
import { parseKubectlYaml } from '../../main/kube/kubectl-yaml.ts';
import { kubectlPath } from '../fakes/demo-kubectl.ts';
import { type Asked, type KubeconfigStage, openKubeconfigStage } from '../fakes/kubeconfig-stage.ts';

interface Outcome extends Asked {
  readonly request: object | undefined;
}

/** The message alone: without `error:`, and without our hint and details, which are indented. */
function wordsOf({ stderr }: Asked): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('  '));
  return lines.map((line) => line.replace(/^error: /, '').trimEnd()).join('\n');
}

function identityOf({ headers }: IncomingMessage): object {
  const isIdentity = (name: string): boolean => name === 'authorization' || name.startsWith('impersonate-');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isIdentity(name)));
}

/** What is no scalar in a list, or is a number that JSON has not. */
function isNoPlainScalar(text: string): boolean {
  return /^[@]|^[-:](?: |$)|:$|^[-+]?\.(?:inf|nan)$/i.test(text);
}

/** The same files through kubectl and through us: outcome, message, and what the server was asked. */
describe.skipIf(!kubectlPath)('kubeconfigs through kubectl and through us', () => {
  let stage: KubeconfigStage;
  beforeAll(async () => {
    stage = await openKubeconfigStage();
    await stage.write({ here: stage.authorityPem, empty: '', token: ' from-file\n' });
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.server.forget());

  const path = (name: string): string => join(stage.folder, name);

  async function runKubectl(args: readonly string[], list?: string): Promise<Asked> {
    const child = spawn(kubectlPath ?? '', args, {
      env: { HOME: path('home'), PATH: '/usr/bin:/bin', ...(list === undefined ? {} : { KUBECONFIG: list }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, code] = await Promise.all([
      Array.fromAsync(child.stdout as AsyncIterable<Buffer>),
      Array.fromAsync(child.stderr as AsyncIterable<Buffer>),
      new Promise<number>((resolve) => child.once('close', (exitCode) => resolve(exitCode ?? -1))),
    ]);
    return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  }

  /** What the last request said of who asks; kubectl may ask other things before it. */
  function lastRequest(): object | undefined {
    const request = stage.server.requests.at(-1);
    stage.server.forget();
    return request && { url: request.url, ...identityOf(request) };
  }

  async function askBoth(list: string): Promise<{ ours: Outcome; theirs: Outcome }> {
    const raw = await runKubectl(['get', '--raw', '/version'], list);
    const theirs = { ...raw, request: lastRequest() };
    const ours = { ...(await stage.ask({ list })), request: lastRequest() };
    return { ours, theirs };
  }

  const configWith = (user: string, cluster = ''): string =>
    [
      `clusters: [{name: c, cluster: {${stage.cluster}${cluster}}}]`,
      `users: [{name: u, user: ${user}}]`,
      'contexts: [{name: x, context: {cluster: c, user: u}}]',
      'current-context: x',
    ].join('\n');

  test.each([
    '{token: t}',
    '{token: t, token: u}',
    '{token: ~, username: ann, password: p}',
    '{token: !!str 12}',
    '{token: !!binary aGVsbG8=}',
    '{token: 12:30:45}',
    '{token: 2020-01-01}',
    '{token: 0o8}',
    '{token: oN}',
    '{<<: {token: a}, token: b}',
    '{token: b, <<: {token: a}}',
    '{<<: [{token: a}, {token: b}]}',
    '{TOKEN: a, token: b}',
    '{tokenFile: token}',
    '{tokenFile: token, token: t}',
    '{tokenFile: gone, token: t}',
    '{token: t, as: ada, as-uid: "7", as-groups: [a, b], as-user-extra: {Scopes/x y: [c], 1: [d]}}',
    '{token: t, as-groups: [], as-user-extra: {}}',
    '{token: t, new: {deep: [yes]}}',
    '{token: t, client-key: gone, client-key-data: aGVsbG8=}',
    '{token: t, exec: {command: /nowhere, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}',
  ])('%s asks the same as the same user', async (user) => {
    await stage.write({ a: configWith(user) });
    const { ours, theirs } = await askBoth(path('a'));
    expect(theirs).toMatchObject({ code: 0 });
    expect(ours).toMatchObject({ code: 0, request: theirs.request });
  });

  test.each(['{token: t}', '{username: ben, password: p}', '{}'])(
    'a login in the server’s address is sent in the place of %s',
    async (user) => {
      const server = stage.server.address.replace('//', '//ann:p%40ss@');
      await stage.write({ a: configWith(user, `, server: "${server}"`) });
      const { ours, theirs } = await askBoth(path('a'));
      // kubectl asks for a name where the user entry has nothing.
      if (user !== '{}') expect(ours).toMatchObject({ code: 0, request: theirs.request });
      expect(ours.request).toMatchObject({ authorization: `Basic ${btoa('ann:p@ss')}` });
    },
  );

  test.each<[string, string]>([
    ['{token: t, password: p}', ''],
    ['{tokenFile: gone}', ''],
    ['{tokenFile: token, username: ann}', ''],
    ['{client-certificate: gone, client-key: gone2}', ''],
    ['{client-certificate: here}', ''],
    ['{client-certificate: here, client-certificate-data: aGVsbG8=, client-key: here}', ''],
    ['{client-certificate: here, client-key: here, client-key-data: aGVsbG8=}', ''],
    ['{client-certificate-data: aGVsbG8=, client-key-data: aGVsbG8=}', ''],
    ['{as-uid: "1"}', ''],
    ['{as-groups: [a], token: t, username: ann}', ', proxy-url: "ftp://h"'],
    ['{token: t}', ', certificate-authority: here'],
    ['{token: t}', ', certificate-authority: gone, insecure-skip-tls-verify: true'],
    ['{token: t}', ', insecure-skip-tls-verify: on'],
    ['{token: t}', ', proxy-url: "socks5h://h:1"'],
    ['{token: t}', ', proxy-url: h'],
    ['{token: t}', ', server: "https://h:port"'],
    ['{token: t}', ', server: "https:/h"'],
    ['{token: t}', ', server: "h:1/path"'],
    ['{exec: {}}', ''],
    ['{exec: {command: p, apiVersion: client.authentication.k8s.io/v1}}', ''],
    ['{exec: {command: p, apiVersion: client.authentication.k8s.io/v1alpha1}}', ''],
    ['{exec: {command: p, apiVersion: x/v1, interactiveMode: Some, env: [{value: v}, ~]}}', ''],
    ['{exec: {command: p, apiVersion: x/v1, interactiveMode: Never}, auth-provider: {name: oidc}}', ''],
    ['{auth-provider: {name: openstack}}', ''],
    ['{token: t, auth-provider: {}}', ''],
  ])('%s%s is refused in the same words', async (user, cluster) => {
    await stage.write({ a: configWith(user, cluster) });
    const { ours, theirs } = await askBoth(path('a'));
    expect(theirs).toMatchObject({ code: 1, request: undefined });
    expect(wordsOf(ours)).toBe(wordsOf(theirs));
    expect(ours).toMatchObject({ code: 1, request: undefined });
  });

  test.each(['gcp', 'azure'])('the auth provider %s is refused in the same words', async (name) => {
    await stage.write({ a: configWith(`{auth-provider: {name: ${name}}}`) });
    const { ours, theirs } = await askBoth(path('a'));
    const [first, second] = theirs.stderr.split('\n');
    expect(ours.stderr).toContain(`${first}\n${second}`);
  });

  test.each([
    'users: [{name: u, user: {token: yes}}]',
    'users: [{name: u, user: {token: 12}}]',
    'users: [{name: 123}]',
    'users: {a: b}',
    'users: [a]',
    'users: [~, ~]',
    'users: [{name: u, user: {client-key-data: "***"}}]',
    'users: [{name: u, user: {auth-provider: {config: {a: 1}}}}]',
    'clusters: [{name: c, cluster: {insecure-skip-tls-verify: "true"}}]',
    'clusters: [{name: c, cluster: {extensions: [{name: e, extension: 1}, {name: e}]}}]',
    'clusters: [{name: c1}, {name: c1}]',
    'contexts: [{name: c1}, {name: c1}]',
    'apiVersion: v2',
    'apiVersion: 1',
    'Kind: Pod',
    'preferences: a',
    '- a',
    'a',
    'a: [',
    'a: .inf',
    'a: *nope',
    'a: &a [*a]',
    '<<: 5',
    '~: a',
    '%YAML 1.2\n---\na: b',
    'a: "\u0001"',
    'a:\n\t- b',
    'a: @b',
  ])('%j in a list is an error that names the file', async (text) => {
    await stage.write({ a: configWith('{token: t}'), bad: text });
    const { ours, theirs } = await askBoth([path('a'), path('bad')].join(delimiter));
    const start = `error: error loading config file "${path('bad')}": `;
    expect(theirs.stderr.startsWith(start)).toBe(true);
    expect(ours.stderr.startsWith(start)).toBe(true);
    const duplicate = /error converting .* in list/;
    expect(duplicate.exec(ours.stderr)?.[0]).toBe(duplicate.exec(theirs.stderr)?.[0]);
    expect([ours.code, ours.request]).toEqual([theirs.code, theirs.request]);
  });

  test.each<[string, Readonly<Record<string, string | Uint8Array>>]>([
    ['missing:a', { a: '{token: t}' }],
    ['a:missing', { a: '{token: t}' }],
    ['empty:a::a', { a: '{token: t}' }],
    ['a:b', { a: '{token: first}', b: '{token: second, as: ada}' }],
    ['b:a', { a: '{token: first}', b: '{token: second, as: ada}' }],
  ])('the list %s is merged the same way', async (names, users) => {
    for (const [name, user] of Object.entries(users)) await stage.write({ [name]: configWith(String(user)) });
    const list = names.split(':').map((name) => name && path(name));
    const { ours, theirs } = await askBoth(list.join(delimiter));
    expect(theirs.code).toBe(0);
    expect(ours).toMatchObject({ code: 0, request: theirs.request });
  });

  test.each(['missing', 'home', 'a/below'])('--kubeconfig %s fails the same way', async (name) => {
    await stage.write({ a: configWith('{token: t}'), 'home/x': '' });
    const theirs = await runKubectl(['--kubeconfig', path(name), 'get', '--raw', '/version']);
    const ours = await stage.ask({ explicit: path(name) });
    expect(theirs.code).toBe(1);
    expect(ours).toMatchObject({ code: 1 });
    expect(wordsOf(ours)).toBe(wordsOf(theirs));
  });

  test.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, the other way round', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['CR', (text: string) => text.replaceAll('\n', '\r')],
    ['a second document', (text: string) => `${text}\n---\nbroken: [`],
    ['a second JSON text', (text: string) => `{${text.replaceAll('\n', ', ')}}\n{"users": []}`],
    ['an end mark', (text: string) => `${text}\n...\nbroken: [`],
  ])('%s is read the same way', async (_what, encode) => {
    await stage.write({ a: encode(configWith('{token: t}')) });
    const { ours, theirs } = await askBoth(path('a'));
    expect(theirs.code).toBe(0);
    expect(ours).toMatchObject({ code: 0, request: theirs.request });
  });

  test('kc-lossless: kubectl sees in what we write all that it saw in what we read', async () => {
    const user = {
      token: 'del \u007f nel \u0085 line\u2028mark \ufeff tab \t 😀',
      as: 'ada',
      'as-groups': ['a', 'b'],
      'as-user-extra': { 'Scopes/x y': ['c'] },
      tokenFile: '/run/token',
      'client-certificate-data': 'aGVsbG8=',
      exec: {
        command: '/bin/p',
        args: ['~', 'yes', '1e3'],
        apiVersion: 'client.authentication.k8s.io/v1',
        env: [],
      },
    };
    const extensions = '[{name: e, extension: {last-update: 2020-01-01, list: [y, 0x1F, 12:30, "no"]}}]';
    await stage.write({
      a: configWith(JSON.stringify(user).replace('\u007f', '\\u007f'), `, extensions: ${extensions}`),
    });
    await stage.write({ b: formatKubeconfig(await loadKubeconfig([path('a')])) });
    const [before, after] = await Promise.all(
      ['a', 'b'].map((name) => runKubectl(['config', 'view', '--raw', '-o', 'json'], path(name))),
    );
    expect(before?.code).toBe(0);
    expect(JSON.parse(after?.stdout ?? '')).toEqual(JSON.parse(before?.stdout ?? ''));
  });

  /** Extensions may hold anything, and kubectl prints them as it understood them. Undefined: it refuses the file. */
  async function viewExtensions(yaml: string): Promise<unknown> {
    await stage.write({ a: yaml });
    const { stdout, stderr } = await runKubectl(['config', 'view', '--raw', '-o', 'json'], path('a'));
    return stderr === '' ? (JSON.parse(stdout) as { extensions?: unknown }).extensions : undefined;
  }

  test('whatever a plain scalar looks like, it means the same', async () => {
    const character = fc.constantFrom(...'0011789_xobeE.+-:ynYNaflstruTRUE~<=/@'.split(''));
    const word = fc.constantFrom(
      'yes',
      'No',
      'on',
      'null',
      'Null',
      'true',
      '.5',
      '0x',
      '0b',
      '1e',
      '2020-01-01',
      '1_0',
    );
    const scalar = fc.oneof(fc.string({ unit: character, minLength: 1, maxLength: 6 }), word);
    await fc.assert(
      fc.asyncProperty(fc.array(scalar, { minLength: 200, maxLength: 200 }), async (scalars) => {
        const plain = scalars.filter((text) => !isNoPlainScalar(text));
        const list = plain.map((text) => `    - ${text}\n`).join('');
        const yaml = `extensions:\n- name: e\n  extension:\n    list:\n${list}`;
        const [theirs] = (await viewExtensions(yaml)) as { extension: { list: unknown[] } }[];
        const ours = parseKubectlYaml(Buffer.from(yaml)).value as {
          extensions: { extension: { list: unknown[] } }[];
        };
        const pairs = (list: unknown[] | undefined) => list?.map((value, index) => [plain[index], value]);
        expect(pairs(ours.extensions[0]?.extension.list)).toEqual(pairs(theirs?.extension.list));
      }),
      { numRuns: 3 },
    );
  });

  test('whatever the style, what kubectl takes means the same', async () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab1:#-"\'\\ \n\t{}[]&*!|>%äö😀'), maxLength: 12 }),
      fc.constantFrom('yes', '12:30', '<<', '1_000', '~', '', ' a ', 'a\n\nb\n', '- a'),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(text, tie('value'), { maxKeys: 3 }),
      ),
    }));
    const style = fc.record({
      version: fc.constantFrom('1.1' as const, '1.2' as const),
      defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_SINGLE' as const, 'BLOCK_LITERAL' as const),
      collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
      lineWidth: fc.constantFrom(0, 20),
      indentSeq: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 5, maxLength: 5 }), style, async (values, options) => {
        const extensions = values.map((extension, index) => ({
          name: `e${index}`,
          extension: { extension },
        }));
        const yaml = stringify({ extensions }, options);
        const theirs = await viewExtensions(yaml);
        fc.pre(theirs !== undefined);
        expect(parseKubectlYaml(Buffer.from(yaml)).value).toEqual({ extensions: theirs });
      }),
      { numRuns: 10 },
    );
  });
});
