import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type AppError, toAppError } from '../base/errors.ts';
import { makePrivateFolder } from '../base/paths.ts';
import type { RecorderAddress } from '../policy/policy.ts';
import { formatEvent, formatHeader } from '../recording/cast/cast.ts';
import { makeRecordingId } from '../recording/recording-id.ts';
import { deliverFile } from './deliver-file.ts';
import type { DeliverySubject, RecorderClient, RecorderReceipt } from './recorder/recorder-client.ts';

/** What became of a test recording, step by step. */
export interface UploadTrial {
  readonly recorder: RecorderAddress;
  /** In their order, up to the first one that failed. */
  readonly steps: readonly TrialStep[];
  /** Absent where a step failed. */
  readonly receipt?: RecorderReceipt & { readonly recordingId: string };
}

export interface TrialStep {
  readonly step: 'check' | 'open' | 'send' | 'confirm';
  readonly elapsedMs: number;
  readonly error?: AppError;
}

export interface UploadTrialNeeds {
  readonly clock: Clock;
  /** For the file that is sent, while it is. */
  readonly folder: string;
  clientFor(recorder: RecorderAddress): RecorderClient;
}

const SIZE = { cols: 80, rows: 24 };
const TITLE = 'Kubereel test recording';

/**
 * Sends a recording of a few lines that says that it is a test, as any other is sent. A recorder that fails is told by
 * a step; rejects with the signal's reason, or where the file cannot be written.
 */
export async function sendTestRecording(
  needs: UploadTrialNeeds,
  recorder: RecorderAddress,
  { onStep, signal }: { readonly onStep?: (step: TrialStep) => void; readonly signal: AbortSignal },
): Promise<UploadTrial> {
  const { clock } = needs;
  const steps: TrialStep[] = [];
  let startMicros = clock.nowMicros();

  function note(step: TrialStep['step'], error?: AppError): void {
    const nowMicros = clock.nowMicros();
    const taken = { step, elapsedMs: (nowMicros - startMicros) / 1_000, ...(error && { error }) };
    startMicros = nowMicros;
    steps.push(taken);
    onStep?.(taken);
  }

  await makePrivateFolder(needs.folder);
  const folder = await mkdtemp(join(needs.folder, 'trial-'));
  let step: TrialStep['step'] = 'check';
  try {
    const startedAtMs = clock.nowMs();
    const recordingId = makeRecordingId(startedAtMs);
    const path = join(folder, `${recordingId}.cast`);
    const cast = writeTestCast(startedAtMs);
    await writeFile(path, cast, { mode: 0o600 });
    const subject: DeliverySubject = {
      recordingId,
      title: TITLE,
      startedAtMs,
      size: SIZE,
      isRepeated: false,
      path,
    };
    const bytes = Buffer.byteLength(cast);

    try {
      const client = needs.clientFor(recorder);
      await client.check({ signal });
      note(step);
      step = 'open';
      const upload = await client.open(subject, { signal });
      note(step);
      step = 'send';
      const receipt = await deliverFile(
        {
          async begin() {},
          onProgress(sentBytes) {
            if (sentBytes < bytes) return;
            note(step);
            step = 'confirm';
          },
        },
        upload,
        path,
        { signal },
      );
      note(step);
      return { recorder, steps, receipt: { ...receipt, recordingId } };
    } catch (error) {
      signal.throwIfAborted();
      note(step, toAppError(error));
      return { recorder, steps };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function writeTestCast(startedAtMs: number): string {
  const pod = { name: 'test-recording', namespace: 'kubereel', container: 'none' };
  const startedAtSeconds = Math.floor(startedAtMs / 1_000);
  const lines = [
    formatHeader({ size: SIZE, startedAtSeconds, terminalType: 'xterm-256color', pod, context: 'test' }),
    formatEvent({ kind: 'marker', timeMicros: 0, label: TITLE }),
    formatEvent({
      kind: 'output',
      timeMicros: 1_000,
      text: `${TITLE}, sent ${new Date(startedAtMs).toISOString()}.\r\nNo pod, no shell: somebody tries whether recordings arrive.\r\n`,
    }),
    formatEvent({ kind: 'exit', timeMicros: 2_000, exitCode: 0 }),
  ];
  return lines.join('');
}
