import { type SessionRecord, weighRecord } from './session-record.ts';

/**
 * The last output of a session that has no record (any more), so that a window opened later is not blank.
 * Keeps at most `TAIL_BYTES`; what is older is gone.
 */
export interface UnrecordedTail {
  push(record: SessionRecord): void;
  readonly records: readonly SessionRecord[];
}

const TAIL_BYTES = 256 * 1024;

export function createUnrecordedTail(): UnrecordedTail {
  const records: SessionRecord[] = [];
  let bytes = 0;
  return {
    push(record) {
      records.push(record);
      bytes += weighRecord(record);
      while (bytes > TAIL_BYTES) {
        const oldest = records.shift();
        if (!oldest) break;
        bytes -= weighRecord(oldest);
      }
    },
    records,
  };
}
