import type { RecordingThumbnail } from '../../preload/contract-replay.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { createTurns } from '../base/turns.ts';
import type { Library } from '../library/library.ts';
import type { Recording } from '../library/recording.ts';
import { type CastItem, readCast } from '../recording/cast-reader.ts';
import type { CastKeys } from '../recording/cast-source.ts';
import type { LaterMarks } from '../recording/later-marks.ts';
import { showOutput } from '../recording/shown-output.ts';
import { bytesOf, keepKeyframes, MAX_KEYFRAME_BYTES } from './kept-keyframes.ts';
import type { ReplayCache, StoredSurvey } from './replay-cache.ts';
import { type Keyframe, unpackState } from './survey.ts';
import { surveyInThread } from './survey-thread.ts';
import type { ThumbnailCache } from './thumbnail-cache.ts';
import { createThumbnails } from './thumbnails.ts';
import { EMPTY_TIMELINE, type Timeline } from './timeline.ts';

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
  /** The latest known moment up to that one from which a replay can begin; nothing: at the start. */
  start(recordingId: string, timeMicros: number): Promise<ReplayStart | undefined>;
  /** What its busiest moment looked like. Rejects where the signal says that it is not wanted any more. */
  thumbnail(recordingId: string, options: { readonly signal: AbortSignal }): Promise<RecordingThumbnail>;
  readonly onTimeline: Event<ReplayTimeline>;
}

export interface ReplayTimeline extends Timeline {
  readonly recordingId: string;
  /** Times from which a replay can begin, in order. */
  readonly keyframesMicros: readonly number[];
  /** All of the cast has been surveyed, as it is now. */
  readonly isComplete: boolean;
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
  readonly library: Pick<Library, 'get' | 'onChanged'>;
  readonly cache: ReplayCache;
  readonly thumbnailCache: ThumbnailCache;
  readonly keys?: CastKeys | undefined;
  /** What was noted in a recording after its end: on its timeline, but not on its screen. */
  laterMarks(castPath: string): Promise<LaterMarks>;
}

/** Recordings whose keyframes are kept in memory; of 600 MB of log lines they take 5 MB. */
const KEPT_SURVEYS = 6;
/** Of all of those; the one in use is kept whatever it takes. */
const KEPT_BYTES = 2 * MAX_KEYFRAME_BYTES;
/** What a page's terminal parses in some hundredths of a second. */
const LEAST_SPACING_BYTES = 256 * 1024;
/** A live recording is surveyed on when it has grown by so much: each time costs a thread. */
const LIVE_STEP_BYTES = 256 * 1024;
/** So many bound the memory; of a recording of 600 MB they are 300 KB apart. */
const MOST_KEYFRAMES = 2_000;

interface Survey {
  keyframes: readonly Keyframe[];
  timeline: Timeline;
  isComplete: boolean;
  /** Markers that were set after its end. */
  later: Timeline['markers'];
  /** Of the file, when it was last surveyed to its end. */
  surveyedBytes: number;
  /** While it is under way, or is about to be. */
  running?: Promise<void>;
  readonly loaded: Promise<void>;
}

export function openReplays(needs: ReplaysNeeds, life: Lifetime): Replays {
  const { log, library, cache } = needs;
  const { signal } = life;
  const surveys = new Map<string, Survey>();
  const announced = createEmitter<ReplayTimeline>();
  /** One at a time: each takes a core. */
  const turns = createTurns();
  const { thumbnailCache, keys } = needs;
  const thumbnails = createThumbnails({ log, cache: thumbnailCache, keys, surveyOf });

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

  /** The last used stand last. */
  async function take({ recordingId, path, encryptedTo }: Recording): Promise<Survey> {
    let survey = surveys.get(recordingId);
    surveys.delete(recordingId);
    if (!survey) {
      const load = async (): Promise<void> => {
        const stored = encryptedTo ? undefined : await cache.load(recordingId, path);
        if (stored) Object.assign(made, stored);
      };
      const made: Survey = {
        keyframes: [],
        timeline: EMPTY_TIMELINE,
        isComplete: false,
        surveyedBytes: 0,
        later: [],
        loaded: Promise.resolve().then(load),
      };
      survey = made;
    }
    surveys.set(recordingId, survey);
    await survey.loaded;
    letGo();
    return survey;
  }

  /** The oldest first; it is read from the cache where it is wanted again. */
  function letGo(): void {
    let bytes = 0;
    for (const [index, [recordingId, { keyframes, running }]] of [...surveys].reverse().entries()) {
      bytes += bytesOf(keyframes);
      const isTooMuch = index >= KEPT_SURVEYS || (index > 0 && bytes > KEPT_BYTES);
      if (isTooMuch && !running) surveys.delete(recordingId);
    }
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

  function describe(recordingId: string, { keyframes, timeline, isComplete, later }: Survey): ReplayTimeline {
    const markers = [...timeline.markers, ...later].sort((a, b) => a.timeMicros - b.timeMicros);
    return {
      ...timeline,
      markers,
      recordingId,
      keyframesMicros: keyframes.map(({ timeMicros }) => timeMicros),
      isComplete,
    };
  }

  function refresh(recording: Recording, survey: Survey): void {
    const grownBytes = recording.bytes - survey.surveyedBytes;
    const isWorthIt = grownBytes >= (recording.state === 'live' ? LIVE_STEP_BYTES : 1);
    if (survey.running || (survey.isComplete && !isWorthIt)) return;
    // Not awaited by anybody: it announces how far it is, and does not reject.
    survey.running = turns.take(() => run(recording, survey));
  }

  async function run(recording: Recording, survey: Survey): Promise<void> {
    const { recordingId, path, bytes, encryptedTo, hasTty } = recording;
    const spacingBytes = Math.max(LEAST_SPACING_BYTES, Math.ceil(bytes / MOST_KEYFRAMES));
    try {
      await surveyInThread(
        needs,
        { path, hasTty, timeline: survey.timeline, keyframe: survey.keyframes.at(-1), spacingBytes },
        ({ keyframes, timeline }) => {
          survey.keyframes = keepKeyframes([...survey.keyframes, ...keyframes], MAX_KEYFRAME_BYTES);
          survey.timeline = timeline;
          announced.fire(describe(recordingId, survey));
        },
        { signal },
      );
      survey.isComplete = true;
      survey.surveyedBytes = bytes;
      announced.fire(describe(recordingId, survey));
    } catch (error) {
      // Playing it says what is wrong with it.
      if (!signal.aborted) {
        log.warn({ recording: recordingId, error: String(error) }, 'a recording could not be surveyed');
      }
    } finally {
      delete survey.running;
    }
    // Derived from its screen, as its text is: an encrypted one leaves nothing in the clear.
    if (!encryptedTo && surveys.get(recordingId) === survey) await cache.store(recordingId, path, survey);
  }

  async function drop(recordingId: string): Promise<void> {
    surveys.delete(recordingId);
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
      const recording = await library.get(recordingId);
      const survey = await take(recording);
      survey.later = await readLaterMarks(recording);
      refresh(recording, survey);
      return describe(recording.recordingId, survey);
    },
    async *read(recordingId, { isExact = false, ...options }) {
      const recording = await library.get(recordingId);
      const items = readCast(recording.path, { ...options, keys: needs.keys });
      yield* isExact ? items : showOutput(items, recording);
    },
    async start(recordingId, timeMicros) {
      const recording = await library.get(recordingId);
      const survey = await take(recording);
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
    async thumbnail(recordingId, options) {
      const recording = await library.get(recordingId);
      const wanted = AbortSignal.any([signal, options.signal]);
      return thumbnails.make(recording, { signal: wanted });
    },
    onTimeline: announced.event,
  };
}
