import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { type Clock, createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { makeSecret } from '../../main/base/loopback.ts';
import type { KubeTransport } from '../../main/kube/transport.ts';
import type { PolicyAnswer } from '../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../main/policy/strictest-answer.ts';
import { createExecDesk, type ExecDesk } from '../../main/proxy/command/exec-desk.ts';
import { startRecordingProxy } from '../../main/proxy/recording-proxy.ts';
import type { Sidecar } from '../../main/recording/recording.ts';
import { type CastWriter, createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import type { ConnectRecorders } from '../../main/session/delivery-duty.ts';
import { readOutput, readSidecar } from './cast-folder.ts';
import {
  type KubectlResult,
  kubectlEnvironment,
  kubectlPath,
  kubectlVersions,
  repeatDiscarded,
  runKubectl,
} from './demo-kubectl.ts';
import { kubeconfigFor } from './doctor-report.ts';
import { createLimitedDisk, type LimitedDisk } from './limited-disk.ts';
import { shareCertificates } from './proxy-stage.ts';
import { noRecorders } from './scripted-recorders.ts';
import { until } from './until.ts';

/** One kubectl over one transport. It asks for WebSockets by itself from 1.30. */
export interface KubectlWay {
  readonly version: string;
  readonly program: string;
  readonly transport: 'spdy' | 'websocket';
}

/** Where none of other versions stand beside it, the one on the PATH. */
const versions =
  kubectlVersions.size > 0 || !kubectlPath ? [...kubectlVersions] : [['1.32', kubectlPath] as const];

export const kubectlWays: readonly KubectlWay[] = versions.flatMap(([version, program]) => [
  { version, program, transport: 'spdy' as const },
  ...(Number(version.split('.')[1]) >= 30 ? [{ version, program, transport: 'websocket' as const }] : []),
]);

/** Both transports of the newest one that has both. */
export const newestWays: readonly KubectlWay[] = kubectlWays.filter(
  ({ version }) => version === kubectlWays.at(-1)?.version,
);

/** The recording proxy before a cluster, with kubectls that ask it. */
export interface RecordedKubectl {
  readonly desk: ExecDesk;
  readonly kubeconfigPath: string;
  /** To be changed by a test, and as it was after `forget`. */
  policy: Partial<PolicyAnswer>;
  connectRecorders: ConnectRecorders;
  disk: LimitedDisk;
  clock: Clock;
  forget(): void;
  /** Runs it to its end. */
  run(
    way: KubectlWay,
    args: readonly string[],
    options?: { readonly input?: Uint8Array },
  ): Promise<KubectlResult>;
  /** In a terminal of 132×43. */
  openTerminal(way: KubectlWay, args: readonly string[]): KubectlTerminal;
  environmentOf(way: KubectlWay): Record<string, string>;
  /** All recordings since `forget`, once every command is over. */
  recorded(): Promise<readonly RecordedCommand[]>;
  close(): Promise<void>;
}

export interface KubectlTerminal {
  screen(): string;
  type(text: string): void;
  kill(): void;
  readonly processId: number;
  readonly ended: Promise<number>;
}

export interface RecordedCommand {
  readonly path: string;
  readonly output: string;
  readonly sidecar: Sidecar;
}

export async function startRecordedKubectl(
  transport: KubeTransport,
  // Most of its pods run for ever.
  { exitWaitMs = 1 }: { readonly exitWaitMs?: number } = {},
): Promise<RecordedKubectl> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-recorded-'));
  const kubeconfigPath = join(folder, 'config');
  const writers: CastWriter[] = [];
  let lastId = 0;
  const system = createSystemClock();
  const desk = createExecDesk({
    clock: {
      nowMs: () => stage.clock.nowMs(),
      nowMicros: () => stage.clock.nowMicros(),
      sleep: (ms, options) => stage.clock.sleep(ms, options),
    },
    terms: {
      answerPolicy: async () => ({ ...DEFAULT_ANSWER, ...stage.policy }),
      rehearseRecording: async () => {},
      connectRecorders: (...asked) => stage.connectRecorders(...asked),
    },
    transport: async () => transport,
    exitWaitMs,
    // Each kubectl here sends its terminal's size, however busy the machine is.
    sizeWaitMs: 60_000,
    newSessionId: () => {
      lastId += 1;
      return `s${lastId}`;
    },
    async newCastWriter(details, size, { isRequired, planned }) {
      const writer = await createCastWriter(
        { clock: stage.clock, folder, files: stage.disk.files, isRequired },
        { details, size, ...(planned && { recordingId: planned.recordingId }) },
      );
      writers.push(writer);
      return writer;
    },
  });
  const certificates = await shareCertificates();
  const secret = makeSecret();
  const proxy = await startRecordingProxy(
    {
      clock: system,
      log: createLog({ level: 'silent' }),
      contexts: () => [{ name: 'staging', secret }],
      transport: async () => transport,
      impersonationFor: async () => undefined,
      commands: desk,
    },
    { port: 0, certificates },
  );
  const cluster = {
    server: `https://127.0.0.1:${proxy.port}`,
    'certificate-authority-data': Buffer.from(certificates.authority).toString('base64'),
  };
  await writeFile(kubeconfigPath, JSON.stringify(kubeconfigFor(cluster, { token: secret })));

  const environmentOf = ({ transport: way }: KubectlWay): Record<string, string> => ({
    ...kubectlEnvironment(kubeconfigPath),
    HOME: folder,
    ...(way === 'spdy' && { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }),
  });

  const stage: RecordedKubectl = {
    desk,
    kubeconfigPath,
    policy: {},
    connectRecorders: noRecorders,
    disk: createLimitedDisk(),
    clock: system,
    forget() {
      writers.length = 0;
      stage.policy = {};
      stage.connectRecorders = noRecorders;
      stage.disk = createLimitedDisk();
      stage.clock = system;
    },
    environmentOf,
    run: (way, args, options = {}) =>
      repeatDiscarded(async () => {
        writers.length = 0;
        const environment = environmentOf(way);
        return runKubectl(kubeconfigPath, args, { ...options, program: way.program, environment });
      }),
    openTerminal(way, args) {
      const env = { ...environmentOf(way), TERM: 'xterm' };
      const terminal = spawn(way.program, [...args], { cols: 132, rows: 43, env });
      let screen = '';
      terminal.onData((text) => {
        screen += text;
      });
      const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
      return {
        screen: () => screen,
        type: (text) => terminal.write(text),
        kill: () => terminal.kill('SIGKILL'),
        processId: terminal.pid,
        ended,
      };
    },
    async recorded() {
      await until(() => desk.list().length === 0);
      return Promise.all(
        writers.map(async ({ path }) => ({
          path,
          output: await readOutput(path),
          sidecar: await readSidecar(path),
        })),
      );
    },
    async close() {
      await proxy.stop();
      await desk.endAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}
