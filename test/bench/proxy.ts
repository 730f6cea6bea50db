import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectlEnvironment, kubectlPath, runKubectl } from '../fakes/demo-kubectl.ts';
import { downloadByProgram, uploadByProgram } from './peers.ts';
import { startProxyProcess } from './proxy-process.ts';
import { type Contender, compare, formatStandings } from './statistics.ts';
import { TRANSFER_BYTES, uploadChunks } from './work.ts';

/**
 * kubectl through the proxy, recorded, beside kubectl alone, over both transports: throughput, and the time to the first
 * byte; and the proxy's memory before and after a copy of 1 GiB. Nothing is asserted.
 */
const ROUNDS = 5;
const MIB = 1024 * 1024;
const COPY_BYTES = 1024 * MIB;
const TRANSPORTS = [
  ['WebSocket', {}],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }],
] as const;

if (kubectlPath === undefined) {
  process.stdout.write('No kubectl here: there is nothing to compare the proxy with.\n');
  process.exit();
}
const kubectl = kubectlPath;
const proxy = await startProxyProcess();

type Run = (env: NodeJS.ProcessEnv) => Promise<number>;

/** Recordings are removed between the rounds. */
async function print(title: string, run: Run): Promise<void> {
  for (const [transport, environment] of TRANSPORTS) {
    const through = (path: string) => run({ ...kubectlEnvironment(path), ...environment });
    const contenders: readonly Contender[] = [
      { name: 'kubectl', run: () => through(proxy.directKubeconfig) },
      {
        name: 'kubectl through the proxy, recorded',
        async run() {
          const took = await through(proxy.kubeconfig);
          await proxy.forgetRecordings();
          return took;
        },
      },
    ];
    const standings = await compare(contenders, ROUNDS);
    process.stdout.write(`${formatStandings(`${title}, over ${transport}`, 'ms', 'kubectl', standings)}\n`);
  }
}

function exec(...words: readonly string[]): readonly string[] {
  return ['exec', '-i', 'web', '--', ...words];
}

/** Milliseconds from kubectl's start to the first byte that it prints. */
async function firstByte(env: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(kubectl, exec('say', 'hello'), { env, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'readable');
  const took = performance.now() - startedAt;
  child.stdout.resume();
  await once(child, 'close');
  return took;
}

async function weighCopy(): Promise<void> {
  const inMib = (bytes: number): string => `${(bytes / MIB).toFixed(0)} MiB`;
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-bench-copy-'));
  const source = join(folder, 'source');
  await writeFile(source, '');
  await truncate(source, COPY_BYTES);
  const before = await proxy.residentBytes();
  const args = ['cp', `web:${source}`, join(folder, 'copy')];
  const { code } = await runKubectl(proxy.kubeconfig, args, { program: kubectl });
  if (code !== 0) throw new Error(`kubectl cp ended with ${code}`);
  const after = await proxy.residentBytes();
  const peak = await proxy.peakBytes();
  await rm(folder, { recursive: true });
  process.stdout.write(
    `Memory of the proxy before \`kubectl cp\` of ${inMib(COPY_BYTES)}, behind it, and the most since its start: ` +
      `${inMib(before)}, ${inMib(after)}, ${inMib(peak)}\n`,
  );
}

try {
  await weighCopy();
  await print('Time to the first byte', firstByte);
  await print(`Download of ${TRANSFER_BYTES / MIB} MiB`, (env) =>
    downloadByProgram(kubectl, exec('flood', `${TRANSFER_BYTES}`), env, TRANSFER_BYTES),
  );
  await print('The same at the pace of a network', (env) =>
    downloadByProgram(kubectl, exec('paced', `${TRANSFER_BYTES}`), env, TRANSFER_BYTES),
  );
  await print(`Upload of ${TRANSFER_BYTES / MIB} MiB`, (env) =>
    uploadByProgram(kubectl, exec('sink'), env, uploadChunks()),
  );
} finally {
  await proxy.stop();
}
