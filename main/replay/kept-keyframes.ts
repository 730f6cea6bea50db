import type { Keyframe } from './survey.ts';

/** Of the keyframes of one recording: full screens in colour may be a hundred times the size of a shell's. */
export const MAX_KEYFRAME_BYTES: number = 24 * 1024 * 1024;

/**
 * No more bytes than that: where there are more, every second one goes, so that what is left still lies all over the
 * recording. The last one stays, from which a survey goes on.
 */
export function keepKeyframes(keyframes: readonly Keyframe[], maxBytes: number): readonly Keyframe[] {
  let kept = keyframes;
  while (kept.length > 1 && bytesOf(kept) > maxBytes) {
    const { length } = kept;
    kept = kept.filter((_, index) => (length - 1 - index) % 2 === 0);
  }
  return kept;
}

export function bytesOf(keyframes: readonly Keyframe[]): number {
  return keyframes.reduce((sum, { state }) => sum + state.length, 0);
}
