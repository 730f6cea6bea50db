import { toTrialInfo } from '../bridge/uploads.ts';
import type { Core } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { RecorderKind } from '../policy/policy.ts';
import { nameRecorder } from '../upload/recorder/recorder-error.ts';
import type { TrialStep, UploadTrial } from '../upload/upload-trial.ts';
import { type CommandIo, formatFailure } from './io.ts';

/** Sends a recorder a test recording, and prints each step. Exit code 0 if it confirmed that. */
export async function runUploadsTest(
  core: Core,
  {
    nameOrUrl,
    kind,
    json,
  }: { readonly nameOrUrl: string; readonly kind: RecorderKind; readonly json: boolean },
  io: CommandIo,
  { signal }: { readonly signal: AbortSignal },
): Promise<number> {
  const uploads = await core.uploads();
  const recorder = await uploads.findRecorder(nameOrUrl, kind);
  if (!json) await io.write(escapeControls(`${recorder.kind}: ${nameRecorder(recorder)}\n`));
  let told = Promise.resolve();
  const onStep = (step: TrialStep): void => {
    if (!json) told = told.then(() => tellStep(step, io));
  };
  const trial = await uploads.test(recorder, { onStep, signal });
  await told;
  if (json) await io.write(`${JSON.stringify(toTrialInfo(trial), null, 2)}\n`);
  else if (trial.receipt) await tellReceipt(trial.receipt, io);
  return trial.receipt ? 0 : 1;
}

async function tellStep({ step, elapsedMs, error }: TrialStep, io: CommandIo): Promise<void> {
  const outcome = error ? 'failed' : 'ok';
  await io.write(`  ${STEPS[step].padEnd(28)} ${outcome.padEnd(7)} ${Math.round(elapsedMs)} ms\n`);
  if (error) await io.writeError(formatFailure(error));
}

async function tellReceipt(receipt: NonNullable<UploadTrial['receipt']>, io: CommandIo): Promise<void> {
  const { recordingId, bytes, url, message } = receipt;
  const words = [
    `It has the test recording ${recordingId}, ${bytes} bytes.`,
    ...(url === undefined ? [] : [url]),
    ...(message === undefined ? [] : [message]),
  ];
  await io.write(escapeControls(`${words.join('\n')}\n`));
}

const STEPS: Readonly<Record<TrialStep['step'], string>> = {
  check: 'is there, and lets us in',
  open: 'takes a recording',
  send: 'was sent all of it',
  confirm: 'confirms that it has it',
};
