/** Files between this page and the core: recordings that are handed on, and files that become recordings. */
import type { ExportFormat, ExportRequest, ExportReview } from '../../preload/contract.ts';
import { ContractError } from '../../preload/contract-error.ts';
import type { PaneClient } from '../core-client.ts';

/** What the library does with files; the page's own is made of the core's client. */
export interface FileTransfer {
  review(request: ExportRequest, options: { readonly signal: AbortSignal }): Promise<ExportReview>;
  /** Gives the whole file to the browser to keep. `onBytes` hears how far it is. Rejects with why not. */
  download(
    request: ExportRequest,
    options: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
  ): Promise<void>;
  /** Resolves when it is in the library; rejects with why not. */
  upload(file: File): Promise<void>;
}

const SUFFIXES: Readonly<Record<ExportFormat, string>> = {
  cast: '.cast',
  cast3: '.v3.cast',
  text: '.txt',
  html: '.html',
  svg: '.svg',
};

const TYPES: Readonly<Record<ExportFormat, string>> = {
  cast: 'application/x-asciicast',
  cast3: 'application/x-asciicast',
  text: 'text/plain',
  html: 'text/html',
  svg: 'image/svg+xml',
};

/** Parts are given to the browser in steps of this size: it keeps large ones on the disk. */
const STEP_BYTES = 8 * 1024 * 1024;
/** The browser has begun to read it by then. */
const KEPT_MS = 60_000;

export function createFileTransfer(client: PaneClient): FileTransfer {
  return {
    review: (request, options) => client.call('library.review', request, options),
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

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
