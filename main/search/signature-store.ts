import type { DatabaseSync } from 'node:sqlite';
import { keepOnly, narrow, placesIn, SHELF_BLOCKS, shelve, toMask } from './signature-shelf.ts';
import { bitsOf, mayContain, type SignatureQuery } from './text-signature.ts';

/**
 * The signatures of all blocks, within the store's transactions. New ones lie one by one; as soon as there are enough
 * of one size that do not change any more, they are put on a shelf.
 */
export interface SignatureStore {
  put(place: BlockKey, signature: Uint8Array, options: { readonly isFinal: boolean }): void;
  /** No trace of their signatures stays. */
  remove(recordings: ReadonlySet<number>): void;
  /** Blocks that may hold it, in any order, some of them twice. */
  candidates(query: SignatureQuery): Iterable<BlockKey>;
}

/** Both are keys of the store. */
export interface BlockKey {
  readonly recording: number;
  readonly block: number;
}

/** Some have no block any more: their recording is 0. */
interface Shelf {
  readonly key: number;
  readonly signatureBytes: number;
  readonly members: readonly BlockKey[];
}

/** Parts of a shelf follow each other in the table; larger signatures than so many parts there are none. */
const MAX_PARTS = 2 ** 16;
const GONE = 0;

export const SIGNATURE_TABLES = `
  CREATE TABLE signatures (block INTEGER PRIMARY KEY, recording INTEGER NOT NULL, size INTEGER NOT NULL,
    is_final INTEGER NOT NULL, bits BLOB NOT NULL) STRICT;
  CREATE INDEX signatures_recording ON signatures (recording);
  CREATE INDEX signatures_final ON signatures (size) WHERE is_final = 1;
  CREATE TABLE shelves (key INTEGER PRIMARY KEY, size INTEGER NOT NULL, members BLOB NOT NULL) STRICT;
  CREATE TABLE shelf_parts (key INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;`;

export function createSignatureStore(database: DatabaseSync): SignatureStore {
  const insert = database.prepare(
    'INSERT OR REPLACE INTO signatures (block, recording, size, is_final, bits) VALUES (?, ?, ?, ?, ?)',
  );
  const selectAll = database.prepare('SELECT block, recording, bits FROM signatures');
  const countFinal = database.prepare('SELECT count(*) AS n FROM signatures WHERE is_final = 1 AND size = ?');
  const selectFinal = database.prepare(
    'SELECT block, recording, bits FROM signatures WHERE is_final = 1 AND size = ? ORDER BY block LIMIT ?',
  );
  const removeOne = database.prepare('DELETE FROM signatures WHERE block = ?');
  const removeOf = database.prepare('DELETE FROM signatures WHERE recording = ?');
  const selectShelves = database.prepare('SELECT key, size, members FROM shelves');
  const insertShelf = database.prepare('INSERT INTO shelves (size, members) VALUES (?, ?) RETURNING key');
  const updateShelf = database.prepare('UPDATE shelves SET members = ? WHERE key = ?');
  const removeShelf = database.prepare('DELETE FROM shelves WHERE key = ?');
  const selectPart = database.prepare('SELECT bits FROM shelf_parts WHERE key = ?');
  const putPart = database.prepare('INSERT OR REPLACE INTO shelf_parts (key, bits) VALUES (?, ?)');
  const removeParts = database.prepare('DELETE FROM shelf_parts WHERE key >= ? AND key < ?');

  function readPart(shelf: number, part: number): Uint8Array {
    return (selectPart.get(shelf * MAX_PARTS + part)?.['bits'] ?? new Uint8Array()) as Uint8Array;
  }

  function* shelves(): Generator<Shelf> {
    for (const { key, size, members } of selectShelves.iterate()) {
      yield { key: Number(key), signatureBytes: Number(size), members: parseMembers(members as Uint8Array) };
    }
  }

  function fillShelf(size: number): void {
    const rows = selectFinal.all(size, SHELF_BLOCKS);
    const members = rows.map(({ block, recording }) => ({
      block: Number(block),
      recording: Number(recording),
    }));
    const key = Number(insertShelf.get(size, formatMembers(members))?.['key']);
    const parts = shelve(rows.map(({ bits }) => bits as Uint8Array));
    for (const [part, bits] of parts.entries()) putPart.run(key * MAX_PARTS + part, bits);
    for (const { block } of members) removeOne.run(block);
  }

  function clearShelf({ key, members }: Shelf, recordings: ReadonlySet<number>): void {
    const kept = members.map((member) =>
      recordings.has(member.recording) ? { block: GONE, recording: GONE } : member,
    );
    const range = [key * MAX_PARTS, (key + 1) * MAX_PARTS] as const;
    const mask = maskOf(kept);
    if (mask.every((byte) => byte === 0)) {
      removeShelf.run(key);
      removeParts.run(...range);
      return;
    }
    updateShelf.run(formatMembers(kept), key);
    for (let part = 0, bits = readPart(key, 0); bits.length > 0; part += 1, bits = readPart(key, part)) {
      putPart.run(key * MAX_PARTS + part, keepOnly(bits, mask));
    }
  }

  return {
    put({ recording, block }, signature, { isFinal }) {
      insert.run(block, recording, signature.length, isFinal ? 1 : 0, signature);
      if (isFinal && Number(countFinal.get(signature.length)?.['n']) >= SHELF_BLOCKS) {
        fillShelf(signature.length);
      }
    },
    remove(recordings) {
      for (const recording of recordings) removeOf.run(recording);
      for (const shelf of [...shelves()]) {
        if (shelf.members.some(({ recording }) => recordings.has(recording))) clearShelf(shelf, recordings);
      }
    },
    *candidates(query) {
      for (const { block, recording, bits } of selectAll.iterate()) {
        if (mayContain(bits as Uint8Array, query)) {
          yield { block: Number(block), recording: Number(recording) };
        }
      }
      for (const { key, signatureBytes, members } of shelves()) {
        const bits = bitsOf(query, { length: signatureBytes });
        for (const place of placesIn(narrow(maskOf(members), bits, (part) => readPart(key, part)))) {
          const member = members[place];
          if (member) yield member;
        }
      }
    },
  };
}

function maskOf(members: readonly BlockKey[]): Uint8Array {
  return toMask([...members.keys()].filter((place) => members[place]?.recording !== GONE));
}

function formatMembers(members: readonly BlockKey[]): Uint8Array {
  const keys = Float64Array.from(members.flatMap(({ block, recording }) => [block, recording]));
  return new Uint8Array(keys.buffer);
}

function parseMembers(bytes: Uint8Array): readonly BlockKey[] {
  const keys = new Float64Array(new Uint8Array(bytes).buffer);
  return Array.from({ length: keys.length / 2 }, (_, place) => ({
    block: keys[2 * place] ?? GONE,
    recording: keys[2 * place + 1] ?? GONE,
  }));
}
