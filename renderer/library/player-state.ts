/** What a replay does, and what a user can have it do. */
export type PlayerState =
  | { readonly kind: 'playing' }
  | { readonly kind: 'paused' }
  /** Reading towards a moment without showing the way. */
  | {
      readonly kind: 'seeking';
      readonly toMicros: number;
      readonly thenPlays: boolean;
      /** What can be seen is what the last stretch before it shows by itself; the rest is being read. */
      readonly isGlimpse?: true;
    }
  /** All that there is of a live recording is shown; more comes as it is written. */
  | { readonly kind: 'following' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** It goes on by itself, now or when it has come to where it seeks. */
export function isMoving(state: PlayerState): boolean {
  return (
    state.kind === 'playing' || state.kind === 'following' || (state.kind === 'seeking' && state.thenPlays)
  );
}

export const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8, 16];
