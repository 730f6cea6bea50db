import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHELL_COMMAND } from '../../main/exec/shell-choice.ts';
import { kubectlEnvironment, kubectlPath } from '../fakes/demo-kubectl.ts';
import { CLI, startDemoProcess } from './demo-process.ts';
import { composeOurs } from './ours.ts';
import { bareExec, downloadByProgram, kubectlArgs, kubectlPrompt, uploadByProgram } from './peers.ts';
import { type Contender, compare, formatStandings } from './statistics.ts';
import {
  CONTAINER,
  CONTEXT,
  DOWNLOAD,
  NAMESPACE,
  PACED_DOWNLOAD,
  POD,
  TRANSFER_BYTES,
  UPLOAD,
  uploadChunks,
} from './work.ts';

/**
 * Time to the first prompt and throughput, against kubectl and a bare socket in the same run. Medians of five
 * rounds, as ratios: times alone say more about the machine. Nothing is asserted.
 */
const ROUNDS = 5;

const MIB = 1024 * 1024;
const demo = await startDemoProcess();
const ours = await composeOurs(demo);
const env = kubectlEnvironment(demo.kubeconfigPath);
const home = await mkdtemp(join(tmpdir(), 'kubereel-bench-command-'));
const commandEnv = { ...env, KUBEREEL_HOME: home };

/** `kubereel exec` as a process, recorded as always; its record is removed, as disks may be small. */
async function withCommand(
  run: (args: readonly string[]) => Promise<number>,
  flags: readonly string[],
  words: readonly string[],
): Promise<number> {
  const target = [`--context=${CONTEXT}`, '-n', NAMESPACE, '-c', CONTAINER, ...flags, POD];
  const took = await run([CLI, 'exec', ...target, '--', ...words]);
  await rm(join(home, 'recordings'), { recursive: true, force: true });
  return took;
}

function withKubectl(name: string, run: (kubectl: string) => Promise<number>): Contender[] {
  return kubectlPath === undefined ? [] : [{ name, run: () => run(kubectlPath as string) }];
}

async function print(title: string, unit: string, contenders: readonly Contender[]): Promise<void> {
  const peer = kubectlPath === undefined ? 'bare ws' : 'kubectl';
  process.stdout.write(`${formatStandings(title, unit, peer, await compare(contenders, ROUNDS))}\n`);
}

async function printDownloads(title: string, command: readonly string[]): Promise<void> {
  await print(title, 'ms', [
    ...withKubectl('kubectl', (kubectl) =>
      downloadByProgram(kubectl, kubectlArgs([], command), env, TRANSFER_BYTES),
    ),
    { name: 'bare ws', run: () => bareExec(demo, { command, tty: false }) },
    ...[false, true].map((isRecorded) => ({
      name: `kubereel core, ${isRecorded ? 'recorded' : 'not recorded'}`,
      run: () => ours.transfer({ command, isRecorded, expectedBytes: TRANSFER_BYTES }),
    })),
    {
      name: 'kubereel exec, recorded',
      run: () =>
        withCommand(
          (args) => downloadByProgram(process.execPath, args, commandEnv, TRANSFER_BYTES),
          [],
          command,
        ),
    },
  ]);
}

try {
  await print('Time to the first prompt', 'ms', [
    ...withKubectl('kubectl', (kubectl) => kubectlPrompt(kubectl, demo, SHELL_COMMAND)),
    { name: 'bare ws', run: () => bareExec(demo, { command: SHELL_COMMAND, tty: true, untilFirst: true }) },
    { name: 'kubereel, context in use', run: () => ours.firstPrompt() },
  ]);
  await printDownloads(`Download of ${TRANSFER_BYTES / MIB} MiB`, DOWNLOAD);
  await printDownloads('The same at the pace of a network', PACED_DOWNLOAD);
  await print(`Upload of ${TRANSFER_BYTES / MIB} MiB`, 'ms', [
    ...withKubectl('kubectl', (kubectl) =>
      uploadByProgram(kubectl, kubectlArgs(['-i'], UPLOAD), env, uploadChunks()),
    ),
    { name: 'bare ws', run: () => bareExec(demo, { command: UPLOAD, tty: false, input: uploadChunks() }) },
    ...[false, true].map((isRecorded) => ({
      name: `kubereel core, ${isRecorded ? 'recorded' : 'not recorded'}`,
      run: () => ours.transfer({ command: UPLOAD, input: uploadChunks(), isRecorded, expectedBytes: 0 }),
    })),
    {
      name: 'kubereel exec, recorded',
      run: () =>
        withCommand(
          (args) => uploadByProgram(process.execPath, args, commandEnv, uploadChunks()),
          ['-i'],
          UPLOAD,
        ),
    },
  ]);
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const inMib = (bytes: number): string => `${(bytes / MIB).toFixed(0)} MiB`;
  process.stdout.write(
    `Memory at the end: ${inMib(rss)} resident, ${inMib(heapUsed)} heap, ${inMib(arrayBuffers)} buffers\n`,
  );
} finally {
  await ours.end();
  await demo.stop();
  await rm(home, { recursive: true, force: true });
}
