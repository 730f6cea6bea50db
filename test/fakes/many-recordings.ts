/** Recordings of half a year, as many as wanted: the same ones each time. */
import type { RecordingInfo, RecordingThumbnail } from '../../preload/contract.ts';
import type { ThumbnailStore } from '../../renderer/library/thumbnail-store.ts';

const MINUTE_MS = 60_000;
const PODS = [
  'web-7f9c5d8b4-x2x9z',
  'api-0',
  'worker-5d6f7',
  'db-0',
  'cache-1',
  'ingress-nginx-controller-6c8d',
];
const CONTEXTS = ['prod-eu', 'prod-us', 'staging'];
const TAGS = ['incident', 'deploy', 'training', 'INC-2041'];

/** The index of a recording tells all of it: the newest is the first, half an hour apart. */
export function manyRecordings(count: number, newestMs: number): readonly Partial<RecordingInfo>[] {
  return Array.from({ length: count }, (_, index): Partial<RecordingInfo> => {
    const isOdd = index % 97 === 0;
    return {
      pod: PODS[index % PODS.length] ?? '',
      container: 'app',
      context: CONTEXTS[index % CONTEXTS.length] ?? '',
      namespace: index % 5 === 0 ? 'jobs' : 'shop',
      image: `registry.example/app:${index % 9}`,
      user: index % 2 === 0 ? 'alice' : 'bob',
      startedAtMs: newestMs - index * 30 * MINUTE_MS,
      durationMicros: ((index * 7_919) % 5_400) * 1e6,
      bytes: ((index * 104_729) % 9_000_000) + 512,
      ...(isOdd ? { state: 'damaged' as const } : { exitCode: index % 7 === 0 ? 137 : 0 }),
      ...(index % 40 === 0 && { tags: [TAGS[(index / 40) % TAGS.length] ?? ''] }),
      ...(index % 500 === 3 && { isPinned: true as const }),
      ...(index % 250 === 4 && { isOwed: true as const }),
    };
  });
}

/** Lines of a log, for all of them. */
export function createStageThumbnails(): ThumbnailStore {
  const thumbnail: RecordingThumbnail = {
    kind: 'screen',
    timeMicros: 4e6,
    size: { cols: 40, rows: 12 },
    rows: Array.from({ length: 12 }, (_, index) => {
      const text = 'GET /cart 200 '.repeat((index % 3) + 1).slice(0, 34);
      return [
        { column: 0, cols: 5, text: '14:03', fg: 2 },
        { column: 6, cols: text.length, text, ...(index % 4 === 0 && { fg: 1 }) },
      ];
    }),
  };
  return { known: () => thumbnail, ask: async () => thumbnail };
}
