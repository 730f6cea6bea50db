import { expect, test } from 'vitest';
import { createLifetime } from '../../../main/base/lifetime.ts';
import { type ContextsNeeds, openContexts } from '../../../main/kube/contexts.ts';
import type { Kubeconfig, ResolvedContext } from '../../../main/kube/kubeconfig.ts';
import type { KubeTransport } from '../../../main/kube/transport.ts';

function kubeconfigOf(...names: string[]): Kubeconfig {
  const contexts = names.map((name) => ({
    name,
    clusterName: 'c',
    userName: 'u',
    namespace: 'default',
    server: 'https://127.0.0.1:1',
    originPath: '/config',
  }));
  const entries = { contexts: new Map(), clusters: new Map(), users: new Map() };
  return { sources: [{ path: '/config', state: 'loaded' }], contexts, currentContext: null, entries };
}

function createNeeds(loads: Kubeconfig[]) {
  const log: string[] = [];
  let onFileChanged = (): void => {};
  const needs: ContextsNeeds = {
    load: async () => loads.shift() ?? kubeconfigOf(),
    resolve: async (kubeconfig, name) => {
      if (!kubeconfig.contexts.some((entry) => entry.name === name)) throw new Error(`no ${name}`);
      return { name } as ResolvedContext;
    },
    connect: ({ name }) => {
      log.push(`connect ${name}`);
      return { context: name, close: async () => void log.push(`close ${name}`) } as KubeTransport;
    },
    watch: (_paths, onChanged) => {
      onFileChanged = onChanged;
      return () => log.push('unwatch');
    },
    onReloadError: (error) => log.push(String(error)),
  };
  return { needs, log, changeFile: () => onFileChanged() };
}

test('nothing is connected until a context is used, and then once for all callers', async () => {
  const { needs, log } = createNeeds([kubeconfigOf('a', 'b')]);
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  expect(log).toEqual([]);
  const [first, second] = await Promise.all([contexts.transport('a'), contexts.transport('a')]);
  expect(first).toBe(second);
  expect(log).toEqual(['connect a']);
  await life.end();
  expect(log).toEqual(['connect a', 'close a', 'unwatch']);
});

test('a changed file brings the new list, and the next caller a new transport', async () => {
  const { needs, log, changeFile } = createNeeds([kubeconfigOf('a'), kubeconfigOf('a', 'b')]);
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  const old = await contexts.transport('a');
  const heard = new Promise<Kubeconfig>((resolve) => contexts.onChanged(resolve));
  changeFile();
  expect((await heard).contexts.map((entry) => entry.name)).toEqual(['a', 'b']);
  expect(log).toContain('close a');
  expect(await contexts.transport('a')).not.toBe(old);
  await life.end();
});

test('an unknown context is an error that is not remembered', async () => {
  const { needs } = createNeeds([kubeconfigOf('a'), kubeconfigOf('a', 'b')]);
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  await expect(contexts.transport('b')).rejects.toThrow('no b');
  expect(() => contexts.entry('b')).toThrow('context was not found for specified context: b');
  await contexts.reload();
  expect((await contexts.transport('b')).context).toBe('b');
  await life.end();
});
