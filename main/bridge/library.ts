import type { CallsOf, Rooms } from './rooms.ts';

export function answerLibrary({
  library,
}: Rooms): CallsOf<'library.list' | 'library.get' | 'library.verify' | 'library.remove'> {
  return {
    'library.list': () => library.list(),
    'library.get': ({ recordingId }) => library.get(recordingId),
    'library.verify': ({ recordingId }, { signal }) => library.verify(recordingId, { signal }),
    'library.remove': async ({ recordingId }) => {
      await library.remove(recordingId);
      return {};
    },
  };
}
