import type { RecordingThumbnail } from '../../preload/contract-replay.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { createTurns } from '../base/turns.ts';
import type { Library } from '../library/library.ts';
import type { Recording } from '../library/recording.ts';
import { type CastItem, readCast } from '../recording/cast/cast-reader.ts';
import type { CastKeys } from '../recording/cast/cast-source.ts';
import { showOutput } from '../recording/cast/shown-output.ts';
import type { LaterMarks } from '../recording/later-marks.ts';
import { readGlimpse } from './glimpse.ts';
import { keepKeyframes, MAX_KEYFRAME_BYTES } from './kept-keyframes.ts';
import { createKeptSurveys, isFar, type Survey } from './kept-surveys.ts';
import { createPreparation } from './preparation.ts';
import type { ReplayCache, StoredSurvey } from './replay-cache.ts';
import { describeSurvey, type ReplayTimeline } from './replay-timeline.ts';
import { unpackState } from './survey.ts';
import { surveyInThread } from './survey-thread.ts';
import { waitUntil } from './survey-wait.ts';
import type { ThumbnailCache } from './thumbnail-cache.ts';
import { createThumbnails } from './thumbnails.ts';
import type { Timeline } from './timeline.ts';

/** What a player needs of recordings beside their events: where it can begin, and what happened when. */
export interface Replays {
  /** The recording's timeline as far as it is known; the rest is surveyed in the background and announced. */
  timeline(recordingId: string): Promise<ReplayTimeline>;
  /**
   * As `readCast`, with the keys of this home, and without the markers that were set later; as a terminal is to be shown
   * it unless it is to be exact.
   */
  read(
    recordingId: string,
    options: { readonly fromOffset: number; readonly isExact?: boolean; readonly signal: AbortSignal },
  ): AsyncGenerator<CastItem>;
  /**
   * The latest known moment up to that one from which a replay can begin; nothing: at the start. With a signal, a survey
   * is waited for that comes by there sooner than a page has read so far.
   */
  start(
    recordingId: string,
    timeMicros: number,
    options?: { readonly signal: AbortSignal },
  ): Promise<ReplayStart | undefined>;
  /**
   * What the last stretch up to that moment shows by itself, where `start` would wait for a survey: something to look at
   * until then. Nothing where it need not wait, and of an encrypted recording, which can only be read from its start.
   */
  glimpse(
    recordingId: string,
    timeMicros: number,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<CastItem>;
  /** What its busiest moment looked like. Rejects where the signal says that it is not wanted any more. */
  thumbnail(recordingId: string, options: { readonly signal: AbortSignal }): Promise<RecordingThumbnail>;
  readonly onTimeline: Event<ReplayTimeline>;
  /** Surveys long recordings in the background, from now on, before somebody opens them. Resolves when the first are. */
  prepare(): Promise<void>;
}

export interface ReplayStart {
  readonly timeMicros: number;
  /** Where the cast goes on. */
  readonly offset: number;
  readonly size: TerminalSize;
  /** Escape sequences that bring an empty terminal of that size to this moment. */
  readonly state: string;
}

export interface ReplaysNeeds {
  readonly log: Log;
  readonly library: Pick<Library, 'get' | 'list' | 'onChanged'>;
  readonly cache: ReplayCache;
  readonly thumbnailCache: ThumbnailCache;
  readonly keys?: CastKeys | undefined;
  /** Somebody waits for a moment of a recording: what else reads recordings has time. */
  giveWay?(): void;
  /** Recordings from this size on are prepared. */
  readonly preparedFromBytes?: number | undefined;
  /** What was noted in a recording after its end: on its timeline, but not on its screen. */
  laterMarks(castPath: string): Promise<LaterMarks>;
}

/** What a page's terminal parses in some hundredths of a second. */
const LEAST_SPACING_BYTES = 256 * 1024;
/** A live recording is surveyed on when it has grown by so much: each time costs a thread. */
const LIVE_STEP_BYTES = 256 * 1024;
/** So many bound the memory; of a recording of 600 MB they are 300 KB apart. */
const MOST_KEYFRAMES = 2_000;

export function openReplays(needs: ReplaysNeeds, life: Lifetime): Replays {
  const { log, library, cache } = needs;
  const { signal } = life;
  const surveys = createKeptSurveys(cache);
  const announced = createEmitter<ReplayTimeline>();
  /** One at a time: each takes a core. */
  const turns = createTurns();
  /** The one that is under way and waited for. */
  let surveyed: Survey | undefined;
  const { thumbnailCache, keys } = needs;
  const thumbnails = createThumbnails({ log, cache: thumbnailCache, keys, surveyOf });
  const preparation = createPreparation(
    {
      library,
      // An encrypted one leaves nothing in the clear.
      isDone: async (recording) =>
        recording.encryptedTo !== undefined || (await surveyOf(recording)) !== undefined,
      survey: prepare,
      fromBytes: needs.preparedFromBytes,
    },
    life,
  );

  /** Only where all of its cast is in it. */
  async function surveyOf({
    recordingId,
    path,
    bytes,
    state,
    encryptedTo,
  }: Recording): Promise<StoredSurvey | undefined> {
    const known = surveys.get(recordingId);
    if (known) return known.isComplete && known.surveyedBytes === bytes ? known : undefined;
    const stored = encryptedTo || state === 'live' ? undefined : await cache.load(recordingId, path);
    return stored && stored.timeline.offset === bytes ? stored : undefined;
  }

  async function readLaterMarks({ path }: Recording): Promise<Timeline['markers']> {
    try {
      const later = await needs.laterMarks(path);
      return later.kind === 'signed'
        ? later.marks.map(({ timeMicros, label }) => ({ timeMicros, label }))
        : [];
    } catch (error) {
      log.warn({ path, error: String(error) }, 'later markers could not be read');
      return [];
    }
  }

  function refresh(recording: Recording, survey: Survey): void {
    const grownBytes = recording.bytes - survey.surveyedBytes;
    const isWorthIt = grownBytes >= (recording.state === 'live' ? LIVE_STEP_BYTES : 1);
    if (survey.running || (survey.isComplete && !isWorthIt)) return;
    preparation.giveWay();
    // Not awaited by anybody: it announces how far it is, and does not reject.
    survey.running = turns.take(() => run(recording, survey, { signal }));
  }

  async function prepare(recording: Recording, options: { readonly signal: AbortSignal }): Promise<void> {
    const survey = await surveys.take(recording);
    await turns.take(async () => {
      if (!options.signal.aborted) await run(recording, survey, { ...options, isInBackground: true });
    });
  }

  async function run(
    recording: Recording,
    survey: Survey,
    {
      signal: stop,
      isInBackground = false,
    }: { readonly signal: AbortSignal; readonly isInBackground?: boolean },
  ): Promise<void> {
    const { recordingId, path, bytes, encryptedTo, hasTty } = recording;
    const spacingBytes = Math.max(LEAST_SPACING_BYTES, Math.ceil(bytes / MOST_KEYFRAMES));
    if (!isInBackground) surveyed = survey;
    try {
      await surveyInThread(
        needs,
        {
          path,
          hasTty,
          timeline: survey.timeline,
          keyframe: survey.keyframes.at(-1),
          spacingBytes,
          isInBackground,
        },
        ({ keyframes, timeline }) => {
          survey.keyframes = keepKeyframes([...survey.keyframes, ...keyframes], MAX_KEYFRAME_BYTES);
          survey.timeline = timeline;
          if (isInBackground) return;
          announced.fire(describeSurvey(recordingId, survey));
          needs.giveWay?.();
        },
        { signal: stop },
      );
      survey.isComplete = true;
      survey.surveyedBytes = bytes;
      if (!isInBackground) announced.fire(describeSurvey(recordingId, survey));
    } catch (error) {
      // Playing it says what is wrong with it.
      if (!stop.aborted) {
        log.warn({ recording: recordingId, error: String(error) }, 'a recording could not be surveyed');
      }
    } finally {
      if (!isInBackground) {
        delete survey.running;
        surveyed = undefined;
      }
    }
    // Derived from its screen, as its text is: an encrypted one leaves nothing in the clear.
    const isWanted = isInBackground || surveys.get(recordingId) === survey;
    if (!encryptedTo && isWanted) await cache.store(recordingId, path, survey);
  }

  /** A survey leaves out most of what a page would have to parse. */
  async function comeBy(
    recording: Recording,
    survey: Survey,
    { timeMicros, signal: stop }: { readonly timeMicros: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const hasCome = (): boolean => !isFar(recording, survey, timeMicros);
    if (hasCome()) return;
    refresh(recording, survey);
    // Another one's turn may be long.
    if (!survey.running || (surveyed && surveyed !== survey)) return;
    const course = { progress: announced.event, ended: survey.running };
    await waitUntil(hasCome, course, { signal: stop });
  }

  async function drop(recordingId: string): Promise<void> {
    surveys.drop(recordingId);
    await cache.remove(recordingId);
  }

  async function forget(recordingId: string): Promise<void> {
    await Promise.all([drop(recordingId), thumbnails.remove(recordingId)]);
    // What was being stored meanwhile goes as well.
    await turns.take(() => cache.remove(recordingId));
  }

  life.own(
    library.onChanged((change) => {
      if (change.kind === 'removed') {
        // Does not reject.
        void forget(change.recordingId);
        return;
      }
      const survey = surveys.get(change.recording.recordingId);
      if (survey) refresh(change.recording, survey);
    }),
  );
  // What is under way is given up with the signal, and stored as far as it came.
  life.own(() => turns.take(() => {}));
  life.own(() => thumbnails.settle());

  return {
    async timeline(recordingId) {
      needs.giveWay?.();
      const recording = await library.get(recordingId);
      const survey = await surveys.take(recording);
      survey.later = await readLaterMarks(recording);
      refresh(recording, survey);
      return describeSurvey(recording.recordingId, survey);
    },
    async *read(recordingId, { isExact = false, ...options }) {
      const recording = await library.get(recordingId);
      const items = readCast(recording.path, { ...options, keys: needs.keys });
      yield* isExact ? items : showOutput(items, recording);
    },
    async start(recordingId, timeMicros, options) {
      needs.giveWay?.();
      const recording = await library.get(recordingId);
      const survey = await surveys.take(recording);
      if (options) await comeBy(recording, survey, { timeMicros, signal: options.signal });
      const keyframe = survey.keyframes.findLast((one) => one.timeMicros <= timeMicros);
      if (!keyframe) return undefined;
      try {
        const { offset, size, timeMicros: at } = keyframe;
        return { timeMicros: at, offset, size, state: await unpackState(keyframe) };
      } catch (error) {
        log.warn({ recording: recordingId, error: String(error) }, 'a keyframe is damaged: made anew');
        await drop(recording.recordingId);
        return undefined;
      }
    },
    async *glimpse(recordingId, timeMicros, options) {
      const recording = await library.get(recordingId);
      const survey = await surveys.take(recording);
      if (!recording.encryptedTo && isFar(recording, survey, timeMicros)) {
        yield* readGlimpse(recording, timeMicros, options);
      }
    },
    async thumbnail(recordingId, options) {
      const recording = await library.get(recordingId);
      const wanted = AbortSignal.any([signal, options.signal]);
      return thumbnails.make(recording, { signal: wanted });
    },
    onTimeline: announced.event,
    prepare: () => preparation.start(),
  };
}
