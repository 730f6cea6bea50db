import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import { toLabel } from '../recording/label.ts';
import { addLaterMark } from '../recording/later-marks.ts';
import type { CommandIo } from './io.ts';

export interface MarkOptions {
  readonly recordingId: string;
  readonly label: string;
  /** Since the recording's start; its end by default. */
  readonly atMs?: number;
}

/** Sets a marker in a recording that has ended, beside its sealed cast. */
export async function runMark(
  core: Core,
  { recordingId, label, atMs }: MarkOptions,
  io: CommandIo,
): Promise<number> {
  const recording = await (await core.library()).get(recordingId);
  const { path, state, durationMicros } = recording;
  if (state === 'live' || state === 'cut') {
    throw new AppError('bad-input', `the recording ${recording.recordingId} has not ended yet`, {
      hint: 'Set the marker in its session.',
    });
  }
  if (state === 'unreadable') {
    throw new AppError('recording-unreadable', `the recording ${recording.recordingId} cannot be read`);
  }
  if (recording.encryptedTo) {
    throw new AppError('bad-input', `the recording ${recording.recordingId} is encrypted`, {
      hint: 'A marker beside it would stand in the clear. Set markers while it is recorded.',
    });
  }
  const timeMicros = atMs === undefined ? durationMicros : Math.round(atMs * 1_000);
  if (timeMicros > durationMicros) {
    const seconds = (durationMicros / 1_000_000).toFixed(1);
    throw new AppError('bad-input', `the recording ${recording.recordingId} ends after ${seconds} s`);
  }
  const mark = { timeMicros, label: toLabel(label), addedAtMs: core.clock.nowMs() };
  const { signer, knownKeyIds } = core.signingKeys;
  await addLaterMark({ clock: core.clock, signer, knownKeyIds }, path, mark);
  await io.write(`${recording.recordingId}  ${(timeMicros / 1_000_000).toFixed(3)}  ${mark.label}\n`);
  return 0;
}
