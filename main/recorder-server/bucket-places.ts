/** Where a recorder keeps what in its bucket. Every key is made of an id that was checked. */
export interface BucketPlaces {
  /** What is known of each recording, one object of JSON by its id: in the order of ids, since S3 lists in no other. */
  readonly facts: string;
  readonly notes: string;
  fact(id: string): string;
  /** `ID~RANDOM`: an object cannot be renamed, so the bytes have their key before it is known what they are. */
  cast(name: string): string;
  note(name: string): string;
  event(atMs: number, random: string): string;
}

/** `prefix` is empty, or ends in no slash. */
export function placeBucket(prefix: string): BucketPlaces {
  const under = prefix === '' ? '' : `${prefix}/`;
  const facts = `${under}recordings/`;
  const notes = `${under}incoming/`;
  return {
    facts,
    notes,
    fact: (id) => `${facts}${id}`,
    cast: (name) => `${under}casts/${name}.cast`,
    note: (name) => `${notes}${name}`,
    event(atMs, random) {
      const [day = '', time = ''] = new Date(atMs).toISOString().split('T');
      return `${under}events/${day}/${time.replaceAll(':', '')}-${random}.json`;
    },
  };
}
