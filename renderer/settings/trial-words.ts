/** A test recording's steps in words. Pure. */
import type { UploadTrial } from '../../preload/contract-uploads.ts';
import { formatBytes, formatDuration } from '../ui/format.ts';
import { sentence } from '../ui/messages.tsx';

type Step = UploadTrial['steps'][number];

const STEPS: Readonly<Record<Step['step'], { readonly done: string; readonly failed: string }>> = {
  check: { done: 'It is there', failed: 'It is not there, or would take no recording' },
  open: { done: 'It takes the recording', failed: 'It does not take the recording' },
  send: { done: 'All of it was sent', failed: 'Not all of it was sent' },
  confirm: { done: 'It has confirmed all of it', failed: 'It has not confirmed it' },
};

export function describeStep({ step, elapsedMs }: Step): {
  readonly done: string;
  readonly failed: string;
  readonly took: string;
} {
  const took = elapsedMs < 1_000 ? `${Math.max(1, Math.round(elapsedMs))} ms` : formatDuration(elapsedMs);
  return { ...STEPS[step], took };
}

/** With the recorder's own words, where it had some. */
export function describeReceipt({
  bytes,
  recordingId,
  message,
}: NonNullable<UploadTrial['receipt']>): string {
  const arrived = `The test recording ${recordingId} arrived, ${formatBytes(bytes)}.`;
  return message === undefined || message === '' ? arrived : `${arrived} ${sentence(message)}`;
}
