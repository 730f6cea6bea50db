/** What recordings take of the disk, in words. */
import type { Settings } from '../../preload/contract.ts';
import type { StorageUse } from '../store-keeping.ts';
import { formatBytes, formatCount } from '../ui/format.ts';
import type { Tone } from '../ui/status-dot.tsx';

/** What the settings of recording allow; 0 for any. */
export interface StorageLimits {
  /** Of all recordings, from where on none is made. */
  readonly mostBytes: number;
  /** Of the disk, below which none is made. */
  readonly keptFreeBytes: number;
}

export interface StorageWords {
  readonly line: string;
  /** What will happen, where that is near. */
  readonly warning?: string;
  readonly tone: Tone;
  /** 0 to 1; absent where there is no limit. */
  readonly share?: number;
}

const NEAR = 0.9;
const MIB = 1024 * 1024;

export function storageLimitsOf({
  recordingLibraryMiB,
  recordingFreeMiB,
}: Pick<Settings, 'recordingLibraryMiB' | 'recordingFreeMiB'>): StorageLimits {
  return { mostBytes: recordingLibraryMiB * MIB, keptFreeBytes: recordingFreeMiB * MIB };
}

export function describeStorage(use: StorageUse, limits: StorageLimits): StorageWords {
  const { recordings, recordingBytes, freeBytes, quotaBytes } = use;
  const most = quotaBytes ?? (limits.mostBytes > 0 ? limits.mostBytes : undefined);
  const of = most === undefined ? '' : ` of ${formatBytes(most)}`;
  const takes = recordings === 1 ? 'takes' : 'take';
  const line = `${formatCount(recordings, 'recording')} ${takes} ${formatBytes(recordingBytes)}${of}, ${formatBytes(freeBytes)} are free`;
  const share = most === undefined ? {} : { share: Math.min(1, recordingBytes / most) };
  const warning = findWarning(use, limits);
  return warning === undefined
    ? { line, tone: 'quiet', ...share }
    : { line, warning, tone: 'owed', ...share };
}

function findWarning(
  { recordingBytes, freeBytes, quotaBytes }: StorageUse,
  { mostBytes, keptFreeBytes }: StorageLimits,
): string | undefined {
  if (keptFreeBytes > 0 && freeBytes < keptFreeBytes) return 'The disk is too full: nothing is recorded.';
  if (mostBytes > 0 && recordingBytes >= mostBytes) return 'The limit is reached: nothing is recorded.';
  if (quotaBytes !== undefined && recordingBytes > quotaBytes) {
    return 'More than the quota: the oldest go within the hour, what is pinned stays.';
  }
  if (quotaBytes !== undefined && recordingBytes >= quotaBytes * NEAR) {
    return 'The quota is nearly reached: the oldest go then.';
  }
  if (mostBytes > 0 && recordingBytes >= mostBytes * NEAR) {
    return 'The limit is nearly reached: nothing is recorded then.';
  }
  if (keptFreeBytes > 0 && freeBytes < keptFreeBytes / NEAR) {
    return 'The disk is nearly too full to record.';
  }
  return undefined;
}
