import type { ByteStream } from '../../preload/byte-stream.ts';
import type { ExportRequest, ExportReview } from '../../preload/contract.ts';
import { AppError } from '../base/errors.ts';
import type { Export } from '../exchange/export.ts';
import type { Rooms } from './rooms.ts';

type Needs = Pick<Rooms, 'library' | 'exchange'>;

interface Aborting {
  readonly signal: AbortSignal;
}

/** Masks all of the range as the export would, and keeps none of it. */
export async function reviewExport(
  needs: Needs,
  request: ExportRequest,
  options: Aborting,
): Promise<ExportReview> {
  // The screen at its end tells nothing of what was masked on the way; all else is as the cast.
  const format = request.format === 'svg' ? 'svg' : 'cast';
  const { chunks, summary } = await begin(needs, { ...request, format }, options);
  for await (const _chunk of chunks) options.signal.throwIfAborted();
  const { maskedSpans, maskedRules, maskedPlaces, leftOutInputs, gaps } = summary();
  return { maskedSpans, maskedRules, maskedPlaces, leftOutInputs, gaps };
}

export async function exportRecording(
  needs: Needs,
  request: ExportRequest,
  stream: ByteStream,
  options: Aborting,
): Promise<void> {
  const { chunks } = await begin(needs, request, options);
  for await (const chunk of chunks) await stream.write(chunk, options);
}

async function begin(
  { library, exchange }: Needs,
  { recordingId, format, fromMicros, toMicros = Number.POSITIVE_INFINITY, isMasked, gif }: ExportRequest,
  options: Aborting,
): Promise<Export> {
  if (fromMicros > toMicros) throw new AppError('bad-input', 'the range ends before it begins');
  const { path, pod, container } = await library.get(recordingId);
  const title = pod === '' ? recordingId : `${pod}/${container} ${recordingId}`;
  return exchange.exportRecording(
    path,
    { format, range: { fromMicros, toMicros }, isMasked, title, ...(gif && { gif }) },
    options,
  );
}

/** Takes as many bytes as were announced: a page cannot end its half of a stream and still hear the answer. */
export async function importRecording(
  { library, exchange }: Needs,
  { fileName, bytes }: { readonly fileName: string; readonly bytes: number },
  stream: ByteStream,
  options: Aborting,
): Promise<void> {
  async function* receive(): AsyncGenerator<Uint8Array> {
    let left = bytes;
    if (left === 0) return;
    for await (const chunk of stream.input) {
      left -= chunk.length;
      yield chunk;
      if (left <= 0) return;
    }
    throw new AppError('cancelled', `${fileName} was not sent to its end`);
  }

  const { recordingId } = await exchange.importRecording({ name: fileName, bytes: receive() }, options);
  await library.refresh(recordingId);
}
