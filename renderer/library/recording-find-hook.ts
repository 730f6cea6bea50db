import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RecordingInfo } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import { pageTimers } from '../timers.ts';
import { createRecordingFind, type FindState, type RecordingFind } from './recording-find.ts';

/** While it is still being read, or is live. */
const REFRESH_MS = 1_000;

/** A find that belongs to what is shown, asks again while more becomes known, and ends with it. */
export function useRecordingFind(
  client: PaneClient,
  { recordingId, state: recordingState }: RecordingInfo,
  positionMicros: () => number,
): { readonly find: RecordingFind; readonly state: FindState } {
  const [state, setState] = useState<FindState>({ kind: 'none' });
  const find = useMemo(
    () =>
      createRecordingFind({ client, timers: pageTimers, positionMicros, onChanged: setState }, recordingId),
    [client, recordingId],
  );
  const isUnderWay = state.kind === 'known' && state.found.reading === 'under-way';
  const isGrowing = isUnderWay || (state.kind === 'known' && recordingState === 'live');
  useEffect(() => {
    if (!isGrowing) return;
    const timer = setInterval(() => find.refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [find, isGrowing]);
  useEffect(() => () => find.end(), [find]);
  return { find, state };
}
