import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Core, compose } from '../../main/compose.ts';
import { SHELL_COMMAND } from '../../main/exec/shell-choice.ts';
import { openSessionRecording, type SessionRecording } from '../../main/session/session-recording.ts';
import type { DemoProcess } from './demo-process.ts';
import { CONTAINER, CONTEXT, NAMESPACE, POD } from './work.ts';

const SIZE = { cols: 80, rows: 24 };
const TARGET = { namespace: NAMESPACE, pod: POD, container: CONTAINER };

/** Our core in this process, as the app and the command use it. */
export interface Ours {
  /** From asking for a shell on a context in use to its first byte, in milliseconds. */
  firstPrompt(): Promise<number>;
  /** A command without a TTY to its end, in milliseconds. */
  transfer(work: {
    readonly command: readonly string[];
    readonly input?: Iterable<Uint8Array>;
    readonly isRecorded: boolean;
    readonly expectedBytes: number;
  }): Promise<number>;
  end(): Promise<void>;
}

export async function composeOurs(demo: DemoProcess): Promise<Ours> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-bench-'));
  const core = await compose({
    environment: { PATH: process.env['PATH'], KUBEREEL_HOME: home, KUBECONFIG: demo.kubeconfigPath },
    platform: process.platform,
  });
  const { signal } = new AbortController();
  const options = { signal };

  return {
    async firstPrompt() {
      const startedAt = performance.now();
      const { stream } = await core.openCommand(
        CONTEXT,
        { ...TARGET, command: SHELL_COMMAND, stdin: true, tty: true },
        SIZE,
        options,
      );
      for await (const { bytes } of stream.output) if (bytes.byteLength > 0) break;
      const took = performance.now() - startedAt;
      await stream.close();
      return took;
    },
    async transfer({ command, input, isRecorded, expectedBytes }) {
      const startedAt = performance.now();
      const { stream } = await core.openCommand(
        CONTEXT,
        { ...TARGET, command, stdin: input !== undefined, tty: false },
        SIZE,
        options,
      );
      const recording = isRecorded ? await openRecording(core, command) : undefined;
      const sending = (async () => {
        for (const chunk of input ?? []) await stream.write(chunk);
        if (input) await stream.closeInput();
      })();
      let received = 0;
      for await (const { bytes } of stream.output) {
        received += bytes.byteLength;
        await recording?.take({ kind: 'output', timeMicros: core.clock.nowMicros(), bytes });
      }
      await sending;
      const end = await stream.ended;
      if (end.kind !== 'exited' || end.exitCode !== 0) throw new Error(`the command ended: ${end.kind}`);
      if (received !== expectedBytes) throw new Error(`${received} bytes came, not ${expectedBytes}`);
      await recording?.close({ kind: 'exited', exitCode: 0 });
      const took = performance.now() - startedAt;
      // A recording of 256 MiB each round would fill a small disk.
      await rm(core.paths.recordings, { recursive: true, force: true });
      return took;
    },
    async end() {
      await core.end();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function openRecording(core: Core, command: readonly string[]): Promise<SessionRecording> {
  return openSessionRecording(
    { clock: core.clock, newCastWriter: core.newCastWriter, onChanged: () => {} },
    { context: CONTEXT, namespace: NAMESPACE, pod: POD, container: CONTAINER, command },
    SIZE,
  );
}
