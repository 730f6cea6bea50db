import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { fetchContainerLog } from '../kube/container-log.ts';
import { fetchContainerEnd, type StartedContainer, waitForContainer } from '../kube/container-wait.ts';
import { addDebugContainer } from '../kube/debug-container.ts';
import type { DebugProfile } from '../kube/debug-profile.ts';
import type { PodInfo } from '../kube/pod-info.ts';
import { getPod } from '../kube/pods.ts';
import { type ExecEnd, type ExecStream, openExecStream } from './exec-stream.ts';
import type { ExecRequest } from './exec-url.ts';
import { isNoProgram } from './no-shell.ts';
import { type GuardNeeds, guardPod } from './pod-guard.ts';
import type { ShellPlace } from './shell.ts';
import type { ShellFacts } from './shell-facts.ts';

/** A debug container, as a person or `kubectl debug` asks for it. */
export interface DebugTarget {
  readonly namespace: string;
  readonly pod: string;
  /** The container to look at; absent: the pod's default one. */
  readonly container?: string;
  readonly image: string;
  /** Empty: what the image runs by itself. */
  readonly command: readonly string[];
  readonly profile: DebugProfile;
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface OpenedDebug {
  readonly stream: ExecStream;
  /** The debug container's own name. */
  readonly container: string;
  /** The container that it looks at. */
  readonly target: string;
  readonly place: ShellPlace;
  readonly facts: ShellFacts;
}

export interface OpenDebugOptions {
  /** What is waited for, in words, each time that it is something else. */
  onProgress(words: string): void;
  readonly signal: AbortSignal;
}

type Terminated = Extract<StartedContainer, { kind: 'terminated' }>;

/**
 * Adds a debug container to a pod, waits until it runs and attaches to it. One that ended before that gives its log
 * instead, then its end. The stream's exit code is the container's, since an attach has none of its own
 * (kubernetes/kubernetes#63694); closing the stream ends what runs in the container, which stays in the pod's list.
 */
export async function openDebugContainer(
  needs: GuardNeeds,
  wanted: DebugTarget,
  size: TerminalSize,
  { onProgress, signal }: OpenDebugOptions,
): Promise<OpenedDebug> {
  const { namespace, pod, image, command, profile, stdin, tty } = wanted;
  const details = await getPod(needs, { namespace, pod }, { signal });
  const target = chooseTarget(details, wanted.container);
  const added = { namespace, pod, target, image, command, profile, stdin, tty };
  const { name: container, podUid } = await addDebugContainer(needs, added, { signal });
  onProgress(`container ${container} is added, with ${image}`);
  const request: ExecRequest = {
    kind: 'attach',
    namespace,
    pod,
    container,
    command: [],
    stdin,
    tty,
    isOurs: true,
  };
  const started = await waitForContainer(needs, request, onProgress, { signal });
  const stream =
    started.kind === 'running'
      ? await attach(needs, request, image, size, signal)
      : await createEndedStream(needs, request, image, started, signal);
  const facts: ShellFacts = {
    podUid,
    ...(details.node !== null && { node: details.node }),
    image,
    origin: { kind: 'debug', target },
  };
  return { stream, container, target, place: { server: needs.transport.server, podUid }, facts };
}

function chooseTarget(pod: PodInfo, named: string | undefined): string {
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') {
    throw new AppError(
      'pod-completed',
      `cannot add a debug container to a completed pod; current phase is ${pod.phase}`,
      { hint: 'A completed pod runs nothing any more; its logs may still be there.' },
    );
  }
  const names = pod.containers.filter(({ kind }) => kind === 'container').map(({ name }) => name);
  const target = named ?? pod.defaultContainer;
  if (names.includes(target)) return target;
  throw new AppError('container-unknown', `container ${target} not found in pod ${pod.name}`, {
    hint: `A debug container looks at one of the pod’s containers: ${names.join(', ')}.`,
  });
}

async function attach(
  needs: GuardNeeds,
  request: ExecRequest,
  image: string,
  size: TerminalSize,
  signal: AbortSignal,
): Promise<ExecStream> {
  let stream: ExecStream;
  try {
    stream = await openExecStream(needs, request, { size, signal });
    guardPod(needs, request, stream);
  } catch (error) {
    // It may have ended in between; kubectl shows its log then, too.
    const end = signal.aborted ? undefined : await fetchContainerEnd(needs, request, { signal });
    if (!end) throw error;
    return createEndedStream(needs, request, image, end, signal);
  }
  const leaving = new AbortController();
  return {
    ...stream,
    ended: stream.ended.then((end) => withExitCode(needs, request, end, leaving.signal)),
    async close() {
      await stream.close();
      leaving.abort();
    },
  };
}

/** Never rejects. */
async function withExitCode(
  needs: GuardNeeds,
  request: ExecRequest,
  end: ExecEnd,
  signal: AbortSignal,
): Promise<ExecEnd> {
  // Also where the server stayed silent, and the pod's own status told of the end.
  const isOver = end.kind === 'exited' || (end.kind === 'failed' && end.error.code === 'container-ended');
  if (!isOver) return end;
  const terminated = await fetchContainerEnd(needs, request, { signal });
  return terminated ? { kind: 'exited', exitCode: terminated.exitCode } : end;
}

/** What a container that is over has left: its log, then how it ended. */
async function createEndedStream(
  needs: GuardNeeds,
  request: ExecRequest,
  image: string,
  end: Terminated,
  signal: AbortSignal,
): Promise<ExecStream> {
  // Why it ended matters more than what it said: a log that cannot be had is none.
  const log = await fetchContainerLog(needs, request, { signal }).catch(() => new Uint8Array());
  signal.throwIfAborted();
  const over = new AppError('session-ended', `container ${request.container} has ended`);
  return {
    subprotocol: '',
    output: (async function* () {
      if (log.byteLength > 0) yield { channel: 'stdout' as const, bytes: log };
    })(),
    write: () => Promise.reject(over),
    closeInput: async () => {},
    resize() {},
    fail() {},
    close: async () => {},
    ended: Promise.resolve(toEnd(request, image, end)),
  };
}

/** Reasons of a program that ran and ended by itself; every other one says more than an exit code. */
const OWN_END: ReadonlySet<string> = new Set(['', 'Completed', 'Error']);

function toEnd({ container, pod }: ExecRequest, image: string, end: Terminated): ExecEnd {
  const { exitCode, reason, message } = end;
  if (OWN_END.has(reason)) return { kind: 'exited', exitCode };
  const detail = message === '' ? `exit code ${exitCode}` : message;
  if (isNoProgram(message)) {
    const error = new AppError('exec-failed', `image ${image} has not the program that was to run in it`, {
      detail,
      hint: 'Choose an image with a shell, such as busybox.',
    });
    return { kind: 'failed', error };
  }
  const error = new AppError(
    'exec-failed',
    `container ${container} of ${pod} ended before it could be attached to: ${reason}`,
    { detail, hint: 'See what the image runs, and what the node says about it: kubectl describe pod.' },
  );
  return { kind: 'failed', error };
}
