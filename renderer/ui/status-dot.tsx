/** A state as a sign: shape and colour both tell it, and its name is read aloud. */
import type { JSX } from 'preact';

export type Tone = 'live' | 'owed' | 'lost' | 'quiet';

/** `full` goes on, `ring` has ended or has not begun, `cross` has failed, `half` is on its way. */
export type DotShape = 'full' | 'ring' | 'half' | 'cross' | 'play';

export interface StatusDotProps {
  readonly shape: DotShape;
  readonly tone: Tone;
  /** Left out where the text beside it says the same. */
  readonly label?: string;
}

export function StatusDot({ shape, tone, label }: StatusDotProps): JSX.Element {
  return (
    <svg
      class={`status-dot tone-${tone}`}
      viewBox="0 0 12 12"
      role="img"
      aria-label={label}
      aria-hidden={label === undefined}
    >
      {label !== undefined && <title>{label}</title>}
      {shape === 'full' && <circle cx="6" cy="6" r="4" fill="currentColor" />}
      {shape === 'ring' && (
        <circle cx="6" cy="6" r="3.25" fill="none" stroke="currentColor" stroke-width="1.5" />
      )}
      {shape === 'half' && (
        <>
          <circle cx="6" cy="6" r="3.25" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M6 2.5a3.5 3.5 0 0 1 0 7z" fill="currentColor" />
        </>
      )}
      {shape === 'cross' && (
        <path
          d="M3 3l6 6M9 3l-6 6"
          fill="none"
          stroke="currentColor"
          stroke-width="1.75"
          stroke-linecap="round"
        />
      )}
      {shape === 'play' && <path d="M3.5 2.2v7.6L10 6z" fill="currentColor" />}
    </svg>
  );
}

/** A context's colour. Its name always stands beside it, so screen readers skip it. */
export function ContextDot({ colour }: { readonly colour: number }): JSX.Element {
  return <span class={`context-dot context-${colour}`} aria-hidden="true" />;
}
