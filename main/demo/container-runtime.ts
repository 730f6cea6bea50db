import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import { containerEnvironment, podHomes, prepareContainerHome } from './container-home.ts';
import type { ContainerProcess } from './container-process.ts';
import type { ContainerPlan, PodPlan } from './demo-pods.ts';
import { findExecutable } from './executable.ts';
import { startPipedProcess } from './piped-process.ts';
import { type EndOptions, endFamilies, findInhabitants } from './process-family.ts';
import { internalError, StatusError } from './status.ts';
import { startTerminalProcess } from './terminal-process.ts';

/** Runs programs "in containers": as processes of this machine, each in a scratch home, all of them accounted for. */
export interface ContainerRuntime {
  /** Throws a status in a container runtime's words for what cannot be run. End it with `end`. */
  start(work: ContainerWork): Promise<ContainerProcess>;
  /** Ends a program and all it has started. Harmless where it has ended. */
  end(process: ContainerProcess): Promise<void>;
  /** Ends all that runs in a container; it may be used again. */
  endContainer(pod: PodPlan, containerName: string): Promise<void>;
  /** Ends all that runs in a pod and removes its homes; nothing can be started in it any more. */
  endPod(pod: PodPlan): Promise<void>;
  /** The same for all pods. */
  stop(): Promise<void>;
}

export interface ContainerWork {
  readonly pod: PodPlan;
  readonly container: ContainerPlan;
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly hasInput: boolean;
}

/** A closed terminal's programs get time to save, but not as long as somebody would notice it. */
const HANG_UP: EndOptions = { signal: 'SIGHUP', graceMs: 300 };
/** The programs of a deleted pod, a failed container or a stopped demo: as the kubelet does it. */
const TERMINATE: EndOptions = { signal: 'SIGTERM', graceMs: 500 };

export function createContainerRuntime(needs: {
  readonly clock: Clock;
  /** A folder of our own; made when it is needed, removed by `stop`. */
  readonly homes: string;
}): ContainerRuntime {
  const running = new Map<ContainerProcess, ContainerWork>();
  const ending = new Map<ContainerProcess, Promise<void>>();
  const endedPods = new Set<PodPlan>();
  let isStopped = false;

  function isOver({ pod }: ContainerWork): boolean {
    return isStopped || endedPods.has(pod);
  }

  function end(process: ContainerProcess, options: EndOptions): Promise<void> {
    if (!running.has(process)) return Promise.resolve();
    const current = ending.get(process) ?? endOnce(process, options);
    ending.set(process, current);
    return current;
  }

  async function endOnce(process: ContainerProcess, options: EndOptions): Promise<void> {
    try {
      await endFamilies(needs, [process.pid], options);
    } finally {
      running.delete(process);
      ending.delete(process);
    }
  }

  async function endWhere(isMeant: (work: ContainerWork) => boolean): Promise<void> {
    const meant = [...running].filter(([, work]) => isMeant(work));
    await Promise.all(meant.map(([process]) => end(process, TERMINATE)));
  }

  /** With what still lives there: programs that put themselves out of their shell's reach. */
  async function clear(folder: string): Promise<void> {
    await endFamilies(needs, await findInhabitants(folder), TERMINATE);
    await rm(folder, { recursive: true, force: true });
  }

  return {
    async start(work) {
      const home = await prepareContainerHome(needs.homes, work.pod, work.container);
      const environment = containerEnvironment(home, work.pod.name, work);
      const [name = '', ...args] = work.command;
      const found = work.container.hasPrograms
        ? await findExecutable(name, { searchPath: environment['PATH'] ?? '', folder: home })
        : ({ kind: 'missing', reason: 'executable file not found in $PATH' } as const);
      if (isOver(work)) throw new StatusError(containerNotFound(work.container.name));
      if (found.kind === 'missing') throw new StatusError(startFailure(name, found.reason));
      const plan = { executable: found.path, args, folder: home, environment };
      const process = await startProcess(needs.clock, plan, work, name);
      running.set(process, work);
      // The pod may have gone while the program started.
      if (isOver(work)) await end(process, TERMINATE);
      return process;
    },
    end: (process) => end(process, HANG_UP),
    async endContainer(pod, containerName) {
      await endWhere((work) => work.pod === pod && work.container.name === containerName);
    },
    async endPod(pod) {
      endedPods.add(pod);
      await endWhere((work) => work.pod === pod);
      await clear(podHomes(needs.homes, pod));
    },
    async stop() {
      isStopped = true;
      await endWhere(() => true);
      await clear(needs.homes);
    },
  };
}

async function startProcess(
  clock: Clock,
  plan: Parameters<typeof startPipedProcess>[0],
  work: ContainerWork,
  name: string,
): Promise<ContainerProcess> {
  try {
    return work.tty
      ? await startTerminalProcess({ clock }, plan)
      : await startPipedProcess(plan, { hasInput: work.hasInput });
  } catch (error) {
    throw new StatusError(startFailure(name, toAppError(error).message));
  }
}

/** What a kubelet's refusal becomes on the error channel. */
export function containerNotFound(name: string): ReturnType<typeof internalError> {
  return internalError(`unable to upgrade connection: container not found (${JSON.stringify(name)})`);
}

/** As containerd with runc says it. */
function startFailure(name: string, reason: string): ReturnType<typeof internalError> {
  const execId = randomBytes(32).toString('hex');
  return internalError(
    `error executing command in container: failed to exec in container: failed to start exec "${execId}": ` +
      `OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(name)}: ${reason}: unknown`,
  );
}
