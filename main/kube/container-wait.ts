import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { fetchJson } from './api-client.ts';
import type { KubeTransport } from './transport.ts';

/** A container that was made for us: it runs, or it has ended before anybody could see it run. */
export type StartedContainer =
  | { readonly kind: 'running' }
  | {
      readonly kind: 'terminated';
      readonly exitCode: number;
      /** `Completed`, `Error`, `StartError`, …; may be empty. */
      readonly reason: string;
      /** The runtime's words; may be empty. */
      readonly message: string;
    };

interface ContainerPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ContainerWaitNeeds {
  readonly transport: KubeTransport;
  readonly clock: Pick<Clock, 'sleep' | 'nowMicros'>;
}

/** Asked, not watched: that needs the verb get alone, and an image is pulled for seconds or minutes. */
const POLL_MS = 500;
/** For the largest of debug images over a slow line; kubectl waits for ever. */
const START_LIMIT_MS = 5 * 60_000;
/** For the status behind an end that we have seen already: the kubelet reports it within seconds. */
const END_LIMIT_MS = 10_000;
/** What the kubelet waits for and no time mends (kubelet, images/types.go, kuberuntime_container.go). */
const HOPELESS: ReadonlySet<string> = new Set(['InvalidImageName', 'ErrImageNeverPull']);

const text = v.nullish(v.string(), '');
const statuses = v.nullish(
  v.array(
    v.object({
      name: v.string(),
      state: v.nullish(
        v.object({
          running: v.nullish(v.object({})),
          waiting: v.nullish(v.object({ reason: text, message: text })),
          terminated: v.nullish(
            v.object({ exitCode: v.nullish(v.number(), 0), reason: text, message: text }),
          ),
        }),
        {},
      ),
    }),
  ),
  [],
);
const schema = v.object({
  status: v.nullish(
    v.object({
      phase: text,
      reason: text,
      message: text,
      containerStatuses: statuses,
      ephemeralContainerStatuses: statuses,
    }),
    {},
  ),
});
type PodStatus = v.InferOutput<typeof schema>['status'];
type ContainerState = PodStatus['containerStatuses'][number]['state'];

/**
 * Waits until a container runs or has ended. `onWaiting` is told what it waits for each time that is new, in the
 * kubelet's words. Rejects with `pod-not-found`, `exec-failed` for what cannot start, or `timed-out` after five
 * minutes.
 */
export async function waitForContainer(
  needs: ContainerWaitNeeds,
  place: ContainerPlace,
  onWaiting: (words: string) => void,
  { signal }: { signal: AbortSignal },
): Promise<StartedContainer> {
  const { clock } = needs;
  const startedMicros = clock.nowMicros();
  let told = '';
  while (true) {
    const found = await look(needs, place, signal);
    if (found.kind !== 'waiting') return found;
    if (found.words !== '' && found.words !== told) onWaiting(found.words);
    told = found.words;
    if (millisSince(clock, startedMicros) > START_LIMIT_MS) throw createTimeout(place, told);
    await clock.sleep(POLL_MS, { signal });
  }
}

async function look(
  needs: ContainerWaitNeeds,
  place: ContainerPlace,
  signal: AbortSignal,
): Promise<StartedContainer | { readonly kind: 'waiting'; readonly words: string }> {
  let status: PodStatus;
  try {
    status = await fetchStatus(needs, place, signal);
  } catch (error) {
    // The container goes on starting meanwhile, and an ephemeral one cannot be taken back.
    if (!(error instanceof AppError) || error.code !== 'cluster-unreachable') throw error;
    return { kind: 'waiting', words: error.message };
  }
  const state = stateOf(status, place.container);
  if (state?.running) return { kind: 'running' };
  if (state?.terminated) return { kind: 'terminated', ...state.terminated };
  // The kubelet refused the pod as a whole, as for want of room.
  if (status.phase === 'Failed') throw createRefused(place, status.reason, status.message);
  const { reason, message } = state?.waiting ?? { reason: '', message: '' };
  if (HOPELESS.has(reason)) throw createRefused(place, reason, message);
  return { kind: 'waiting', words: message || reason || status.message };
}

/** How a container has ended; undefined where the server does not say so in time, or not at all. */
export async function fetchContainerEnd(
  needs: ContainerWaitNeeds,
  place: ContainerPlace,
  { signal }: { signal: AbortSignal },
): Promise<Extract<StartedContainer, { kind: 'terminated' }> | undefined> {
  const { clock } = needs;
  const startedMicros = clock.nowMicros();
  try {
    while (millisSince(clock, startedMicros) < END_LIMIT_MS) {
      const state = stateOf(await fetchStatus(needs, place, signal), place.container);
      if (state?.terminated) return { kind: 'terminated', ...state.terminated };
      await clock.sleep(POLL_MS, { signal });
    }
  } catch {
    // What cannot be asked stays unknown: the end itself is known.
  }
  return undefined;
}

async function fetchStatus(
  { transport }: ContainerWaitNeeds,
  { namespace, pod }: ContainerPlace,
  signal: AbortSignal,
): Promise<PodStatus> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`;
  try {
    return (await fetchJson(transport, { method: 'GET', path, signal }, schema)).status;
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== 'not-found') throw cause;
    throw new AppError('pod-not-found', `pod ${namespace}/${pod} was deleted while its container started`, {
      hint: 'Look for its successor in the list of pods.',
      cause,
    });
  }
}

function stateOf(status: PodStatus, container: string): ContainerState | undefined {
  const all = [...status.ephemeralContainerStatuses, ...status.containerStatuses];
  return all.find(({ name }) => name === container)?.state;
}

function createRefused(
  { namespace, pod, container }: ContainerPlace,
  reason: string,
  words: string,
): AppError {
  return new AppError(
    'exec-failed',
    `container ${container} of ${namespace}/${pod} cannot start: ${words || reason}`,
    { hint: 'Check the name of the image, and that the node may pull it.', detail: reason },
  );
}

function createTimeout({ namespace, pod, container }: ContainerPlace, words: string): AppError {
  const because = words === '' ? '' : `: ${words}`;
  return new AppError(
    'timed-out',
    `container ${container} of ${namespace}/${pod} did not start within 5 minutes${because}`,
    { hint: 'The node may not be able to pull the image: check its name, the registry and the pull secret.' },
  );
}

function millisSince(clock: Pick<Clock, 'nowMicros'>, startedMicros: number): number {
  return (clock.nowMicros() - startedMicros) / 1_000;
}
