import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import { containerEnvironment, prepareContainerHome } from './container-home.ts';
import type { ContainerProcess } from './container-process.ts';
import type { ContainerPlan, PodPlan } from './demo-pods.ts';
import { findExecutable } from './executable.ts';
import { startPipedProcess } from './piped-process.ts';
import { type EndOptions, endFamilies } from './process-family.ts';
import { internalError, StatusError } from './status.ts';
import { startTerminalProcess } from './terminal-process.ts';

/** Runs programs "in containers": as processes of this machine, each in a scratch home, all of them accounted for. */
export interface ContainerRuntime {
  /** Throws a status in a container runtime's words for what cannot be run. End it with `end`. */
  start(work: ContainerWork): Promise<ContainerProcess>;
  /** Ends a program and all it has started. Harmless where it has ended. */
  end(process: ContainerProcess): Promise<void>;
  /** Ends all that runs in a pod, or in one of its containers. */
  endAll(pod: PodPlan, containerName?: string): Promise<void>;
  /** Ends everything, and refuses to start more. */
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
/** A deleted pod's or a failed container's programs: as the kubelet does it. */
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

  async function endWhere(isMeant: (work: ContainerWork) => boolean, options: EndOptions): Promise<void> {
    const meant = [...running].filter(([, work]) => isMeant(work));
    await Promise.all(meant.map(([process]) => end(process, options)));
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
    async endAll(pod, containerName) {
      if (containerName === undefined) endedPods.add(pod);
      await endWhere(
        (work) => work.pod === pod && (containerName === undefined || work.container.name === containerName),
        TERMINATE,
      );
      if (containerName === undefined) {
        await rm(join(needs.homes, pod.namespace, pod.name), { recursive: true, force: true });
      }
    },
    async stop() {
      isStopped = true;
      await endWhere(() => true, HANG_UP);
      await rm(needs.homes, { recursive: true, force: true });
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
