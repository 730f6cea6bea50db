import * as v from 'valibot';
import { parseJson } from '../base/json.ts';
import { createTurns } from '../base/turns.ts';
import type { Bucket } from './bucket.ts';
import type { BucketPlaces } from './bucket-places.ts';
import type { ListedRecordings, ListRange, StoredOutcome } from './recording-store.ts';
import {
  formatStored,
  isStoredId,
  nameStored,
  parseStored,
  type StoredRecording,
} from './stored-recording.ts';

/** The recordings that a bucket holds: an object of facts for each, which names the object of its bytes. */
export interface BucketShelf {
  /** Gives a cast that is there its id, the first free one of its recording. The same bytes are kept once. */
  keep(name: string, facts: Omit<StoredRecording, 'id'>): Promise<StoredOutcome>;
  list(range: ListRange): Promise<ListedRecordings>;
  /** The key of a recording's bytes. */
  find(id: string): Promise<string | undefined>;
  /** Whether the cast has an id by now. */
  isKept(name: string, recordingId: string): Promise<boolean>;
}

interface Fact {
  readonly stored: StoredRecording;
  /** Key of the bytes. */
  readonly cast: string;
}

/** Requests at once for one list. */
const FETCHED_AT_ONCE = 16;

export function createBucketShelf(bucket: Bucket, places: BucketPlaces): BucketShelf {
  const turns = createTurns();

  /** `torn` where there is something that we did not write. */
  async function readFact(id: string): Promise<Fact | 'torn' | undefined> {
    const text = await bucket.getText(places.fact(id));
    if (text === undefined) return undefined;
    const stored = parseStored(text);
    const place = v.safeParse(placeSchema, parseJson(text));
    return stored && place.success ? { stored, cast: place.output.cast } : 'torn';
  }

  async function keep(name: string, facts: Omit<StoredRecording, 'id'>): Promise<StoredOutcome> {
    const cast = places.cast(name);
    for (let version = 1; ; version += 1) {
      const id = nameStored(facts.recordingId, facts.state, version);
      const there = await readFact(id);
      if (there === undefined) {
        const stored = { ...facts, id };
        await bucket.put(places.fact(id), formatStored(stored, { cast }));
        await bucket.remove(places.note(name));
        return { outcome: version === 1 ? 'new' : 'another', stored };
      }
      if (there !== 'torn' && there.stored.sha256 === facts.sha256 && there.stored.bytes === facts.bytes) {
        if (there.cast !== cast) await bucket.remove(cast);
        await bucket.remove(places.note(name));
        return { outcome: 'same', stored: there.stored };
      }
    }
  }

  return {
    keep: (name, facts) => turns.take(() => keep(name, facts)),
    async list({ after, limit }) {
      const page = await bucket.list(places.facts, { limit, after: places.fact(after) });
      const ids = page.keys.map((key) => key.slice(places.facts.length));
      const recordings: StoredRecording[] = [];
      for (let start = 0; start < ids.length; start += FETCHED_AT_ONCE) {
        const some = ids.slice(start, start + FETCHED_AT_ONCE).filter(isStoredId);
        for (const fact of await Promise.all(some.map(readFact))) {
          if (fact !== undefined && fact !== 'torn') recordings.push(fact.stored);
        }
      }
      const next = page.isLast ? undefined : ids.at(-1);
      return { recordings, ...(next !== undefined && { next }) };
    },
    async find(id) {
      const fact = await readFact(id);
      return fact === 'torn' ? undefined : fact?.cast;
    },
    async isKept(name, recordingId) {
      for (const state of ['whole', 'partial'] as const) {
        for (let version = 1; ; version += 1) {
          const fact = await readFact(nameStored(recordingId, state, version));
          if (fact === undefined) break;
          if (fact !== 'torn' && fact.cast === places.cast(name)) return true;
        }
      }
      return false;
    },
  };
}

const placeSchema = v.object({ cast: v.string() });
