import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { Log } from '../base/log.ts';
import { recordingFactsSchema } from '../recording/recording-facts.ts';
import type { FileStamp } from './library-file.ts';
import type { StoredRecording } from './recording.ts';

/** What was read from a recording's files, and how they looked then. */
export interface IndexEntry {
  readonly stamp: FileStamp;
  readonly recording: StoredRecording;
}

/**
 * Remembers between starts what the files said, so that a start need not read them all again. A cache:
 * it may be deleted at any time, and whatever goes wrong with it is logged and costs time only.
 */
export interface RecordingIndex {
  load(): readonly IndexEntry[];
  store(put: readonly IndexEntry[], removedIds: readonly string[]): void;
  close(): void;
}

/** Raised when the meaning of a row changes: older indexes are dropped. */
const SCHEMA_VERSION = 3;
/** Another process may be writing; longer than this the cache is not worth. */
const BUSY_TIMEOUT_MS = 200;

export function openRecordingIndex(needs: { readonly log: Log }, path: string): RecordingIndex {
  let database = openDatabase(needs, path);

  function attempt<T>(what: string, work: (database: DatabaseSync) => T): T | undefined {
    if (!database) return undefined;
    try {
      return work(database);
    } catch (error) {
      needs.log.warn({ path, error: String(error) }, `the index of recordings could not be ${what}`);
      return undefined;
    }
  }

  return {
    load() {
      const rows = attempt('read', (open) => open.prepare('SELECT entry FROM recordings').all());
      return (rows ?? []).flatMap(parseRow);
    },
    store(put, removedIds) {
      if (put.length === 0 && removedIds.length === 0) return;
      attempt('written', (open) => {
        const insert = open.prepare('INSERT OR REPLACE INTO recordings (id, entry) VALUES (?, ?)');
        const remove = open.prepare('DELETE FROM recordings WHERE id = ?');
        open.exec('BEGIN IMMEDIATE');
        try {
          for (const entry of put) insert.run(entry.recording.recordingId, JSON.stringify(entry));
          for (const id of removedIds) remove.run(id);
          open.exec('COMMIT');
        } catch (error) {
          open.exec('ROLLBACK');
          throw error;
        }
        // Of what was deleted nothing stays, neither in its place nor in the log of writes.
        if (removedIds.length > 0) open.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      });
    },
    close() {
      attempt('closed', (open) => open.close());
      database = undefined;
    },
  };
}

const CountSchema = v.pipe(v.number(), v.minValue(0));
const EntrySchema = v.object({
  stamp: v.object({
    castBytes: CountSchema,
    castModifiedMs: CountSchema,
    sidecarBytes: CountSchema,
    sidecarModifiedMs: CountSchema,
    annotationBytes: CountSchema,
    annotationModifiedMs: CountSchema,
  }),
  recording: v.object({
    recordingId: v.string(),
    context: v.string(),
    namespace: v.string(),
    pod: v.string(),
    container: v.string(),
    command: v.array(v.string()),
    startedAtMs: v.number(),
    durationMicros: CountSchema,
    bytes: CountSchema,
    size: v.object({ cols: CountSchema, rows: CountSchema }),
    state: v.picklist(['closed', 'cut', 'recovered', 'damaged']),
    exitCode: v.exactOptional(v.number()),
    lostBytes: v.exactOptional(CountSchema),
    invalidBytes: v.exactOptional(CountSchema),
    pausedBytes: v.exactOptional(CountSchema),
    note: v.exactOptional(v.string()),
    encryptedTo: v.exactOptional(v.array(v.string())),
    tags: v.exactOptional(v.array(v.string())),
    comment: v.exactOptional(v.string()),
    isPinned: v.exactOptional(v.literal(true)),
    annotationProblem: v.exactOptional(v.string()),
    encryptedWords: v.exactOptional(v.string()),
    path: v.string(),
  }),
});

function parseRow(row: Record<string, unknown>): IndexEntry[] {
  try {
    const entry: unknown = JSON.parse(String(row['entry']));
    // One after the other: merging what two parsers copied takes twice as long, at every start.
    if (!v.is(EntrySchema, entry) || !v.is(recordingFactsSchema, entry.recording)) return [];
    return [{ stamp: entry.stamp, recording: entry.recording }];
  } catch {
    return []; // Its files are read again.
  }
}

/** A damaged index is deleted and begun anew; where even that fails there is none. */
function openDatabase({ log }: { readonly log: Log }, path: string): DatabaseSync | undefined {
  try {
    return prepareDatabase(path);
  } catch (error) {
    log.warn({ path, error: String(error) }, 'the index of recordings is built anew');
  }
  try {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return prepareDatabase(path);
  } catch (error) {
    log.warn({ path, error: String(error) }, 'there is no index of recordings');
    return undefined;
  }
}

function prepareDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
    if (version !== SCHEMA_VERSION) {
      database.exec(`
        DROP TABLE IF EXISTS recordings;
        CREATE TABLE recordings (id TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT;
        PRAGMA user_version = ${SCHEMA_VERSION};
      `);
    }
    database.prepare('SELECT entry FROM recordings LIMIT 1').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
