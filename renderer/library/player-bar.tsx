/** Under a replay: play, where it stands in real and in recorded time, speed, and whether pauses are skipped. */
import type { JSX } from 'preact';
import type { RecordingInfo, TerminalSize } from '../../preload/contract.ts';
import { IconButton } from '../ui/button.tsx';
import { formatClock, formatDuration } from '../ui/format.ts';
import { type PlayerState, SPEEDS } from './player.ts';
import { describeOutcome, formatMoment, formatTimeOfDay } from './recording-words.ts';

export interface PlayerBarProps {
  readonly recording: RecordingInfo;
  readonly state: PlayerState;
  /** Of the terminal at this moment of the recording. */
  readonly size: TerminalSize;
  readonly positionMicros: number;
  readonly speed: number;
  /** Longest pause that is shown; 0 shows all of each. */
  readonly idleSeconds: number;
  readonly skipsIdle: boolean;
  readonly onToggle: () => void;
  readonly onSeek: (toMicros: number) => void;
  readonly onSpeed: (speed: number) => void;
  readonly onSkipIdle: (skips: boolean) => void;
}

export function PlayerBar(props: PlayerBarProps): JSX.Element {
  const { recording, state, positionMicros } = props;
  const { durationMicros } = recording;
  const isPlaying = state.kind === 'playing' || (state.kind === 'seeking' && state.thenPlays);
  const nowMs = recording.startedAtMs + positionMicros / 1_000;
  const share = durationMicros === 0 ? 1 : Math.min(1, positionMicros / durationMicros);
  return (
    <section class="player-bar" aria-label="Player">
      <IconButton
        icon={state.kind === 'ended' ? 'retry' : isPlaying ? 'pause' : 'play'}
        label={state.kind === 'ended' ? 'Play again (Space)' : isPlaying ? 'Pause (Space)' : 'Play (Space)'}
        onPress={props.onToggle}
      />
      <time class="player-now numbers" title={formatMoment(nowMs)}>
        {formatTimeOfDay(nowMs)}
      </time>
      <input
        class="player-seek"
        type="range"
        min={0}
        max={Math.max(1, durationMicros)}
        step={1_000}
        value={positionMicros}
        style={{ '--played': `${share * 100}%` }}
        aria-label="Position"
        aria-valuetext={`${formatDuration(positionMicros / 1_000)} of ${formatDuration(durationMicros / 1_000)}`}
        onInput={(event) => props.onSeek(event.currentTarget.valueAsNumber)}
      />
      <span class="player-times numbers">
        {formatClock(positionMicros / 1_000)}
        <span class="player-total"> / {formatClock(durationMicros / 1_000)}</span>
      </span>
      <span class="player-outcome secondary ellipsis" role="status">
        {state.kind === 'ended' ? describeOutcome(recording).word : ''}
      </span>
      <span class="player-size secondary numbers" title="Size as it was recorded">
        {props.size.cols}×{props.size.rows}
      </span>
      <label class="player-speed">
        <span class="only-heard">Speed</span>
        <select
          class="numbers"
          value={props.speed}
          title="Speed (&lt; and &gt;)"
          onChange={(event) => props.onSpeed(Number(event.currentTarget.value))}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      <label class="player-idle" title={`Pauses longer than ${props.idleSeconds} s are cut to that`}>
        <input
          type="checkbox"
          checked={props.skipsIdle}
          onChange={(event) => props.onSkipIdle(event.currentTarget.checked)}
        />
        Skip pauses
      </label>
    </section>
  );
}
