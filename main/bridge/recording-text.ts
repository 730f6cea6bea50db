import type { TextReading } from '../../preload/contract-replay.ts';
import type { SearchAnswer } from '../search/search.ts';
import type { CallsOf, Rooms } from './rooms.ts';

/** More nobody looks through, and a timeline has no place for. */
const MAX_HITS = 1_000;

/** What was on the screen of one recording: read page by page, and found. */
export function answerRecordingText({
  search,
}: Pick<Rooms, 'search'>): CallsOf<'library.transcript' | 'library.find'> {
  return {
    'library.transcript': async ({ recordingId, at }, { signal }) =>
      (await search()).page(recordingId, at, { signal }),
    'library.find': async ({ recordingId, text }, { signal }) => {
      const answer = await (await search()).find(
        {
          text,
          matches: (recording) => recording.recordingId === recordingId,
          maxRecordings: 1,
          maxLines: MAX_HITS,
        },
        { signal },
      );
      const [found] = answer.recordings;
      const hits = found?.lines.map(({ timeMicros, text: line, place }) => ({
        timeMicros,
        text: line,
        place,
      }));
      return { reading: readingOf(answer), hits: hits ?? [], hasMore: (found?.lineCount ?? 0) >= MAX_HITS };
    },
  };
}

function readingOf({ unsearched }: SearchAnswer): TextReading {
  if (unsearched.encrypted > 0) return 'encrypted';
  if (unsearched.unreadable > 0) return 'unreadable';
  return unsearched.waiting > 0 ? 'under-way' : 'whole';
}
