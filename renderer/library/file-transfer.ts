/** Files between this page and the core: recordings that are handed on, and files that become recordings. */
import type { ExportFormat, ExportRequest, ExportReview } from '../../preload/contract.ts';
import { ContractError } from '../../preload/contract-error.ts';
import type { PaneClient } from '../core-client.ts';

/** What the library does with files; the page's own is made of the core's client. */
export interface FileTransfer {
  review(request: ExportRequest, options: { readonly signal: AbortSignal }): Promise<ExportReview>;
  /** The beginning of what an export would be, masked as it would be. Rejects with why there is none. */
  preview(request: ExportRequest, options: { readonly signal: AbortSignal }): Promise<PreviewedExport>;
  /** Gives the whole file to the browser to keep. `onBytes` hears how far it is. Rejects with why not. */
  download(
    request: ExportRequest,
    options: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
  ): Promise<void>;
  /** Resolves when it is in the library; rejects with why not. */
  upload(file: File): Promise<void>;
}

export type PreviewedExport =
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  /** An address with all of it. */
  | { readonly kind: 'image'; readonly address: string };

const SUFFIXES: Readonly<Record<ExportFormat, string>> = {
  cast: '.cast',
  cast3: '.v3.cast',
  text: '.txt',
  html: '.html',
  svg: '.svg',
  gif: '.gif',
};

const TYPES: Readonly<Record<ExportFormat, string>> = {
  cast: 'application/x-asciicast',
  cast3: 'application/x-asciicast',
  text: 'text/plain',
  html: 'text/html',
  svg: 'image/svg+xml',
  gif: 'image/gif',
};

/** Parts are given to the browser in steps of this size: it keeps large ones on the disk. */
const STEP_BYTES = 8 * 1024 * 1024;
/** As much text as anybody looks through, and images as large as a page can show. */
const PREVIEW_TEXT_BYTES = 16 * 1024;
const PREVIEW_IMAGE_BYTES = 16 * 1024 * 1024;
/** The browser has begun to read it by then. */
const KEPT_MS = 60_000;

export function createFileTransfer(client: PaneClient): FileTransfer {
  return {
    review: (request, options) => client.call('library.review', request, options),
    async preview(request, { signal }) {
      const isText = request.format === 'text';
      const most = isText ? PREVIEW_TEXT_BYTES : PREVIEW_IMAGE_BYTES;
      const file = await receiveStart(client, request, most, { signal });
      if (isText) {
        const bytes = new Uint8Array(await file.slice(0, most).arrayBuffer());
        // A character that is cut at the end is not shown.
        const text = new TextDecoder().decode(bytes, { stream: true });
        return { kind: 'text', text, isCut: file.size > most };
      }
      if (file.size > most) {
        throw new ContractError({ code: 'bad-input', message: 'it is too large for a preview' });
      }
      return { kind: 'image', address: await toAddress(file) };
    },
    async download(request, { signal, onBytes }) {
      const type = TYPES[request.format];
      const stream = client.open('library.export', request);
      const cancel = (): void => stream.end();
      signal.addEventListener('abort', cancel);
      try {
        let file = new Blob([], { type });
        let parts: BlobPart[] = [];
        let bytes = 0;
        for await (const chunk of stream.input) {
          // The wire may use its memory again.
          parts.push(chunk.slice());
          bytes += chunk.length;
          onBytes(bytes);
          if (bytes - file.size < STEP_BYTES) continue;
          file = new Blob([file, ...parts], { type });
          parts = [];
        }
        signal.throwIfAborted();
        save(new Blob([file, ...parts], { type }), `${request.recordingId}${SUFFIXES[request.format]}`);
      } finally {
        signal.removeEventListener('abort', cancel);
        stream.end();
      }
    },
    async upload(file) {
      const stream = client.open('library.import', { fileName: file.name, bytes: file.size });
      try {
        for await (const chunk of file.stream()) await stream.write(chunk);
      } catch (error) {
        // A file that is refused ends the stream while it is sent; why stands in its end.
        stream.end({ code: 'cancelled', message: 'the file could not be read to its end' });
        const { problem } = await stream.closed;
        throw problem ? new ContractError(problem) : error;
      }
      const { problem } = await stream.closed;
      if (problem) throw new ContractError(problem);
    },
  };
}

/** Ends the export once there is more than asked for. */
async function receiveStart(
  client: PaneClient,
  request: ExportRequest,
  mostBytes: number,
  { signal }: { readonly signal: AbortSignal },
): Promise<Blob> {
  const stream = client.open('library.export', request);
  const cancel = (): void => stream.end();
  signal.addEventListener('abort', cancel);
  try {
    const parts: BlobPart[] = [];
    let bytes = 0;
    for await (const chunk of stream.input) {
      parts.push(chunk.slice());
      bytes += chunk.length;
      if (bytes > mostBytes) break;
    }
    signal.throwIfAborted();
    return new Blob(parts, { type: TYPES[request.format] });
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.end();
  }
}

/** The page's policy lets images come from itself and from addresses that hold them, no others. */
async function toAddress(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let start = 0; start < bytes.length; start += ADDRESS_STEP) {
    binary += String.fromCharCode(...bytes.subarray(start, start + ADDRESS_STEP));
  }
  return `data:${file.type};base64,${btoa(binary)}`;
}

/** As many arguments as any engine takes. */
const ADDRESS_STEP = 8 * 1024;

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
