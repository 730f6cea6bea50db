import type { RecordingTimeline } from '../../preload/contract.ts';
import type { Recording } from '../library/recording.ts';
import type { ReplayTimeline } from '../replay/replays.ts';
import type { CallsOf, Rooms } from './rooms.ts';

/** What a page asks for at once: several screens of it. */
const FOUND_RECORDINGS = 50;
const FOUND_LINES = 20;

export function answerLibrary({
  library,
  pruning,
  replays,
  search,
}: Pick<Rooms, 'library' | 'pruning' | 'replays' | 'search'>): CallsOf<
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
    'library.search': async ({ text, words, afterId }, { signal }) => {
      const wanted = words.map((word) => word.toLowerCase());
      const question = { text, afterId, maxRecordings: FOUND_RECORDINGS, maxLines: FOUND_LINES };
      const matches = (recording: Recording): boolean => hasWords(recording, wanted);
      return (await search()).find({ ...question, matches }, { signal });
    },
  };
}

/** Where the cast was read up to is ours to know. */
export function toTimeline({ offset: _offset, ...timeline }: ReplayTimeline): RecordingTimeline {
  return timeline;
}

/** As the library's filter, but for how it ended. */
function hasWords(recording: Recording, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { context, cluster, namespace, pod, container, podUid, node, command, image, imageId, user } =
    recording;
  const place = [context, cluster?.name, cluster?.server, namespace, `${pod}/${container}`, podUid, node];
  const text = [...place, ...command, image, imageId, user].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
