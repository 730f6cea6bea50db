import type { RecoveryInfo } from '../../preload/contract-recovery.ts';
import type { LibraryRecovery } from '../library/library.ts';
import type { CallsOf, Rooms } from './rooms.ts';

export function answerRecovery({ recoveries }: Pick<Rooms, 'recoveries'>): CallsOf<'library.recoveries'> {
  return { 'library.recoveries': async () => recoveries().map(toRecoveryInfo) };
}

export function toRecoveryInfo({ recordingId, recovery }: LibraryRecovery): RecoveryInfo {
  return { recordingId, kind: recovery.kind };
}
