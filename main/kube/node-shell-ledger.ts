import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomically } from '../base/atomic-file.ts';
import { systemCode } from '../base/errors.ts';
import { makePrivateFolder } from '../base/paths.ts';
import { createTurns } from '../base/turns.ts';

/** A pod on a node that somebody has to delete. */
export interface NodePod {
  readonly context: string;
  /** The context may name another cluster by the time the pod is swept. */
  readonly server: string;
  readonly namespace: string;
  readonly pod: string;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
}

/** What this run has to delete, on the disk before it exists, so that a crash cannot lose it. */
export interface NodeShellLedger {
  /** The label's value for all pods of this run. */
  readonly instance: string;
  /** Resolves when it is on the disk. */
  add(pod: NodePod): Promise<void>;
  remove(pod: NodePod): Promise<void>;
  /** What runs that are over have left behind on a context. */
  findLost(context: string): Promise<readonly LostNodePod[]>;
  /** After it has been deleted, or was found to be gone. */
  forgetLost(lost: LostNodePod): Promise<void>;
}

export interface LostNodePod extends NodePod {
  readonly instance: string;
}

export interface LedgerNeeds {
  /** A folder of our own; made when it is needed. */
  readonly folder: string;
  readonly clock: { nowMs(): number };
  /** Another run that still lives deletes its own pods. */
  readonly owner: { describe(): ProcessOwner; isAlive(owner: ProcessOwner): boolean };
}

/** Enough to tell later whether a process still runs. */
export interface ProcessOwner {
  readonly hostName: string;
  readonly processId: number;
  /** Unix milliseconds. */
  readonly processStartedAtMs: number;
}

/** A cluster that is never seen again: its pods have ended by themselves long before. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60_000;
const INSTANCE_BYTES = 8;

const podSchema = v.object({
  context: v.string(),
  server: v.string(),
  namespace: v.string(),
  pod: v.string(),
  createdAtMs: v.number(),
});
const fileSchema = v.object({
  instance: v.pipe(v.string(), v.regex(/^[a-f0-9]{16}$/)),
  owner: v.object({ hostName: v.string(), processId: v.number(), processStartedAtMs: v.number() }),
  pods: v.array(podSchema),
});
type LedgerFile = v.InferOutput<typeof fileSchema>;

/** One file a run, readable by the user alone; gone when nothing is left to delete. */
export function createNodeShellLedger({ folder, clock, owner }: LedgerNeeds): NodeShellLedger {
  const instance = randomBytes(INSTANCE_BYTES).toString('hex');
  const turns = createTurns();
  let own: readonly NodePod[] = [];

  function save(pods: readonly NodePod[]): Promise<void> {
    return turns.take(async () => {
      await makePrivateFolder(folder);
      await write(folder, { instance, owner: owner.describe(), pods: [...pods] });
    });
  }

  async function readLost(): Promise<LedgerFile[]> {
    const files = await Promise.all((await listFiles(folder)).map((name) => read(join(folder, name))));
    const { hostName } = owner.describe();
    return files.filter(
      (file) =>
        file !== undefined &&
        file.instance !== instance &&
        // A home on a shared disk: whether another machine's run still lives cannot be seen from here.
        file.owner.hostName === hostName &&
        !owner.isAlive(file.owner),
    ) as LedgerFile[];
  }

  return {
    instance,
    add(pod) {
      own = [...own, pod];
      return save(own);
    },
    remove(pod) {
      own = own.filter((other) => other !== pod);
      return save(own);
    },
    async findLost(context) {
      const oldestMs = clock.nowMs() - FORGET_AFTER_MS;
      const lost = await readLost();
      for (const file of lost) {
        const kept = file.pods.filter(({ createdAtMs }) => createdAtMs > oldestMs);
        if (kept.length < file.pods.length) await write(folder, { ...file, pods: kept });
      }
      return lost.flatMap(({ instance: writer, pods }) =>
        pods
          .filter((pod) => pod.context === context && pod.createdAtMs > oldestMs)
          .map((pod) => ({ ...pod, instance: writer })),
      );
    },
    forgetLost: (lost) =>
      turns.take(async () => {
        const file = await read(join(folder, fileName(lost.instance)));
        if (!file) return;
        const pods = file.pods.filter(
          ({ namespace, pod }) => namespace !== lost.namespace || pod !== lost.pod,
        );
        await write(folder, { ...file, pods });
      }),
  };
}

function fileName(instance: string): string {
  return `${instance}.json`;
}

async function write(folder: string, file: LedgerFile): Promise<void> {
  const path = join(folder, fileName(file.instance));
  if (file.pods.length === 0) await rm(path, { force: true });
  else await writeFileAtomically(path, `${JSON.stringify(file, undefined, 2)}\n`);
}

/** Undefined where another run has deleted it meanwhile, or for what is none of ours. */
async function read(path: string): Promise<LedgerFile | undefined> {
  try {
    const parsed = v.safeParse(fileSchema, JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
