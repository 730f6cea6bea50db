/** How the core of canned state keeps recordings or lets them go; by the real rules. */
import { planRetention } from '../../main/library/retention.ts';
import type { RecordingInfo, RetentionRules } from '../../preload/contract.ts';
import type { PageAnswers, PageCoreState } from './page-answers.ts';
import { annotated } from './recording-info.ts';

type Told = { readonly kind: 'put'; readonly recording: RecordingInfo };

export function answerRetention(
  state: PageCoreState,
  emit: (name: 'library.changed', change: Told) => void,
): Pick<PageAnswers, 'library.annotate' | 'library.storage' | 'library.prune'> {
  function storedBytes(): number {
    return [...state.recordings.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  function plan(rules: RetentionRules) {
    const candidates = [...state.recordings.values()].map((recording) => ({
      ...recording,
      totalBytes: recording.bytes,
      lastWrittenMs: recording.startedAtMs,
    }));
    return planRetention(candidates, rules, Date.now());
  }

  return {
    'library.annotate': ({ recordingIds, change }) => {
      for (const recordingId of recordingIds) {
        const recording = state.recordings.get(recordingId);
        if (!recording) continue;
        const changed = annotated(recording, change);
        state.recordings.set(recordingId, changed);
        emit('library.changed', { kind: 'put', recording: changed });
      }
      return {};
    },
    'library.storage': () => {
      const { quotaBytes } = state.settings.settings.retention;
      const use = {
        recordings: state.recordings.size,
        recordingBytes: storedBytes(),
        cacheBytes: 12_000_000,
        freeBytes: state.freeBytes,
      };
      return quotaBytes > 0 ? { ...use, quotaBytes } : use;
    },
    'library.prune': ({ rules = state.settings.settings.retention }) => {
      const planned = plan(rules);
      const freedBytes = planned.drops.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
      return { ...planned, rules, failures: [], freedBytes };
    },
  };
}
