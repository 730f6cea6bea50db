/** Several recordings in words. */
import type { RecordingInfo } from '../../preload/contract.ts';
import { formatBytes, formatCount } from '../ui/format.ts';

/** `3 selected, 34 MB`. */
export function describeSelection(recordings: readonly RecordingInfo[]): string {
  return `${recordings.length} selected, ${formatBytes(sumBytes(recordings))}`;
}

/** What is to be deleted: what is being recorded stays. */
export function removableOf(recordings: readonly RecordingInfo[]): readonly RecordingInfo[] {
  return recordings.filter(({ state }) => state !== 'live');
}

/** `12 of 306 recordings`, all of them where nothing is left out. */
export function describeCount(listed: number, all: number): string {
  return listed === all ? formatCount(all, 'recording') : `${listed} of ${formatCount(all, 'recording')}`;
}

function sumBytes(recordings: readonly RecordingInfo[]): number {
  return recordings.reduce((sum, { bytes }) => sum + bytes, 0);
}
