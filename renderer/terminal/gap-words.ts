/**
 * Which markers are lines on the screen: those of places where what is shown does not follow from what stood before, or
 * where it is no longer on record at a recorder.
 */

const GAPS: readonly RegExp[] = [
  /^connection lost\b/,
  /^reconnected after /,
  / bytes of output are not on record: /,
  /^(?:not on record at a recorder from here|no recorder takes this session): /,
  /^recording (?:paused$|resumed after |ended while paused )/,
];

export function isGap(label: string): boolean {
  return GAPS.some((gap) => gap.test(label));
}
