import { join } from 'node:path';

/** Where a recorder keeps what in its folder. Every name is made of an id that was checked. */
export interface FolderPlaces {
  readonly root: string;
  /** Recordings: `ID.cast`, and `ID.json` with what is known of it. */
  readonly recordings: string;
  /** What comes in: `ID~RANDOM.part` and `.json`. */
  readonly incoming: string;
  /** `YYYY-MM-DD.jsonl` */
  readonly events: string;
  /** Which process keeps this folder. */
  readonly ownerFile: string;
  cast(id: string): string;
  facts(id: string): string;
  part(name: string): string;
  note(name: string): string;
}

export const FACTS_ENDING = '.json';
export const PART_ENDING = '.part';

export function placeFolder(root: string): FolderPlaces {
  const recordings = join(root, 'recordings');
  const incoming = join(root, 'incoming');
  return {
    root,
    recordings,
    incoming,
    events: join(root, 'events'),
    ownerFile: join(root, 'recorder.json'),
    cast: (id) => join(recordings, `${id}.cast`),
    facts: (id) => join(recordings, `${id}${FACTS_ENDING}`),
    part: (name) => join(incoming, `${name}${PART_ENDING}`),
    note: (name) => join(incoming, `${name}${FACTS_ENDING}`),
  };
}
