import { useRef } from 'preact/hooks';

/** Keys that were meant for what had the focus before: an Enter typed ahead must not press what has just appeared. */
const DEAF_MS = 500;

/** Tells whether a press came too soon after the component appeared to be meant for it. */
export function useTypedAhead(): (event: KeyboardEvent) => boolean {
  const shownAt = useRef(performance.now());
  return (event) => event.timeStamp - shownAt.current < DEAF_MS;
}
