import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './refusal.ts';
import { isRecordingId } from './stored-recording.ts';

/** What a client of the extension says of its delivery (docs/RECORDER.md). */
export interface RecordWish {
  readonly recordingId: string | undefined;
  readonly wantsDurable: boolean;
  readonly isAgain: boolean;
}

/** Throws `bad-request` for a value that is none of those. */
export function parseRecordWish(headers: IncomingHttpHeaders): RecordWish {
  const recordingId = headers['kubereel-recording'];
  if (recordingId !== undefined && !isId(recordingId)) throw createBadHeader('kubereel-recording');
  const acks = headers['kubereel-acks'];
  if (acks !== undefined && acks !== 'durable') throw createBadHeader('kubereel-acks');
  const delivery = headers['kubereel-delivery'];
  if (delivery !== undefined && delivery !== 'first' && delivery !== 'again') {
    throw createBadHeader('kubereel-delivery');
  }
  return { recordingId, wantsDurable: acks === 'durable', isAgain: delivery === 'again' };
}

function isId(value: string | string[]): value is string {
  return typeof value === 'string' && isRecordingId(value);
}

function createBadHeader(name: string): Refusal {
  return new Refusal('bad-request', `the header ${name} has a value that it cannot have`);
}
