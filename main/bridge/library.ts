import type { RecordingTimeline } from '../../preload/contract.ts';
import type { ReplayTimeline } from '../replay/replays.ts';
import type { CallsOf, Rooms } from './rooms.ts';

export function answerLibrary({
  library,
  replays,
}: Rooms): CallsOf<
  'library.list' | 'library.get' | 'library.verify' | 'library.timeline' | 'library.remove'
> {
  return {
    'library.list': () => library.list(),
    'library.get': ({ recordingId }) => library.get(recordingId),
    'library.verify': ({ recordingId }, { signal }) => library.verify(recordingId, { signal }),
    'library.timeline': async ({ recordingId }) => toTimeline(await replays.timeline(recordingId)),
    'library.remove': async ({ recordingId }) => {
      await library.remove(recordingId);
      return {};
    },
  };
}

/** Where the cast was read up to is ours to know. */
export function toTimeline({ offset: _offset, ...timeline }: ReplayTimeline): RecordingTimeline {
  return timeline;
}
