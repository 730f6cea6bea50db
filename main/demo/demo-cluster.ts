import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../base/atomic-file.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { createLifetime, type Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import { makeSecret } from '../base/loopback.ts';
import { createLoopbackCertificates } from '../base/loopback-certificates.ts';
import { startApiServer } from './api-server.ts';
import { createContainerRuntime } from './container-runtime.ts';
import { createDebugChanges } from './debug-changes.ts';
import { makeRunFolder } from './demo-folder.ts';
import { DEMO_CONTEXT, formatDemoKubeconfig } from './demo-kubeconfig.ts';
import { NAMESPACES, POD_PLANS } from './demo-pods.ts';
import { createDemoStore } from './demo-store.ts';
import { createExecEndpoint } from './exec-endpoint.ts';
import { buildNamespace, buildPod } from './pod-builder.ts';
import { createPodDeletion } from './pod-deletion.ts';
import { keepCrashing } from './restarts.ts';

export interface DemoNeeds {
  readonly clock: Clock;
  readonly log: Log;
  /** Where its kubeconfig and its containers' homes go, in a folder of its own that is removed at the end. */
  readonly folder: string;
}

/** A small Kubernetes cluster on this machine. Its pods' shells are real shells, running as the user. */
export interface DemoCluster {
  /** Readable by the user alone, as it holds the token. Gone after `stop`. */
  readonly kubeconfigPath: string;
  readonly contextName: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** Ends every session and program, then the server. Calling it again returns the same promise. */
  stop(): Promise<void>;
}

/** Starts the demo cluster. Throws `demo-failed`; stops by itself when the signal aborts. */
export async function startDemoCluster(
  needs: DemoNeeds,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<DemoCluster> {
  const life = createLifetime('demo cluster', (error, name) => {
    needs.log.warn({ error: toAppError(error).message, lifetime: name }, 'demo cluster did not end cleanly');
  });
  try {
    signal?.throwIfAborted();
    const cluster = await startIn(needs, life);
    signal?.throwIfAborted();
    // Not awaited: an abort has nobody to wait for it, and `end` never rejects.
    signal?.addEventListener('abort', () => void life.end(), { once: true, signal: life.signal });
    return cluster;
  } catch (error) {
    await life.end();
    signal?.throwIfAborted();
    throw new AppError('demo-failed', `the demo cluster could not start: ${toAppError(error).message}`, {
      cause: error,
      hint: 'See the log; the demo needs a free port on 127.0.0.1 and a folder to write to.',
    });
  }
}

async function startIn({ clock, log, folder }: DemoNeeds, life: Lifetime): Promise<DemoCluster> {
  const nowMs = clock.nowMs();
  const [runFolder, certificates] = await Promise.all([
    makeRunFolder(folder),
    createLoopbackCertificates(nowMs, 'kubereel-demo'),
  ]);
  life.own(() => rm(runFolder, { recursive: true, force: true }));

  const store = createDemoStore();
  for (const { name, ageMinutes } of NAMESPACES)
    store.put('namespaces', buildNamespace(name, ageMinutes, nowMs));
  const plans = [...POD_PLANS];
  for (const plan of plans) store.put('pods', buildPod(plan, nowMs));

  const runtime = createContainerRuntime({ clock, homes: join(runFolder, 'homes') });
  life.own(() => runtime.stop());
  const token = makeSecret();
  const server = await startApiServer(
    {
      clock,
      log,
      store,
      certificates,
      token,
      deletePod: createPodDeletion({ clock, log, store, plans, runtime }, life),
      exec: createExecEndpoint({ clock, log, store, plans, runtime }),
      debug: createDebugChanges({ clock, store, plans }, life),
    },
    life,
  );
  for (const plan of POD_PLANS.filter(({ life: podLife }) => podLife.kind === 'crashing')) {
    const onCrashed = (): Promise<void> => runtime.endContainer(plan, plan.containers[0]?.name ?? '');
    // Not awaited: it runs until the demo or the pod ends, and rejects only by the demo's end.
    keepCrashing({ clock, store, onCrashed }, plan, life).catch(() => {});
  }

  const kubeconfigPath = join(runFolder, 'kubeconfig');
  await writeFileAtomically(
    kubeconfigPath,
    formatDemoKubeconfig({ server, authority: certificates.authority, token }),
  );
  log.info({ server, kubeconfigPath }, 'demo cluster started');
  return { kubeconfigPath, contextName: DEMO_CONTEXT, server, stop: () => life.end() };
}
