// covers: main/kube/file-failure.ts
// covers: main/kube/kubeconfig-schema.ts
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseKubeconfigFile, readKubeconfigFile } from '../../../main/kube/kubeconfig-file.ts';

function parse(...lines: string[]) {
  return parseKubeconfigFile('/home/u/.kube/config', Buffer.from(lines.join('\n')));
}

test('an empty file is an empty config', () => {
  for (const text of ['', '# nothing yet', '{}', '~', '---']) {
    expect(parse(text)).toMatchObject({ currentContext: '', contexts: new Map(), others: {} });
  }
});

test.each([
  ['token: yes', 'expected a text, found true or false'],
  ['token: 12345', 'expected a text, found a number'],
  ['tokenFile: [a]', 'expected a text, found a list'],
  ['exec: plugin', 'expected a mapping, found a text'],
  ['as-groups: admins', 'expected a list, found a text'],
])('kc-scalar-types: %s is an error that names the place, never a text', (line, words) => {
  const place = `users[0].user.${line.split(':')[0]}`;
  const column = 5 + line.indexOf(' ') + 1;
  expect(() => parse('users:', '- name: a', '  user:', `    ${line}`)).toThrow(
    `error loading config file "/home/u/.kube/config": line 4, column ${column}: ${place}: ${words}`,
  );
});

test.each([
  ['contexts:\n- name: 123', 'contexts[0].name: expected a text, found a number'],
  ['contexts: {a: b}', 'contexts: expected a list, found a mapping'],
  [
    'clusters: [{name: c, cluster: {insecure-skip-tls-verify: "true"}}]',
    'expected true or false, found a text',
  ],
  ['clusters: [{name: c, cluster: {certificate-authority-data: "***"}}]', 'illegal base64 data'],
  ['users: [{name: u, user: {client-key-data: aGVsbG8}}]', 'illegal base64 data'],
  ['users: [{name: u, user: {auth-provider: {config: {a: 1}}}}]', 'expected a text, found a number'],
  ['preferences: a', 'preferences: expected a mapping, found a text'],
  ['apiVersion: v2', 'no kind "Config" is registered for version "v2"'],
  ['kind: Pod', 'no kind "Pod" is registered for version "v1"'],
  ['Kind: Pod', 'no kind "Pod" is registered for version "v1"'],
  ['apiVersion: 1', 'apiVersion: expected a text, found a number'],
  ['- a', "couldn't get version/kind"],
  ['a', "couldn't get version/kind"],
])('%s is refused', (text, words) => {
  expect(() => parse(text)).toThrow(words);
});

test('a key without a value counts as not given, keys are told apart by case, unknown ones are kept', () => {
  const file = parse(
    'current-context:',
    'contexts:',
    '- name: a',
    '  context: {namespace: , cluster: c, colour: red, User: u}',
    '- ~',
    'Current-Context: b',
  );
  expect(file.currentContext).toBe('');
  expect(file.contexts.get('a')).toEqual({ namespace: '', cluster: 'c', colour: 'red', User: 'u' });
  expect(file.contexts.get('')).toEqual({});
  expect(file.others).toEqual({ 'Current-Context': 'b' });
});

test('base64 may be broken into lines', () => {
  const file = parse(
    'users:',
    '- name: u',
    '  user:',
    '    client-key-data: |',
    '      aGVs',
    '      bG8=',
    '',
  );
  expect(file.users.get('u')).toEqual({ 'client-key-data': 'aGVs\nbG8=\n' });
});

test.each([
  ['clusters', 'NamedCluster', '*api.Cluster'],
  ['users', 'NamedAuthInfo', '*api.AuthInfo'],
  ['contexts', 'NamedContext', '*api.Context'],
])('kc-dup-in-file: the same name twice in %s is an error in kubectl’s words', (list, kind, type) => {
  expect(() => parse(`${list}: [{name: c1}, {name: c1}]`)).toThrow(
    `error converting *[]${kind} into *map[string]${type}: duplicate name "c1" in list`,
  );
});

test('kc-dup-in-file: an extension without a value takes no name', () => {
  expect(() => parse('extensions: [{name: e, extension: 1}, {name: e}]')).toThrow(
    'error converting *[]NamedExtension into *map[string]runtime.Object: duplicate name "e" in list',
  );
  parse('extensions: [{name: e}, {name: e, extension: ~}, {name: e, extension: 1}]');
});

test('two entries without a name are the same name twice', () => {
  expect(() => parse('users: [~, {}]')).toThrow('duplicate name "" in list');
});

test('kc-relative-paths: a path is relative to its file, a bare command is none', () => {
  const user = (fields: string) =>
    parse(`users: [{name: u, user: ${fields}}]`).users.get('u') as Record<string, unknown>;
  expect(user('{tokenFile: t, client-certificate: ../c, client-key: /k}')).toEqual({
    tokenFile: '/home/u/.kube/t',
    'client-certificate': '/home/u/c',
    'client-key': '/k',
  });
  expect(user('{exec: {command: ./p, args: [./as-is], own: 1}}')).toEqual({
    exec: { command: '/home/u/.kube/p', args: ['./as-is'], own: 1 },
  });
  expect(user('{exec: {command: p}}')).toEqual({ exec: { command: 'p' } });
  const cluster = parse('clusters: [{name: c, cluster: {certificate-authority: ca, proxy-url: p}}]');
  expect(cluster.clusters.get('c')).toEqual({
    'certificate-authority': '/home/u/.kube/ca',
    'proxy-url': 'p',
  });
});

test('a missing file is none; one that cannot be read is an error that names it in kubectl’s words', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-kubeconfig-'));
  const path = join(folder, 'config');
  expect(await readKubeconfigFile(path)).toBeUndefined();
  await writeFile(path, 'current-context: a');
  expect((await readKubeconfigFile(path))?.currentContext).toBe('a');
  await expect(readKubeconfigFile(folder)).rejects.toMatchObject({
    code: 'kubeconfig-unreadable',
    message: `error loading config file "${folder}": read ${folder}: is a directory`,
  });
  await expect(readKubeconfigFile(join(path, 'below'))).rejects.toThrow(
    `error loading config file "${path}/below": open ${path}/below: not a directory`,
  );
});

test('a file of more than 16 MiB is something else', () => {
  expect(() => parse(`a: ${'x'.repeat(16 * 1024 * 1024)}`)).toThrow('it is larger than 16 MiB');
});
