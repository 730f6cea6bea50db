import { randomUUID } from 'node:crypto';
import type { PodsChange } from '../../preload/contract.ts';
import { AppError } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import { listNamespaces } from '../kube/namespaces.ts';
import { watchPods } from '../kube/pods.ts';
import { toProblem } from './problem.ts';
import type { CallsOf, Rooms } from './rooms.ts';

/** A page follows a handful of namespaces; a page that asks for more than this has lost count. */
const MAX_WATCHES = 32;

export function answerPods(
  { contexts, clock }: Rooms,
  tell: (change: PodsChange) => void,
  life: Lifetime,
): CallsOf<'namespaces.list' | 'pods.watch' | 'pods.unwatch'> {
  const watches = new Map<string, Lifetime>();

  async function follow(
    watchId: string,
    context: string,
    namespace: string | null,
    watch: Lifetime,
  ): Promise<void> {
    try {
      const transport = await contexts.transport(context);
      await watchPods(
        { transport, clock },
        { namespace },
        ({ state, reset, upserted, removed }) =>
          tell({
            watchId,
            state: 'error' in state ? { kind: state.kind, problem: toProblem(state.error) } : state,
            reset,
            upserted,
            removed,
          }),
        { signal: watch.signal },
      );
    } catch (error) {
      if (watch.signal.aborted) return;
      tell({
        watchId,
        state: { kind: 'failed', problem: toProblem(error) },
        reset: false,
        upserted: [],
        removed: [],
      });
    }
  }

  return {
    'namespaces.list': async ({ context }, { signal }) => {
      const transport = await contexts.transport(context);
      try {
        return { namespaces: await listNamespaces({ transport }, { signal }) };
      } catch (error) {
        signal.throwIfAborted();
        return { namespaces: [contexts.entry(context).namespace], problem: toProblem(error) };
      }
    },
    'pods.watch': async ({ context, namespace }) => {
      contexts.entry(context);
      if (watches.size >= MAX_WATCHES) {
        throw new AppError('bad-input', `${MAX_WATCHES} lists of pods are followed already`);
      }
      const watchId = randomUUID();
      const watch = life.child(`pods of ${context}`);
      watches.set(watchId, watch);
      // Told by events, its failures too.
      void follow(watchId, context, namespace, watch);
      return { watchId };
    },
    'pods.unwatch': async ({ watchId }) => {
      await watches.get(watchId)?.end();
      watches.delete(watchId);
      return {};
    },
  };
}
