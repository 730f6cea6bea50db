import { createTurns } from '../base/turns.ts';
import type { CastKeys } from '../recording/cast/cast-source.ts';
import { createRedaction } from '../recording/redaction/redaction.ts';
import type { RedactionPattern } from '../recording/redaction/redaction-patterns.ts';
import type { Export, ExportWish } from './export.ts';
import { exportInThread } from './export-thread.ts';
import { type ImportNeeds, type ImportSummary, importRecording } from './import.ts';
import { type ImportPreview, previewImport } from './import-preview.ts';
import type { ImportFile } from './import-source.ts';

/** Recordings handed on in other forms, and taken in. */
export interface Exchange {
  /** Reads nothing until its chunks are asked for. */
  exportRecording(path: string, wish: ExportWish, options: Aborting): Promise<Export>;
  /** As the function of that name; many at once take turns. */
  importRecording(file: ImportFile, options: Aborting): Promise<ImportSummary>;
  /** As the function of that name. */
  previewImport(file: ImportFile, options: Aborting): Promise<ImportPreview>;
}

interface Aborting {
  readonly signal: AbortSignal;
}

export interface ExchangeNeeds extends Pick<ImportNeeds, 'clock' | 'folder' | 'guard' | 'signer'> {
  readonly keys: CastKeys;
  /** The user's own, as they are now. */
  patterns(): Promise<readonly RedactionPattern[]>;
  /** age recipients, as they are now. */
  encryptTo(): Promise<readonly string[]>;
}

export function createExchange(needs: ExchangeNeeds): Exchange {
  const turns = createTurns();
  return {
    async exportRecording(path, wish, options) {
      return exportInThread({ keys: needs.keys, patterns: await needs.patterns() }, path, wish, options);
    },
    previewImport,
    importRecording: (file, options) =>
      turns.take(async () => {
        const { details: mask } = createRedaction({ enabled: false, patterns: await needs.patterns() });
        return importRecording({ ...needs, encryptTo: await needs.encryptTo(), mask }, file, options);
      }),
  };
}
