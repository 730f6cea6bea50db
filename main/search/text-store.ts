import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { createSignatureStore, SIGNATURE_TABLES } from './signature-store.ts';
import type { TextBlock } from './text-blocks.ts';
import type { SignatureQuery } from './text-signature.ts';

/** How far a recording has been read, and how its file looked then. */
export interface ReadingState {
  /** Of the cast: what was read. */
  readonly offset: number;
  readonly castBytes: number;
  readonly castModifiedMs: number;
  /** Nothing comes any more; while it is false, the file may grow. */
  readonly isWhole: boolean;
}

export interface StoredText {
  /** Lines, a line feed between them. */
  readonly text: string;
  /** One a line. */
  readonly times: Float64Array;
}

export interface StoredBlock {
  readonly blockId: number;
  /** How many it holds. */
  readonly lines: number;
}

/**
 * The text of all recordings that have been read, in one SQLite file. A cache: it may be deleted at any time. Every
 * `put` is whole or not there. Whoever reads a recording makes the same blocks of it, so that two processes that do so
 * at the same time write the same.
 */
export interface TextStore {
  state(recordingId: string): ReadingState | undefined;
  recordingIds(): readonly string[];
  /** Nothing where another process has come further. */
  put(recordingId: string, state: ReadingState, blocks: readonly TextBlock[]): void;
  remove(recordingIds: readonly string[]): void;
  /** By recording, each in the order of its blocks. */
  candidates(query: SignatureQuery): ReadonlyMap<string, readonly number[]>;
  /** Of one recording, in their order; none where nothing of it has been read. */
  blocks(recordingId: string): readonly StoredBlock[];
  /** What is searched through: folded, UTF-8. Empty where it has gone. */
  readFolded(blockId: number): Uint8Array;
  /** What is shown of it. */
  read(blockId: number): StoredText;
  close(): void;
}

/** Raised when what stands in it means something else: older files are dropped. */
const SCHEMA_VERSION = 3;
/** Another process may be writing its megabytes. */
const BUSY_TIMEOUT_MS = 10_000;
/** Few pages a block. */
const PAGE_BYTES = 16 * 1024;
/** What is shown is seldom read: a sixth of it is stored, at a cost of 3 ms a megabyte. */
const PACKING = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** A damaged file is deleted and begun anew. Throws where that is not possible either. */
export function openTextStore(path: string, onDamaged: (error: unknown) => void): TextStore {
  try {
    return prepareStore(path);
  } catch (error) {
    onDamaged(error);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return prepareStore(path);
  }
}

function prepareStore(path: string): TextStore {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    prepareTables(database);
    return createStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareTables(database: DatabaseSync): void {
  // What is deleted is overwritten: a recording that was let go leaves no text behind.
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    PRAGMA secure_delete = ON;`);
  const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
  if (version !== SCHEMA_VERSION) {
    database.exec(`
      BEGIN IMMEDIATE;
      DROP TABLE IF EXISTS recordings;
      DROP TABLE IF EXISTS blocks;
      DROP TABLE IF EXISTS signatures;
      DROP TABLE IF EXISTS shelves;
      DROP TABLE IF EXISTS shelf_parts;
      CREATE TABLE recordings (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, offset INTEGER NOT NULL,
        cast_bytes INTEGER NOT NULL, cast_modified REAL NOT NULL, is_whole INTEGER NOT NULL) STRICT;
      CREATE TABLE blocks (id INTEGER PRIMARY KEY, recording INTEGER NOT NULL, number INTEGER NOT NULL,
        folded BLOB NOT NULL, lines INTEGER NOT NULL, shown BLOB NOT NULL, UNIQUE (recording, number)) STRICT;
      ${SIGNATURE_TABLES}
      PRAGMA user_version = ${SCHEMA_VERSION};
      COMMIT;`);
  }
  // Lines are counted without reading what they hold.
  database.exec('CREATE INDEX IF NOT EXISTS blocks_lines ON blocks (recording, number, lines)');
  // Damage in the tables' roots shows here and not in the middle of a search.
  for (const table of ['recordings', 'blocks', 'signatures', 'shelves', 'shelf_parts']) {
    database.prepare(`SELECT * FROM ${table} LIMIT 1`).get();
  }
}

function createStore(database: DatabaseSync): TextStore {
  const selectState = database.prepare('SELECT * FROM recordings WHERE id = ?');
  const selectIds = database.prepare('SELECT id FROM recordings');
  const putState = database.prepare(`
    INSERT INTO recordings (id, offset, cast_bytes, cast_modified, is_whole) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET offset = excluded.offset, cast_bytes = excluded.cast_bytes,
      cast_modified = excluded.cast_modified, is_whole = excluded.is_whole RETURNING key`);
  const putBlock = database.prepare(`
    INSERT INTO blocks (recording, number, folded, lines, shown) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (recording, number) DO UPDATE SET folded = excluded.folded, lines = excluded.lines,
      shown = excluded.shown RETURNING id`);
  const deleteBlocks = database.prepare('DELETE FROM blocks WHERE recording = ?');
  const deleteState = database.prepare('DELETE FROM recordings WHERE key = ?');
  const selectKeys = database.prepare('SELECT key, id FROM recordings');
  const selectFolded = database.prepare('SELECT folded FROM blocks WHERE id = ?');
  const selectBlocks = database.prepare(`
    SELECT blocks.id AS id, lines FROM blocks JOIN recordings ON recordings.key = blocks.recording
    WHERE recordings.id = ? ORDER BY number`);
  const selectShown = database.prepare('SELECT lines, shown FROM blocks WHERE id = ?');
  const signatures = createSignatureStore(database);

  function inTransaction(work: () => void, begin = 'BEGIN IMMEDIATE'): void {
    database.exec(begin);
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  function stateOf(recordingId: string): ReadingState | undefined {
    const row = selectState.get(recordingId);
    return (
      row && {
        offset: Number(row['offset']),
        castBytes: Number(row['cast_bytes']),
        castModifiedMs: Number(row['cast_modified']),
        isWhole: row['is_whole'] === 1,
      }
    );
  }

  return {
    state: stateOf,
    recordingIds: () => selectIds.all().map(({ id }) => String(id)),
    put(recordingId, state, blocks) {
      inTransaction(() => {
        if ((stateOf(recordingId)?.offset ?? 0) > state.offset) return;
        const { offset, castBytes, castModifiedMs, isWhole } = state;
        const key = Number(
          putState.get(recordingId, offset, castBytes, castModifiedMs, isWhole ? 1 : 0)?.['key'],
        );
        for (const [index, { number, text, folded, times, signature }] of blocks.entries()) {
          const shown = zstdCompressSync(Buffer.concat([toBytes(times), text]), PACKING);
          const block = Number(putBlock.get(key, number, folded, times.length, shown)?.['id']);
          // The last one is not full yet.
          const isFinal = isWhole || index < blocks.length - 1;
          signatures.put({ recording: key, block }, signature, { isFinal });
        }
      });
    },
    remove(recordingIds) {
      if (recordingIds.length === 0) return;
      inTransaction(() => {
        const keys = recordingIds.flatMap((recordingId) => selectState.get(recordingId)?.['key'] ?? []);
        signatures.remove(new Set(keys.map(Number)));
        for (const key of keys) for (const statement of [deleteBlocks, deleteState]) statement.run(key);
      });
      // The log of writes holds it still; while somebody reads, the next one to end clears it.
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    candidates(query) {
      const blocks = new Map<number, Set<number>>();
      // One state of the store: what is put on a shelf meanwhile is not missed.
      inTransaction(() => {
        for (const { recording, block } of signatures.candidates(query)) {
          const group = blocks.get(recording);
          if (group) group.add(block);
          else blocks.set(recording, new Set([block]));
        }
      }, 'BEGIN');
      const found = new Map<string, readonly number[]>();
      for (const { key, id } of blocks.size === 0 ? [] : selectKeys.iterate()) {
        const group = blocks.get(Number(key));
        if (group)
          found.set(
            String(id),
            [...group].sort((a, b) => a - b),
          );
      }
      return found;
    },
    blocks: (recordingId) =>
      selectBlocks.all(recordingId).map(({ id, lines }) => ({ blockId: Number(id), lines: Number(lines) })),
    readFolded: (blockId) => (selectFolded.get(blockId)?.['folded'] ?? new Uint8Array()) as Uint8Array,
    read(blockId) {
      const row = selectShown.get(blockId);
      if (!row) return { text: '', times: new Float64Array() };
      const shown = new Uint8Array(zstdDecompressSync(row['shown'] as Uint8Array));
      const textStart = Number(row['lines']) * Float64Array.BYTES_PER_ELEMENT;
      return {
        text: decoder.decode(shown.subarray(textStart)),
        times: new Float64Array(shown.buffer, 0, Number(row['lines'])),
      };
    },
    close: () => database.close(),
  };
}

function toBytes(times: Float64Array): Uint8Array {
  return new Uint8Array(times.buffer, times.byteOffset, times.byteLength);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
