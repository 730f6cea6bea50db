import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { TextBlock } from './text-blocks.ts';
import { mayContain, type SignatureQuery } from './text-signature.ts';

/** How far a recording has been read, and how its file looked then. */
export interface ReadingState {
  /** Of the cast: what was read. */
  readonly offset: number;
  readonly castBytes: number;
  readonly castModifiedMs: number;
  /** Nothing comes any more; while it is false, the file may grow. */
  readonly isWhole: boolean;
}

/** A block of a recording that may hold what is searched for. */
export interface BlockPlace {
  readonly recordingId: string;
  readonly blockId: number;
}

export interface StoredText {
  /** Lines, a line feed between them. */
  readonly text: string;
  /** One a line. */
  readonly times: Float64Array;
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
  remove(recordingId: string): void;
  /** In the order of recordings that were read first. */
  candidates(query: SignatureQuery): Iterable<BlockPlace>;
  read(blockId: number): StoredText;
  close(): void;
}

/** Raised when what stands in it means something else: older files are dropped. */
const SCHEMA_VERSION = 1;
/** Another process may be writing its megabytes. */
const BUSY_TIMEOUT_MS = 10_000;
/** Several signatures a page, and few pages a block. */
const PAGE_BYTES = 16 * 1024;

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
      CREATE TABLE recordings (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, offset INTEGER NOT NULL,
        cast_bytes INTEGER NOT NULL, cast_modified REAL NOT NULL, is_whole INTEGER NOT NULL) STRICT;
      CREATE TABLE blocks (id INTEGER PRIMARY KEY, recording INTEGER NOT NULL, number INTEGER NOT NULL,
        text BLOB NOT NULL, times BLOB NOT NULL, UNIQUE (recording, number)) STRICT;
      CREATE TABLE signatures (block INTEGER PRIMARY KEY, recording INTEGER NOT NULL, bits BLOB NOT NULL) STRICT;
      CREATE INDEX signatures_recording ON signatures (recording);
      PRAGMA user_version = ${SCHEMA_VERSION};
      COMMIT;`);
  }
  // Damage in the tables' roots shows here and not in the middle of a search.
  for (const table of ['recordings', 'blocks', 'signatures']) {
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
    INSERT INTO blocks (recording, number, text, times) VALUES (?, ?, ?, ?)
    ON CONFLICT (recording, number) DO UPDATE SET text = excluded.text, times = excluded.times RETURNING id`);
  const putSignature = database.prepare(
    'INSERT OR REPLACE INTO signatures (block, recording, bits) VALUES (?, ?, ?)',
  );
  const deleteBlocks = database.prepare('DELETE FROM blocks WHERE recording = ?');
  const deleteSignatures = database.prepare('DELETE FROM signatures WHERE recording = ?');
  const deleteState = database.prepare('DELETE FROM recordings WHERE key = ?');
  const selectSignatures = database.prepare('SELECT block, recording, bits FROM signatures');
  const selectKeys = database.prepare('SELECT key, id FROM recordings');
  const selectBlock = database.prepare('SELECT text, times FROM blocks WHERE id = ?');

  function inTransaction(work: () => void): void {
    database.exec('BEGIN IMMEDIATE');
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
        for (const { number, text, times, signature } of blocks) {
          const block = Number(putBlock.get(key, number, text, toBytes(times))?.['id']);
          putSignature.run(block, key, signature);
        }
      });
    },
    remove(recordingId) {
      inTransaction(() => {
        const key = selectState.get(recordingId)?.['key'];
        if (key === undefined) return;
        for (const statement of [deleteSignatures, deleteBlocks, deleteState]) statement.run(key);
      });
    },
    *candidates(query) {
      const ids = new Map(selectKeys.all().map(({ key, id }) => [key, String(id)]));
      for (const { block, recording, bits } of selectSignatures.iterate()) {
        const recordingId = ids.get(recording ?? null);
        if (recordingId === undefined || !mayContain(bits as Uint8Array, query)) continue;
        yield { recordingId, blockId: Number(block) };
      }
    },
    read(blockId) {
      const row = selectBlock.get(blockId);
      if (!row) return { text: '', times: new Float64Array() };
      const times = new Uint8Array(row['times'] as Uint8Array);
      return {
        text: decoder.decode(row['text'] as Uint8Array),
        times: new Float64Array(times.buffer, 0, times.length / Float64Array.BYTES_PER_ELEMENT),
      };
    },
    close: () => database.close(),
  };
}

function toBytes(times: Float64Array): Uint8Array {
  return new Uint8Array(times.buffer, times.byteOffset, times.byteLength);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
