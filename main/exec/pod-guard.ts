import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { PodInfo } from '../kube/pod-info.ts';
import { getPod, type PodsChange, watchPods } from '../kube/pods.ts';
import type { KubeTransport } from '../kube/transport.ts';
import type { ExecEnd, ExecStream } from './exec-stream.ts';

/** Where a remote command runs. */
export interface GuardedPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Absent where it is not known yet. */
  readonly podUid?: string;
}

export interface GuardNeeds {
  readonly transport: KubeTransport;
  readonly clock: Clock;
}

/** So that the first prompt does not share its moment with a watch; short commands cost none. */
const START_MS = 2_000;
/** How long the server may take to tell the exit status of what has ended, which says more. */
const GRACE_MS = 2_000;
/** Where the role has `get` and not `watch`; with the grace it is below ten seconds. */
const POLL_MS = 6_000;
/** While the cluster does not answer, which is for the stream itself to notice. */
const TROUBLED_POLL_MS = 60_000;

/**
 * Ends a remote command whose pod was deleted or whose container has ended, where the server stays silent about
 * it (kubernetes/kubernetes#129144). Follows that one pod until the command has ended; without the right to see
 * it, does nothing.
 */
export function guardPod(needs: GuardNeeds, place: GuardedPlace, stream: ExecStream): PodGuard {
  const over = new AbortController();
  const judge = createJudge(place);
  // Neither rejects: a guard that cannot go on has no more to say.
  void stream.ended.then(() => over.abort());
  void guard(needs, place, judge, stream, over.signal).catch(() => {});
  return {
    explain(end) {
      if (end.kind !== 'exited' || !KILLED_EXIT_CODES.has(end.exitCode) || !judge.hasSeenDeletion) return end;
      return { ...end, note: createPodGone(place.namespace, place.pod).message };
    },
  };
}

export interface PodGuard {
  /** Says of a command that was killed that its pod was deleted, where that was seen. */
  explain(end: ExecEnd): ExecEnd;
}

/** By SIGKILL and SIGTERM, with which a kubelet ends what is in a pod. */
const KILLED_EXIT_CODES: ReadonlySet<number> = new Set([137, 143]);

async function guard(
  needs: GuardNeeds,
  place: GuardedPlace,
  { judge }: DeletionJudge,
  stream: ExecStream,
  signal: AbortSignal,
): Promise<void> {
  await needs.clock.sleep(START_MS, { signal });
  const verdict = (await watch(needs, place, judge, signal)) ?? (await poll(needs, place, judge, signal));
  if (!verdict) return;
  await needs.clock.sleep(GRACE_MS, { signal });
  stream.fail(verdict);
}

interface DeletionJudge {
  readonly judge: Judge;
  /** That it is gone, or has been asked to go. */
  readonly hasSeenDeletion: boolean;
}

type Judge = (change: Pick<PodsChange, 'reset' | 'upserted' | 'removed'>) => AppError | undefined;

/** Undefined where it may not be watched. */
async function watch(
  needs: GuardNeeds,
  { namespace, pod }: GuardedPlace,
  judge: Judge,
  signal: AbortSignal,
): Promise<AppError | undefined> {
  const found = Promise.withResolvers<AppError>();
  const watching = new AbortController();
  const watched = watchPods(
    needs,
    { namespace, pod },
    (change) => {
      const verdict = change.state.kind === 'live' ? judge(change) : undefined;
      if (verdict) found.resolve(verdict);
    },
    { isUnattended: true, signal: AbortSignal.any([signal, watching.signal]) },
  );
  try {
    return await Promise.race([found.promise, watched]);
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    watching.abort();
  }
}

/** Undefined where it may not be read either. */
async function poll(
  needs: GuardNeeds,
  place: GuardedPlace,
  judge: Judge,
  signal: AbortSignal,
): Promise<AppError | undefined> {
  while (true) {
    const seen = await look(needs, place, signal);
    if (seen === 'forbidden') return undefined;
    const verdict = seen === 'unknown' ? undefined : judge({ reset: true, upserted: seen, removed: [] });
    if (verdict) return verdict;
    await needs.clock.sleep(seen === 'unknown' ? TROUBLED_POLL_MS : POLL_MS, { signal });
  }
}

async function look(
  needs: GuardNeeds,
  place: GuardedPlace,
  signal: AbortSignal,
): Promise<readonly PodInfo[] | 'forbidden' | 'unknown'> {
  try {
    return [await getPod(needs, place, { isUnattended: true, signal })];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) return 'unknown';
    if (error.code === 'pod-not-found') return [];
    return error.code === 'forbidden' ? 'forbidden' : 'unknown';
  }
}

/**
 * Tells, from what is seen of a pod, when nothing can run there any more. A deletion that has only been asked for
 * is none: the shell lives through its grace period.
 */
function createJudge({ namespace, pod: name, container, podUid }: GuardedPlace): DeletionJudge {
  let uid = podUid;
  let hasRun = false;
  let hasSeenDeletion = false;

  const judge: Judge = ({ reset, upserted, removed }) => {
    const pod = upserted.find((one) => one.name === name && (uid === undefined || one.uid === uid));
    uid ??= pod?.uid;
    const isGone = (uid !== undefined && removed.includes(uid)) || (!pod && reset);
    hasSeenDeletion ||= isGone || pod?.status === 'Terminating';
    if (isGone) return createPodGone(namespace, name);
    if (!pod) return undefined;
    const state = pod.containers.find((one) => one.name === container)?.state;
    hasRun ||= state === 'running';
    const isOver =
      pod.phase === 'Succeeded' ||
      pod.phase === 'Failed' ||
      state === 'terminated' ||
      (hasRun && state === 'waiting');
    return isOver ? createContainerEnded(pod, container) : undefined;
  };

  return {
    judge,
    get hasSeenDeletion() {
      return hasSeenDeletion;
    },
  };
}

export function createPodGone(namespace: string, pod: string): AppError {
  return new AppError('pod-gone', `pod ${namespace}/${pod} was deleted`, {
    hint: 'It may have been replaced: look for its successor in the list of pods.',
  });
}

function createContainerEnded({ namespace, name, status }: PodInfo, container: string): AppError {
  return new AppError('container-ended', `container ${container} of ${namespace}/${name} has ended`, {
    detail: `status of the pod: ${status}`,
    hint: 'If it starts again, open the shell again; what was in its files may be gone.',
  });
}
