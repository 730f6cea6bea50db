import type { CastEvent, CastHeader } from '../recording/cast/cast.ts';
import type { SourceReport } from './import-source.ts';

/** A foreign recording as it comes in: one header, then the rest with times that never fall. */
export type ImportPart =
  | {
      readonly kind: 'header';
      readonly header: CastHeader;
      readonly title?: string;
      readonly command?: string;
    }
  | { readonly kind: 'event'; readonly event: CastEvent }
  /** Something that cannot be read is missing here. */
  | { readonly kind: 'gap'; readonly timeMicros: number };

export type ImportFormat = 'asciicast v1' | 'asciicast v2' | 'asciicast v3' | 'ttyrec';

/** Filled in while it is read. */
export interface ImportReport extends SourceReport {
  format: ImportFormat;
  /** Each with a marker in its place. */
  damagedLines: number;
  /** Of output that are no UTF-8, where the format has bytes. */
  invalidBytes: number;
}

export function createImportReport(): ImportReport {
  return {
    format: 'asciicast v2',
    packing: 'none',
    isTorn: false,
    sha256: '',
    damagedLines: 0,
    invalidBytes: 0,
  };
}
