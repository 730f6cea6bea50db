/** What was found in a replay's recording, and the ways to it. */
import { useMemo } from 'preact/hooks';
import type { RecordingHit, RecordingInfo, RecordingTimeline } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import type { Finder } from '../terminal/finder.ts';
import type { Marker } from './markers.ts';
import { listMoments, type Moment } from './moments.ts';
import type { Player } from './player.ts';
import { isMoving } from './player-state.ts';
import type { FindState } from './recording-find.ts';
import { useRecordingFind } from './recording-find-hook.ts';
import type { ReplayMoment } from './replay-moment.ts';

export interface ReplayHitsNeeds {
  readonly client: PaneClient;
  readonly recording: RecordingInfo;
  readonly markers: readonly Marker[];
  readonly timeline: RecordingTimeline | undefined;
  readonly player: () => Player | undefined;
  readonly finder: () => Finder | undefined;
  readonly show: (moment: ReplayMoment) => Promise<void>;
  readonly seek: (toMicros: number) => void;
}

export interface ReplayHits {
  readonly state: FindState;
  /** Hits and all else that can be gone to, in the order of time. */
  readonly moments: readonly Moment[];
  find(text: string, isCaseSensitive: boolean): void;
  step(direction: 1 | -1): void;
  pickHit(hit: RecordingHit): void;
  pickMoment(moment: Moment): void;
}

const NO_HITS: readonly RecordingHit[] = [];

export function useReplayHits(needs: ReplayHitsNeeds): ReplayHits {
  const { markers, timeline, player } = needs;
  const { find, state } = useRecordingFind(
    needs.client,
    needs.recording,
    () => player()?.positionMicros() ?? 0,
  );
  const hits = state.kind === 'known' ? state.found.hits : NO_HITS;
  const moments = useMemo(() => listMoments({ markers, timeline, hits }), [markers, timeline, hits]);

  /** Of several on one screen, on to the next. */
  function show(hit: RecordingHit | undefined, direction: 1 | -1): void {
    const text = state.kind === 'known' ? state.text : '';
    if (!hit || text === '') return;
    const now = player();
    if (now?.positionMicros() === hit.timeMicros && !isMoving(now.state)) {
      const query = { text, isCaseSensitive: false, isRegex: false };
      needs.finder()?.find(query, direction === 1 ? 'below' : 'above');
    }
    // It does not reject: what fails is the player's state.
    else void needs.show({ timeMicros: hit.timeMicros, text });
  }

  function pickHit(hit: RecordingHit): void {
    find.choose(hit);
    show(hit, 1);
  }

  return {
    state,
    moments,
    find: (text, isCaseSensitive) => find.find(text, isCaseSensitive),
    step: (direction) => show(find.step(direction), direction),
    pickHit,
    pickMoment({ kind, timeMicros }) {
      const hit = kind === 'hit' ? hits.find((one) => one.timeMicros === timeMicros) : undefined;
      if (hit) pickHit(hit);
      else needs.seek(timeMicros);
    },
  };
}
