import { expect, test } from 'vitest';
import { createLifetime } from '../../../main/base/lifetime.ts';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import { createDemoSwitch, type DemoSnapshot } from '../../../main/demo/demo-switch.ts';

function createNeeds(failures: Error[] = []) {
  const steps: string[] = [];
  return {
    steps,
    needs: {
      async startCluster(): Promise<DemoCluster> {
        const failure = failures.shift();
        if (failure) throw failure;
        steps.push('started');
        return {
          kubeconfigPath: '/demo/kubeconfig',
          contextName: 'kubereel-demo',
          server: 'https://127.0.0.1:1',
          stop: async () => void steps.push('stopped'),
        };
      },
      onRunning: async () => void steps.push('contexts read'),
    },
  };
}

test('is off until asked, starts once for all who ask, and stops with its lifetime', async () => {
  const { needs, steps } = createNeeds();
  const life = createLifetime('test');
  const demo = createDemoSwitch(needs, life);
  const told: DemoSnapshot[] = [];
  demo.onChanged((snapshot) => told.push(snapshot));
  expect(demo.snapshot()).toEqual({ state: 'off', kubeconfigPath: null });
  expect(await Promise.all([demo.start(), demo.start()])).toEqual(['kubereel-demo', 'kubereel-demo']);
  expect(told.map(({ state }) => state)).toEqual(['starting', 'running']);
  expect(demo.snapshot().kubeconfigPath).toBe('/demo/kubeconfig');
  await life.end();
  expect(steps).toEqual(['started', 'contexts read', 'stopped']);
});

test('after a failed start it can be started again', async () => {
  const { needs } = createNeeds([new Error('no port')]);
  const life = createLifetime('test');
  const demo = createDemoSwitch(needs, life);
  await expect(demo.start()).rejects.toThrow('no port');
  expect(demo.snapshot()).toEqual({ state: 'failed', kubeconfigPath: null });
  expect(await demo.start()).toBe('kubereel-demo');
  await life.end();
});
