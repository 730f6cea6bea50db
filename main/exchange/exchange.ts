import type { CastKeys } from '../recording/cast-source.ts';
import { compilePatterns, type RedactionPattern } from '../recording/redaction-patterns.ts';
import { type Export, type ExportWish, exportRecording } from './export.ts';
import { readPlayerFiles } from './player-files.ts';

/** Recordings handed on in other forms. */
export interface Exchange {
  /** Reads nothing until its chunks are asked for. */
  exportRecording(path: string, wish: ExportWish, options: { readonly signal: AbortSignal }): Promise<Export>;
}

export interface ExchangeNeeds {
  readonly keys: CastKeys;
  /** The user's own, as they are now. */
  patterns(): Promise<readonly RedactionPattern[]>;
}

export function createExchange(needs: ExchangeNeeds): Exchange {
  return {
    async exportRecording(path, wish, options) {
      const { compiled } = compilePatterns(await needs.patterns());
      return exportRecording(
        { keys: needs.keys, patterns: compiled, playerFiles: readPlayerFiles },
        path,
        wish,
        options,
      );
    },
  };
}
