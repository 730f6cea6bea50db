/**
 * On a player's slider: markers, changes of size, damages and hits, each with a shape of its own and its words. For the
 * pointer; the keyboard has the brackets, the find bar and the list of moments.
 */
import type { JSX } from 'preact';
import type { Moment, MomentKind } from './moments.ts';

export interface TimelineMarksProps {
  readonly moments: readonly Moment[];
  readonly durationMicros: number;
  /** It was just come past: its words show by themselves. */
  readonly here: Moment | undefined;
  /** As the time of day. */
  readonly formatTime: (timeMicros: number) => string;
  readonly onSeek: (moment: Moment) => void;
}

const NAMES: Readonly<Record<MomentKind, string>> = {
  marker: 'Marker',
  resize: 'Size',
  damage: 'Damage',
  hit: 'Hit',
};

export function TimelineMarks(props: TimelineMarksProps): JSX.Element {
  return (
    <>
      {props.moments.map((moment) => {
        const { kind, timeMicros, label } = moment;
        const share = Math.min(1, timeMicros / Math.max(1, props.durationMicros));
        const time = props.formatTime(timeMicros);
        return (
          <button
            key={`${kind} ${timeMicros} ${label}`}
            type="button"
            class={`player-mark is-${kind} ${moment === props.here ? 'is-here' : ''} ${share > 0.5 ? 'is-late' : ''}`}
            style={{ '--at': share }}
            tabIndex={-1}
            aria-label={`${NAMES[kind]} at ${time}: ${label}`}
            onClick={() => props.onSeek(moment)}
          >
            <span class="player-mark-words float numbers">
              {time} {label}
            </span>
          </button>
        );
      })}
    </>
  );
}
