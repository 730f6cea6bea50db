/** Thumbnails of recordings, made one after the other, each when somebody asks for it. */
import type { RecordingThumbnail } from '../../preload/contract-replay.ts';
import { toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { createTurns } from '../base/turns.ts';
import type { Recording } from '../library/recording.ts';
import type { CastKeys } from '../recording/cast/cast-source.ts';
import { type BusyStretch, busiestOf } from './busiest-moment.ts';
import type { StoredSurvey } from './replay-cache.ts';
import { drawInThread } from './survey-thread.ts';
import type { ThumbnailCache } from './thumbnail-cache.ts';

export interface Thumbnails {
  /** Rejects with `cancelled`, or the signal's reason, where it is not wanted any more; else it tells why there is none. */
  make(recording: Recording, options: { readonly signal: AbortSignal }): Promise<RecordingThumbnail>;
  remove(recordingId: string): Promise<void>;
  /** Resolves when none is under way any more. */
  settle(): Promise<void>;
}

export interface ThumbnailsNeeds {
  readonly log: Log;
  readonly cache: ThumbnailCache;
  readonly keys?: CastKeys | undefined;
  /** What is known of all of its cast; reading it for that alone would take longer than the thumbnail. */
  surveyOf(recording: Recording): Promise<StoredSurvey | undefined>;
}

export function createThumbnails({ log, cache, keys, surveyOf }: ThumbnailsNeeds): Thumbnails {
  /** Each takes a core for a moment, and a shell must not feel it. */
  const turns = createTurns();

  async function draw(recording: Recording, signal: AbortSignal): Promise<RecordingThumbnail> {
    const { recordingId, path, size, hasTty } = recording;
    try {
      const survey = await surveyOf(recording);
      const stretch: BusyStretch | undefined = survey && busiestOf(survey.timeline, survey.keyframes, size);
      const screen = await drawInThread({ keys }, { path, hasTty, stretch }, { signal });
      return screen ? { kind: 'screen', ...screen } : { kind: 'none', why: 'empty' };
    } catch (error) {
      signal.throwIfAborted();
      // Opening it says more.
      log.debug({ recording: recordingId, error: String(error) }, 'a recording has no thumbnail');
      const isLocked = toAppError(error).code === 'recording-locked';
      return { kind: 'none', why: isLocked ? 'locked' : 'unreadable' };
    }
  }

  return {
    async make(recording, { signal }) {
      const { recordingId, path, state, encryptedTo, isLocked } = recording;
      if (isLocked) return { kind: 'none', why: 'locked' };
      if (state === 'unreadable') return { kind: 'none', why: 'unreadable' };
      const stored = encryptedTo ? undefined : await cache.load(recordingId, path);
      if (stored) return stored;
      return turns.take(async () => {
        signal.throwIfAborted();
        const thumbnail = await draw(recording, signal);
        // It shows what is in it: an encrypted one leaves nothing in the clear. A live one has another soon.
        const isKnown = thumbnail.kind === 'screen' || thumbnail.why === 'empty';
        if (isKnown && !encryptedTo && state !== 'live') await cache.store(recordingId, path, thumbnail);
        return thumbnail;
      });
    },
    async remove(recordingId) {
      await cache.remove(recordingId);
      // What was being stored meanwhile goes as well.
      await turns.take(() => cache.remove(recordingId));
    },
    settle: () => turns.take(() => {}),
  };
}
