import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { SHELF_BLOCKS } from '../../../main/search/signature-shelf.ts';
import {
  createSignatureStore,
  SIGNATURE_TABLES,
  type SignatureStore,
} from '../../../main/search/signature-store.ts';
import { signText, toSignatureQuery } from '../../../main/search/text-signature.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';

const encoder = new TextEncoder();

interface Opened {
  readonly store: SignatureStore;
  count(table: string): number;
  readonly database: DatabaseSync;
}

async function openNew(): Promise<Opened> {
  const path = join(await makeCastFolder(), 'signatures.sqlite');
  const database = new DatabaseSync(path);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  database.exec(`PRAGMA secure_delete = ON; ${SIGNATURE_TABLES}`);
  const count = (table: string): number =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  return { store: createSignatureStore(database), count, database };
}

function put(store: SignatureStore, number: number, text: string, isFinal = true): void {
  store.put({ recording: number, block: number }, signText(encoder.encode(text)), { isFinal });
}

function find(store: SignatureStore, text: string): number[] {
  const found = [...store.candidates(toSignatureQuery(encoder.encode(text)))];
  return [...new Set(found.map(({ block }) => block))].sort((a, b) => a - b);
}

const WORDS = ['alpha', 'bravo', 'kappa', 'omega'];
const wordOf = (number: number): string => WORDS[number % WORDS.length] ?? '';

test('signatures of every size are found, whether they lie on shelves or not yet', async () => {
  const { store, count } = await openNew();
  const last = 2 * SHELF_BLOCKS + 50;
  for (let number = 1; number <= last; number += 1) {
    put(store, number, number % 3 === 0 ? `${wordOf(number)} ${'long text '.repeat(200)}` : wordOf(number));
  }
  expect(count('shelves')).toBe(1);
  expect(count('signatures')).toBe(last - SHELF_BLOCKS);
  for (const [index, word] of WORDS.entries()) {
    const expected = Array.from({ length: last }, (_, number) => number + 1);
    expect(find(store, word)).toEqual(expected.filter((number) => number % WORDS.length === index));
  }
  expect(find(store, 'nowhere')).toEqual([]);
});

test('what may still change does not go to a shelf, and is replaced', async () => {
  const { store, count } = await openNew();
  for (let number = 1; number <= SHELF_BLOCKS; number += 1) put(store, number, 'done');
  for (let number = 1_001; number <= 1_000 + SHELF_BLOCKS; number += 1) put(store, number, 'begun', false);
  expect([count('shelves'), count('signatures')]).toEqual([1, SHELF_BLOCKS]);
  put(store, 1_001, 'changed');
  expect(find(store, 'changed')).toEqual([1_001]);
  expect(find(store, 'begun')).not.toContain(1_001);
});

test('what is removed leaves its shelf, and an empty shelf goes', async () => {
  const { store, count } = await openNew();
  for (let number = 1; number <= SHELF_BLOCKS; number += 1) put(store, number, wordOf(number));
  store.remove(new Set([4, 8]));
  expect(find(store, 'alpha').slice(0, 2)).toEqual([12, 16]);
  expect(find(store, 'bravo').slice(0, 2)).toEqual([1, 5]);
  store.remove(new Set(Array.from({ length: SHELF_BLOCKS }, (_, number) => number + 1)));
  expect(find(store, 'bravo')).toEqual([]);
  expect([count('shelves'), count('shelf_parts')]).toEqual([0, 0]);
});

test('no bit of what was removed stays on the shelf', async () => {
  const { store, database } = await openNew();
  for (let number = 1; number <= SHELF_BLOCKS; number += 1)
    put(store, number, number === 77 ? 'unique' : 'same');
  store.remove(new Set([77]));
  const parts = database.prepare('SELECT bits FROM shelf_parts').all();
  const bytes = Buffer.concat(parts.map(({ bits }) => bits as Uint8Array));
  const mark = 1 << (76 & 7);
  const ofRemoved = bytes.filter((_, index) => index % (SHELF_BLOCKS / 8) === 76 >> 3);
  expect(ofRemoved.every((byte) => (byte & mark) === 0)).toBe(true);
});
