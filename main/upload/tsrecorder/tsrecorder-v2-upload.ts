import { createHash } from 'node:crypto';
import { constants } from 'node:http2';
import type { Clock } from '../../base/clock.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import type { Http2Answer, Http2Client } from '../http/http2-exchange.ts';
import { toOneLine, toStopped } from '../recorder/recorder-answer.ts';
import type { RecorderReceipt, RecorderUpload } from '../recorder/recorder-client.ts';
import type { RecorderLimits } from '../recorder/recorder-dial.ts';
import { recorderError, toLostError } from '../recorder/recorder-error.ts';
import { createUploadOutcome } from '../upload-outcome.ts';
import { type AckFrame, createAckFrameReader, type StoredRecording } from './ack-frames.ts';
import { createAckWatch } from './ack-watch.ts';

export interface V2UploadNeeds {
  readonly clock: Clock;
  readonly limits: Pick<RecorderLimits, 'ackMs' | 'progressMs' | 'finalAnswerMs'>;
  readonly recorder: RecorderAddress;
  readonly token: string | undefined;
  /** Closed with the upload. */
  readonly client: Http2Client;
}

/** Of one write, which is waited for: the most that lies between the file and what the recorder lets us send. */
const MAX_PIECE_BYTES = 64 * 1024;

/**
 * The body of a `POST /v2/record` that was answered with 200, and the frames that come back meanwhile. It has arrived when
 * the recorder ends its answer in all order, after we have ended the body and it has acknowledged every byte of it;
 * everything else is a failure.
 */
export function createV2Upload(
  { clock, limits, recorder, token, client }: V2UploadNeeds,
  { stream, header }: Http2Answer,
): RecorderUpload {
  const isDurable = header('kubereel-recorder') === '1';
  const watch = createAckWatch(clock, limits);
  const frames = createAckFrameReader();
  const hash = createHash('sha256');
  const arrived = Promise.withResolvers<RecorderReceipt>();
  const over = new AbortController();
  const outcome = createUploadOutcome(() => {
    over.abort();
    // Not by closing the stream: Node ends its body first, and what came would be taken for the whole recording.
    client.session.destroy();
  });
  let durableBytes = 0;
  let stored: StoredRecording | undefined;
  let isEnding = false;

  function lost(what: string): void {
    outcome.fail(recorderError('recorder-lost', recorder, what));
  }

  function take(frame: AckFrame): void {
    watch.alive();
    switch (frame.kind) {
      case 'error':
        outcome.fail(toStopped(recorder, frame, token));
        break;
      case 'invalid':
        lost(`sent what is no acknowledgement: ${toOneLine(frame.text, token)}`);
        break;
      case 'ack': {
        const untruth = frame.bytes === undefined ? undefined : watch.acked(frame.bytes);
        if (untruth !== undefined) lost(untruth);
        durableBytes = frame.durableBytes ?? durableBytes;
        stored = frame.stored ?? stored;
      }
    }
  }

  /** Why it has not arrived, though its answer ended in all order. */
  function findFault(sha256: string): string | undefined {
    const { sentBytes, ackedBytes } = watch;
    if (ackedBytes !== sentBytes) return `ended with ${ackedBytes} of ${sentBytes} bytes acknowledged`;
    if (stored && stored.sha256 !== sha256)
      return `stored something else than was sent: SHA-256 ${stored.sha256}`;
    return undefined;
  }

  stream.on('data', (bytes: Buffer) => {
    for (const frame of frames.push(bytes)) take(frame);
  });
  stream.once('end', () => {
    for (const frame of frames.end()) take(frame);
    if (!isEnding) lost('ended its answer before the recording had ended');
  });
  stream.once('close', () => {
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.aborted || !stream.readableEnded) {
      outcome.fail(toLostError(recorder, client.failure() ?? new Error('the stream was reset')));
    }
    const fault = findFault(hash.digest('hex'));
    if (fault !== undefined) lost(fault);
    if (outcome.stopped.aborted) return;
    over.abort();
    client.session.close();
    arrived.resolve({ bytes: watch.sentBytes, ...describeStored(stored) });
  });
  // Ends with the upload.
  void watch.late({ signal: over.signal }).then(lost, () => {});

  function writePiece(piece: Uint8Array): Promise<void> {
    // What cannot be written is told by `close`, with its reason.
    return new Promise((resolve) => stream.write(piece, (error) => error ?? resolve()));
  }

  return {
    recorder,
    get ackedBytes() {
      return isDurable ? durableBytes : watch.ackedBytes;
    },
    isDurable,
    stopped: outcome.stopped,
    async write(bytes) {
      for (let offset = 0; offset < bytes.length; offset += MAX_PIECE_BYTES) {
        outcome.stopped.throwIfAborted();
        const piece = bytes.subarray(offset, offset + MAX_PIECE_BYTES);
        watch.sent(piece.length);
        hash.update(piece);
        await outcome.orStopped(writePiece(piece));
      }
    },
    async finish() {
      outcome.stopped.throwIfAborted();
      isEnding = true;
      watch.ended();
      stream.end();
      return outcome.orStopped(arrived.promise);
    },
    cancel: outcome.cancel,
  };
}

function describeStored(stored: StoredRecording | undefined): { readonly message?: string } {
  if (!stored) return {};
  switch (stored.outcome) {
    case 'new':
      return { message: `stored as ${stored.id}` };
    case 'same':
      return { message: `was stored as ${stored.id} already` };
    case 'another':
      return { message: `stored as ${stored.id}, beside another one` };
  }
}
