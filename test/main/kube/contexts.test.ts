import { expect, test } from 'vitest';
import { createLifetime } from '../../../main/base/lifetime.ts';
import { type ContextsNeeds, openContexts } from '../../../main/kube/contexts.ts';
import type { Kubeconfig, ResolvedContext } from '../../../main/kube/kubeconfig.ts';
import type { KubeTransport } from '../../../main/kube/transport.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

/** Contexts by name, each with what it resolves to. */
type Settings = Readonly<Record<string, string>>;

function kubeconfigOf(settings: Settings): Kubeconfig {
  const contexts = Object.entries(settings).map(([name, server]) => ({
    name,
    clusterName: 'c',
    userName: 'u',
    namespace: 'default',
    server,
    originPath: '/config',
  }));
  const entries = { contexts: new Map(), clusters: new Map(), users: new Map(), others: {} };
  return { sources: [{ path: '/config', state: 'loaded' }], contexts, currentContext: null, entries };
}

function createNeeds(...loads: Settings[]) {
  const log: string[] = [];
  let paths = ['/config'];
  let onFileChanged = (): void => {};
  const clock = createManualClock();
  const needs: ContextsNeeds = {
    clock,
    places: async () => ({ namedBy: 'environment', paths }),
    load: async () => {
      log.push('load');
      return kubeconfigOf(loads.shift() ?? {});
    },
    resolve: async (kubeconfig, name) => {
      const entry = kubeconfig.contexts.find((one) => one.name === name);
      if (!entry) throw new Error(`no ${name}`);
      return { name, cluster: { server: entry.server } } as ResolvedContext;
    },
    connect: ({ name, cluster }) => {
      log.push(`connect ${name} to ${cluster.server}`);
      return { context: name, close: async () => void log.push(`close ${name}`) } as KubeTransport;
    },
    watch: (watched, onChanged) => {
      log.push(`watch ${watched.join(',')}`);
      onFileChanged = onChanged;
      return () => log.push('unwatch');
    },
    onReloadError: (error) => log.push(String(error)),
  };
  return {
    needs,
    clock,
    log,
    changeFile: () => onFileChanged(),
    movePaths(...next: string[]) {
      paths = next;
    },
  };
}

test('nothing is connected until a context is used, and then once for all callers', async () => {
  const { needs, log } = createNeeds({ a: '1', b: '1' });
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  expect(log).toEqual(['watch /config', 'load']);
  const [first, second] = await Promise.all([contexts.transport('a'), contexts.transport('a')]);
  expect(first).toBe(second);
  await life.end();
  expect(log.slice(2)).toEqual(['connect a to 1', 'close a', 'unwatch']);
});

test('a changed file brings the new list, and only what changed a new transport', async () => {
  const { needs, log, changeFile } = createNeeds({ a: '1', b: '1' }, { a: '1', b: '2', c: '1' });
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  const [oldA, oldB] = await Promise.all([contexts.transport('a'), contexts.transport('b')]);
  const heard = new Promise<Kubeconfig>((resolve) => contexts.onChanged(resolve));
  changeFile();
  expect((await heard).contexts.map((entry) => entry.name)).toEqual(['a', 'b', 'c']);
  expect(log).toContain('close b');
  expect(log).not.toContain('close a');
  expect(await contexts.transport('a')).toBe(oldA);
  expect(await contexts.transport('b')).not.toBe(oldB);
  expect(log).toContain('connect b to 2');
  await life.end();
});

test('who asks while a change is looked at never gets the way to the old cluster', async () => {
  const { needs, log } = createNeeds({ a: 'old' }, { a: 'new' });
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  const old = await contexts.transport('a');
  const reloading = contexts.reload();
  while (contexts.entry('a').server === 'old') await Promise.resolve();
  expect(await contexts.transport('a')).not.toBe(old);
  await reloading;
  expect(log.filter((line) => line.startsWith('connect'))).toEqual(['connect a to old', 'connect a to new']);
  await life.end();
});

test('one that is still being opened when the file changes is not kept for the old cluster', async () => {
  const { needs, log } = createNeeds({ a: 'old' }, { a: 'new' });
  const opened = Promise.withResolvers<void>();
  const { resolve } = needs;
  needs.resolve = async (kubeconfig, name) => {
    const context = await resolve(kubeconfig, name);
    if (context.cluster.server === 'old') await opened.promise;
    return context;
  };
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  const old = contexts.transport('a');
  const reloading = contexts.reload();
  opened.resolve();
  await reloading;
  expect(await contexts.transport('a')).not.toBe(await old);
  expect(log).toContain('close a');
  await life.end();
});

test('a context that is gone or broken after a change is closed, and told so to the next caller', async () => {
  const { needs, log } = createNeeds({ a: '1' }, {});
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  await contexts.transport('a');
  await contexts.reload();
  expect(log).toContain('close a');
  await expect(contexts.transport('a')).rejects.toThrow('no a');
  await life.end();
});

test('the files are watched before they are read, and others where the environment names others', async () => {
  const { needs, log, movePaths } = createNeeds({}, {}, {});
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  await contexts.reload();
  movePaths('/config', '/more');
  await contexts.reload();
  expect(log).toEqual(['watch /config', 'load', 'load', 'unwatch', 'watch /config,/more', 'load']);
  await life.end();
});

test('certificates in files of their own are watched too', async () => {
  const { needs, log } = createNeeds({ a: '1' }, { a: '1' });
  const { load } = needs;
  const cluster = { fields: { 'certificate-authority': '/ca.pem' }, originPath: '/config' };
  needs.load = async (places) => {
    const kubeconfig = await load(places);
    return { ...kubeconfig, entries: { ...kubeconfig.entries, clusters: new Map([['c', cluster]]) } };
  };
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  await contexts.reload();
  expect(log).toEqual(['watch /config', 'load', 'unwatch', 'watch /config,/ca.pem', 'load']);
  await life.end();
});

test('a context whose token has run out is resolved again at the next use, once for all callers', async () => {
  const { needs, clock, log } = createNeeds({ a: '1' });
  let token = 0;
  const { resolve } = needs;
  needs.resolve = async (kubeconfig, name) => {
    token += 1;
    if (token > 2) throw new Error('it has expired');
    const context = await resolve(kubeconfig, name);
    return { ...context, user: { token: `${token}` }, endsAtMs: clock.nowMs() + 1_000 };
  };
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  const first = await contexts.transport('a');
  await clock.advance(999);
  expect(await contexts.transport('a')).toBe(first);
  await clock.advance(1);
  const [second, third] = await Promise.all([contexts.transport('a'), contexts.transport('a')]);
  expect(second).not.toBe(first);
  expect(third).toBe(second);
  expect(log.filter((line) => line.startsWith('close'))).toEqual(['close a']);
  await clock.advance(1_000);
  await expect(contexts.transport('a')).rejects.toThrow('it has expired');
  await life.end();
});

test('an unknown context is an error that is not remembered', async () => {
  const { needs } = createNeeds({ a: '1' }, { a: '1', b: '1' });
  const life = createLifetime('test');
  const contexts = await openContexts(needs, life);
  await expect(contexts.transport('b')).rejects.toThrow('no b');
  expect(() => contexts.entry('b')).toThrow('context was not found for specified context: b');
  await contexts.reload();
  expect((await contexts.transport('b')).context).toBe('b');
  await life.end();
});
