import type { RecordingTimeline } from '../../preload/contract.ts';
import type { SearchQuestion } from '../../preload/contract-search.ts';
import { matchesQuery, type RecordingQuery } from '../../preload/recording-query.ts';
import { parseRecordingQuery } from '../../preload/recording-query-text.ts';
import { AppError } from '../base/errors.ts';
import type { Recording } from '../library/recording.ts';
import type { ReplayTimeline } from '../replay/replay-timeline.ts';
import type { CallsOf, Rooms } from './rooms.ts';

/** What a page asks for at once: several screens of it. */
const FOUND_RECORDINGS = 50;
const FOUND_LINES = 20;

export function answerLibrary({
  clock,
  library,
  pruning,
  replays,
  search,
}: Pick<Rooms, 'clock' | 'library' | 'pruning' | 'replays' | 'search'>): CallsOf<
  | 'library.list'
  | 'library.get'
  | 'library.verify'
  | 'library.timeline'
  | 'library.annotate'
  | 'library.thumbnail'
  | 'library.remove'
  | 'library.storage'
  | 'library.prune'
  | 'library.search'
> {
  return {
    'library.list': () => library.recall(),
    'library.get': ({ recordingId }) => library.get(recordingId),
    'library.verify': ({ recordingId }, { signal }) => library.verify(recordingId, { signal }),
    'library.timeline': async ({ recordingId }) => toTimeline(await replays.timeline(recordingId)),
    'library.thumbnail': ({ recordingId }, { signal }) => replays.thumbnail(recordingId, { signal }),
    'library.remove': async ({ recordingId }) => {
      await library.remove(recordingId);
      return {};
    },
    'library.annotate': async ({ recordingIds, change }) => {
      await library.annotate(recordingIds, change);
      return {};
    },
    'library.storage': () => pruning.storage(),
    'library.prune': ({ isDryRun, rules }, { signal }) => pruning.prune({ isDryRun, rules, signal }),
    'library.search': async (question, { signal }) => {
      const { text, afterId } = question;
      const query = toQuery(question, clock.nowMs());
      const matches = (recording: Recording): boolean => matchesQuery(query, recording);
      const page = { maxRecordings: FOUND_RECORDINGS, maxLines: FOUND_LINES };
      return (await search()).find({ text, afterId, ...page, matches }, { signal });
    },
  };
}

/** Where the cast was read up to is ours to know. */
export function toTimeline({ offset: _offset, ...timeline }: ReplayTimeline): RecordingTimeline {
  return timeline;
}

/** As the library's filter. */
function toQuery({ words, filter = '' }: SearchQuestion, nowMs: number): RecordingQuery {
  const { query, problems } = parseRecordingQuery(filter, { nowMs });
  const [problem] = problems;
  if (problem) throw new AppError('bad-input', problem.message, { hint: problem.hint });
  return { ...query, words: [...(query.words ?? []), ...words] };
}
