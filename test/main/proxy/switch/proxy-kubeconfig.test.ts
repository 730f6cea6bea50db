import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadKubeconfig } from '../../../../main/kube/kubeconfig.ts';
import { readKubeconfigFile } from '../../../../main/kube/kubeconfig-file.ts';
import { parseOrigin } from '../../../../main/kube/kubeconfig-origin.ts';
import {
  proxyPath,
  withoutProxyPath,
  writeProxyKubeconfig,
} from '../../../../main/proxy/switch/proxy-kubeconfig.ts';
import type { ProxyState } from '../../../../main/proxy/switch/proxy-state.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';
import { kubectlPath } from '../../../fakes/demo-kubectl.ts';

const AUTHORITY = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

function stateOf(names: readonly string[], port = 21_500): ProxyState {
  return {
    port,
    certificates: { authority: AUTHORITY, certificate: '', privateKey: 'the private key' },
    contexts: names.map((name) => ({ name, secret: `secret of ${name}` })),
  };
}

const origin = new Map([
  ['prod', { namespace: 'shop' }],
  ['staging', {}],
]);

async function newPath(): Promise<string> {
  return join(await makeCastFolder(), 'kubeconfig');
}

test('each context has its name, its namespace, its own address and secret, and the authority', async () => {
  const path = await newPath();
  await writeProxyKubeconfig(path, stateOf(['prod', 'staging']), { contexts: origin, current: 'staging' });
  const { contexts, currentContext, entries } = await loadKubeconfig([path], 'flag');
  expect(contexts.map(({ name, namespace, server }) => ({ name, namespace, server }))).toEqual([
    { name: 'prod', namespace: 'shop', server: `https://127.0.0.1:21500${proxyPath('prod')}` },
    { name: 'staging', namespace: 'default', server: `https://127.0.0.1:21500${proxyPath('staging')}` },
  ]);
  expect(currentContext).toBe('staging');
  expect(contexts.map(({ userName }) => entries.users.get(userName)?.fields)).toEqual([
    { token: 'secret of prod' },
    { token: 'secret of staging' },
  ]);
  const data = entries.clusters.get('kubereel-prod')?.fields['certificate-authority-data'] ?? '';
  expect(Buffer.from(data, 'base64').toString()).toBe(AUTHORITY);
  expect(await readFile(path, 'utf8')).not.toContain('the private key');
});

test('the path of a context is taken off what is asked, and of no other', () => {
  const path = proxyPath('prod');
  expect(withoutProxyPath(`${path}/api/v1/pods?watch=1`, 'prod')).toBe('/api/v1/pods?watch=1');
  expect(withoutProxyPath(`${path}?timeout=1s`, 'prod')).toBe('/?timeout=1s');
  for (const target of ['/api/v1/pods', `${path}x/api`, `${path}/api`, '/']) {
    expect(withoutProxyPath(target, 'staging')).toBe(target);
  }
  expect(withoutProxyPath(`${path}x/api`, 'prod')).toBe(`${path}x/api`);
});

describe('which context is the current one', () => {
  test("the user's own where it is enabled, the only one, and of several none", async () => {
    const path = await newPath();
    const current = async (names: readonly string[], own: string | null): Promise<string | null> => {
      await writeFile(path, '');
      await writeProxyKubeconfig(path, stateOf(names), { contexts: origin, current: own });
      return (await loadKubeconfig([path], 'flag')).currentContext;
    };
    expect(await current(['prod', 'staging'], 'staging')).toBe('staging');
    expect(await current(['prod'], 'elsewhere')).toBe('prod');
    expect(await current(['prod', 'staging'], 'elsewhere')).toBeNull();
    expect(await current([], 'prod')).toBeNull();
  });
});

test('it tells from which files it was derived, also when it is written without asking', async () => {
  const path = await newPath();
  const origins = async () => parseOrigin((await readKubeconfigFile(path))?.others ?? {});
  const own = { contexts: origin, current: null };
  await writeProxyKubeconfig(path, stateOf(['prod']), { ...own, paths: ['/etc/kube/a', '/etc/kube/b'] });
  expect(await origins()).toEqual(['/etc/kube/a', '/etc/kube/b']);
  await writeProxyKubeconfig(path, stateOf([]), own);
  expect(await origins()).toEqual(['/etc/kube/a', '/etc/kube/b']);
});

test('a file that is damaged is written anew', async () => {
  const path = await newPath();
  await writeFile(path, 'contexts: {');
  await writeProxyKubeconfig(path, stateOf(['prod']), { contexts: origin, current: null });
  expect((await loadKubeconfig([path], 'flag')).contexts).toHaveLength(1);
});

describe('the path of a context', () => {
  test('differs where names differ only in what kubectl takes for the same', () => {
    const names = ['a-b', 'a_b', 'a b', 'a/b', 'A-b'];
    const seenByKubectl = names.map((name) => proxyPath(name).replaceAll(/[^(\w/.)]/g, '_'));
    expect(new Set(seenByKubectl).size).toBe(names.length);
  });

  test('is one plain segment, whatever the name', () => {
    for (const name of [
      'arn:aws:eks:eu-west-1:4711:cluster/prod',
      '..',
      '.',
      'größe',
      '☃',
      'x'.repeat(300),
    ]) {
      expect(proxyPath(name)).toMatch(/^\/[A-Za-z0-9.-]{1,48}-[0-9a-f]{8}$/);
    }
  });
});

describe.skipIf(!kubectlPath)('as kubectl reads and changes it', () => {
  const kubectl = (path: string, ...args: readonly string[]): string =>
    execFileSync(kubectlPath ?? '', ['--kubeconfig', path, ...args], {
      env: { HOME: '/nonexistent' },
    }).toString();

  test('it takes names of any kind', async () => {
    const path = await newPath();
    const names = ['arn:aws:eks:eu-west-1:4711:cluster/prod', "o'neil's", 'größe ☃', '- "x": {'];
    await writeProxyKubeconfig(path, stateOf(names), { contexts: origin, current: null });
    expect(kubectl(path, 'config', 'get-contexts', '-o', 'name').trim().split('\n').toSorted()).toEqual(
      names.toSorted(),
    );
  });

  test('what `use-context` and `set-context` have written there stays when it is written anew', async () => {
    const path = await newPath();
    await writeProxyKubeconfig(path, stateOf(['prod', 'staging']), { contexts: origin, current: 'prod' });
    kubectl(path, 'config', 'use-context', 'staging');
    kubectl(path, 'config', 'set-context', 'prod', '--namespace', 'cellar');
    await writeProxyKubeconfig(path, stateOf(['prod', 'staging', 'more'], 21_600), {
      contexts: origin,
      current: 'prod',
    });
    expect(kubectl(path, 'config', 'current-context')).toBe('staging\n');
    const { contexts } = await loadKubeconfig([path], 'flag');
    expect(contexts.map(({ name, namespace, server }) => [name, namespace, new URL(server).port])).toEqual([
      ['prod', 'cellar', '21600'],
      ['staging', 'default', '21600'],
      ['more', 'default', '21600'],
    ]);
  });
});
