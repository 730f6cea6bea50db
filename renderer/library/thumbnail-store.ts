/** Thumbnails that the page has: asked for once, and kept for scrolling back, up to a bound. */
import type { RecordingThumbnail } from '../../preload/contract.ts';
import type { CoreClient } from '../core-client.ts';

export interface ThumbnailStore {
  /** Of this version of the recording; undefined where it is not kept. */
  known(recordingId: string, version: string): RecordingThumbnail | undefined;
  /** Rejects where it is cancelled or the core cannot tell. */
  ask(
    recordingId: string,
    version: string,
    options: { readonly signal: AbortSignal },
  ): Promise<RecordingThumbnail>;
}

/** Some screens of rows: each is some kilobytes. */
const MOST_KEPT = 300;

export function createThumbnailStore(client: Pick<CoreClient, 'call'>): ThumbnailStore {
  /** The last used stand last. */
  const kept = new Map<string, RecordingThumbnail>();
  const keyOf = (recordingId: string, version: string): string => `${recordingId} ${version}`;

  function keep(key: string, thumbnail: RecordingThumbnail): void {
    kept.delete(key);
    kept.set(key, thumbnail);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  }

  return {
    known(recordingId, version) {
      const key = keyOf(recordingId, version);
      const thumbnail = kept.get(key);
      if (thumbnail) keep(key, thumbnail);
      return thumbnail;
    },
    async ask(recordingId, version, { signal }) {
      const thumbnail = await client.call('library.thumbnail', { recordingId }, { signal });
      keep(keyOf(recordingId, version), thumbnail);
      return thumbnail;
    },
  };
}
