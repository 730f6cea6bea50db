import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { loadKubeconfig } from '../../../main/kube/kubeconfig.ts';
import { findOwnKubeconfigs, formatOrigin, parseOrigin } from '../../../main/kube/kubeconfig-origin.ts';
import { kubectlPath, runKubectl } from '../../fakes/demo-kubectl.ts';

let home: string;
let own: string;
let derived: string;

/** JSON is YAML. */
function kubeconfig(server: string, namespace: string, others: object = {}): string {
  const context = (name: string) => ({ name, context: { cluster: name, user: 'u', namespace } });
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: ['prod', 'test'].map((name) => ({ name, cluster: { server: `${server}/${name}` } })),
    users: [{ name: 'u', user: {} }],
    contexts: [context('prod'), context('test')],
    'current-context': 'prod',
    ...others,
  });
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-origin-'));
  await mkdir(join(home, '.kube'));
  own = join(home, '.kube', 'config');
  derived = join(home, 'derived');
  await writeFile(own, kubeconfig('https://cluster', 'shop'));
});

const places = (KUBECONFIG: string, explicitPath?: string) =>
  findOwnKubeconfigs({ environment: { HOME: home, KUBECONFIG }, platform: 'linux', explicitPath }, derived);

test('kubeconfigs that are all the user’s own are left as they are', async () => {
  expect(await places(['/a', '/b'].join(delimiter))).toEqual({ namedBy: 'environment', paths: ['/a', '/b'] });
  expect(await places('', '/c')).toEqual({ namedBy: 'flag', paths: ['/c'] });
});

test('behind the derived one come the files that it was derived from', async () => {
  const origin = formatOrigin([own, '/elsewhere']);
  await writeFile(derived, kubeconfig('https://127.0.0.1:1', 'x', origin));
  const found = { namedBy: 'environment', paths: [derived, own, '/elsewhere'] };
  expect(await places(derived)).toEqual(found);
  expect(await places('', derived)).toEqual(found);
  const both = await places(['/other', derived].join(delimiter));
  expect(both.paths).toEqual(['/other', derived, own, '/elsewhere']);
});

test.each([
  ['does not tell', (): string => kubeconfig('https://127.0.0.1:1', 'x')],
  ['is no kubeconfig', (): string => '[]'],
])('one that %s leads to the one at home', async (_what, text) => {
  await writeFile(derived, text());
  expect((await places(derived)).paths).toEqual([derived, own]);
});

test('what is not there leads home as well', async () => {
  expect((await places(derived)).paths).toEqual([derived, own]);
});

test('one that names itself does not lead in circles', async () => {
  await writeFile(derived, kubeconfig('https://127.0.0.1:1', 'x', formatOrigin([derived, own])));
  expect((await places(derived)).paths).toEqual([derived, own]);
});

test('of the derived one what was chosen counts, and nothing else', async () => {
  const chosen = { ...formatOrigin([own]), 'current-context': 'test' };
  await writeFile(derived, kubeconfig('https://127.0.0.1:1', 'billing', chosen));
  const { paths, namedBy } = await places(derived);
  const { currentContext, contexts } = await loadKubeconfig(paths, namedBy, derived);
  expect(currentContext).toBe('test');
  expect(contexts.map(({ name, namespace, server }) => ({ name, namespace, server }))).toEqual([
    { name: 'prod', namespace: 'billing', server: 'https://cluster/prod' },
    { name: 'test', namespace: 'billing', server: 'https://cluster/test' },
  ]);
});

test.each([
  [undefined],
  ['text'],
  [[]],
  [[{ name: 'another', extension: { paths: ['/a'] } }]],
  [[{ name: 'kubereel-origin', extension: { paths: [1] } }]],
])('extensions %j tell nothing', (extensions) => {
  expect(parseOrigin({ extensions })).toBeUndefined();
});

test.skipIf(!kubectlPath)('kubectl keeps it where it changes the file', async () => {
  await writeFile(derived, kubeconfig('https://127.0.0.1:1', 'x', formatOrigin([own])));
  const { code } = await runKubectl(derived, ['config', 'use-context', 'test']);
  expect(code).toBe(0);
  const { paths, namedBy } = await places(derived);
  expect(paths).toEqual([derived, own]);
  expect((await loadKubeconfig(paths, namedBy, derived)).currentContext).toBe('test');
});
