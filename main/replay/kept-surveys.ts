/** What is known of the recordings that were opened last, kept in memory. */
import type { Recording } from '../library/recording.ts';
import { bytesOf, MAX_KEYFRAME_BYTES } from './kept-keyframes.ts';
import type { ReplayCache } from './replay-cache.ts';
import type { Keyframe } from './survey.ts';
import { EMPTY_TIMELINE, type Timeline } from './timeline.ts';

export interface Survey {
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

export interface KeptSurveys {
  get(recordingId: string): Survey | undefined;
  /** Out of the cache where there is one, else begun anew. */
  take(recording: Recording): Promise<Survey>;
  drop(recordingId: string): void;
}

/** Of a recording behind its last keyframe: a page reads less at once. */
const FAR_BYTES = 1024 * 1024;

/** Whether a survey has to come by before a replay can begin near that moment. */
export function isFar(
  { bytes }: Pick<Recording, 'bytes'>,
  { timeline, keyframes }: Survey,
  timeMicros: number,
): boolean {
  return timeline.lastMicros < timeMicros && bytes - (keyframes.at(-1)?.offset ?? 0) > FAR_BYTES;
}

/** Of 600 MB of log lines the keyframes take 5 MB. */
const KEPT_SURVEYS = 6;
/** Of all of those; the one in use is kept whatever it takes. */
const KEPT_BYTES = 2 * MAX_KEYFRAME_BYTES;

export function createKeptSurveys(cache: Pick<ReplayCache, 'load'>): KeptSurveys {
  /** The last used stand last. */
  const surveys = new Map<string, Survey>();

  function begin({ recordingId, path, encryptedTo }: Recording): Survey {
    const load = async (): Promise<void> => {
      const stored = encryptedTo ? undefined : await cache.load(recordingId, path);
      if (stored) Object.assign(begun, stored);
    };
    const begun: Survey = {
      keyframes: [],
      timeline: EMPTY_TIMELINE,
      isComplete: false,
      surveyedBytes: 0,
      later: [],
      loaded: Promise.resolve().then(load),
    };
    return begun;
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

  return {
    get: (recordingId) => surveys.get(recordingId),
    async take(recording) {
      const { recordingId } = recording;
      const survey = surveys.get(recordingId) ?? begin(recording);
      surveys.delete(recordingId);
      surveys.set(recordingId, survey);
      await survey.loaded;
      letGo();
      return survey;
    },
    drop: (recordingId) => void surveys.delete(recordingId),
  };
}
