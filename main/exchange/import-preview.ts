import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastHeader } from '../recording/cast/cast.ts';
import { explainUnreadable, headerOf, readForeign } from './import.ts';
import { createImportReport, type ImportFormat } from './import-part.ts';
import type { ImportFile } from './import-source.ts';

/** What a file says of itself at its beginning. */
export interface ImportPreview {
  readonly format: ImportFormat;
  readonly packing: 'none' | 'gzip' | 'zstd';
  readonly size: TerminalSize;
  /** Unix seconds. */
  readonly startedAtSeconds?: number;
  readonly title?: string;
  readonly command?: string;
  readonly pod?: NonNullable<CastHeader['pod']>;
}

/**
 * Tells what a file is before it is imported, from its beginning only: it may still break off later. Rejects as
 * `importRecording` does for what is no recording, and keeps nothing.
 */
export async function previewImport(
  file: ImportFile,
  options: { readonly signal: AbortSignal },
): Promise<ImportPreview> {
  const report = createImportReport();
  const parts = readForeign(file, report, options);
  try {
    const { header, title, command } = headerOf(await parts.next());
    const { size, startedAtSeconds, pod } = header;
    return {
      format: report.format,
      packing: report.packing,
      size,
      ...(startedAtSeconds !== undefined && { startedAtSeconds }),
      ...(title !== undefined && { title }),
      ...(command !== undefined && { command }),
      ...(pod && { pod }),
    };
  } catch (error) {
    options.signal.throwIfAborted();
    throw explainUnreadable(error, file.name);
  } finally {
    await parts.return(undefined);
  }
}
