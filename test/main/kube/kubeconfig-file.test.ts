import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseKubeconfigFile, readKubeconfigFile } from '../../../main/kube/kubeconfig-file.ts';

function parse(...lines: string[]) {
  return parseKubeconfigFile('/home/u/.kube/config', lines.join('\n'));
}

test('an empty file is an empty config', () => {
  expect([...parse('').contexts]).toEqual([]);
  expect(parse('# nothing yet').currentContext).toBe('');
});

test('kc-yaml-merge-keys: merge keys, duplicate keys, BOM, CRLF, JSON and a second document read as kubectl reads them', () => {
  const merged = parse(
    'users:',
    '- name: a',
    '  user: &shared {token: one}',
    '- name: b',
    '  user: {<<: *shared, username: u}',
  );
  expect(merged.users.get('b')).toEqual({ token: 'one', username: 'u' });
  expect(parse('users: [{name: a, user: {token: first, token: last}}]').users.get('a')?.token).toBe('last');
  expect(parse('\uFEFFcurrent-context: a\r\nkind: Config\r\n').currentContext).toBe('a');
  expect(parse('{"current-context": "json"}').currentContext).toBe('json');
  expect(parse('current-context: first', '---', 'broken: [').currentContext).toBe('first');
});

test.each([
  ['token: yes', 'users[0].user.token'],
  ['token: 12345', 'users[0].user.token'],
  ['tokenFile: [a]', 'users[0].user.tokenFile'],
])('kc-scalar-types: %s is an error that names the place, never a text', (line, place) => {
  expect(() => parse('users:', '- name: a', '  user:', `    ${line}`)).toThrow(
    `error loading config file "/home/u/.kube/config", line 4, column`,
  );
  expect(() => parse('users:', '- name: a', '  user:', `    ${line}`)).toThrow(`${place}: expected`);
});

test('a name that is a number, and an API version of another kind, are errors', () => {
  expect(() => parse('contexts:', '- name: 123')).toThrow('contexts[0].name: expected string');
  expect(() => parse('apiVersion: v2')).toThrow('apiVersion: expected');
});

test('a key without a value counts as not given, and unknown keys are left alone', () => {
  const file = parse(
    'current-context:',
    'contexts:',
    '- name: a',
    '  context: {namespace: , cluster: c, colour: red}',
  );
  expect(file.contexts.get('a')).toEqual({ namespace: '', cluster: 'c' });
});

test('kc-dup-in-file: the same name twice in one list is an error', () => {
  expect(() => parse('clusters: [{name: c1}, {name: c1}]')).toThrow(
    'duplicate name "c1" in list of NamedCluster',
  );
});

test('broken YAML is told with line and column, and never quoted: it may hold a token', () => {
  const broken = ['users:', '- name: a', '  user: {token: hunter2', 'x: ]'];
  expect(() => parse(...broken)).toThrow(/line \d+, column \d+: it is not valid YAML/);
  expect(() => parse(...broken)).not.toThrow('hunter2');
});

test('a file that blows up by aliases is refused', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [next, last] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
    bomb.push(`${next}: &${next} [${Array(10).fill(`*${last}`).join(',')}]`);
  }
  expect(() => parse(...bomb)).toThrow('aliases');
});

test('a missing file is none, a folder in its place is an error that names it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-kubeconfig-'));
  expect(await readKubeconfigFile(join(folder, 'missing'))).toBeUndefined();
  await expect(readKubeconfigFile(folder)).rejects.toMatchObject({
    code: 'kubeconfig-unreadable',
    message: expect.stringContaining(folder),
  });
  await writeFile(join(folder, 'config'), 'current-context: a');
  expect((await readKubeconfigFile(join(folder, 'config')))?.currentContext).toBe('a');
});
