/** Under a replay: play, where it stands in real and in recorded time, speed, and whether pauses are skipped. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { RecordingInfo, RecordingTimeline, TerminalSize } from '../../preload/contract.ts';
import { visibleText } from '../../preload/visible-text.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { formatClock, formatDuration } from '../ui/format.ts';
import { type Marker, markerHere } from './markers.ts';
import { type Moment, tickMoments } from './moments.ts';
import { isMoving, type PlayerState, SPEEDS } from './player-state.ts';
import { PlayerTimeline } from './player-timeline.tsx';
import { describeOutcome, formatMoment, formatTimeOfDay } from './recording-words.ts';
import { shownMicros } from './replay-timeline.ts';
import { TimelineMarks } from './timeline-marks.tsx';

export interface PlayerBarProps {
  readonly recording: RecordingInfo;
  readonly state: PlayerState;
  /** Of the terminal at this moment of the recording. */
  readonly size: TerminalSize;
  readonly positionMicros: number;
  /** In order of time. */
  readonly markers: readonly Marker[];
  /** Those and all else that can be gone to, in order of time. */
  readonly moments: readonly Moment[];
  /** The text beside the terminal is shown. */
  readonly hasText: boolean;
  /** As far as it is known. */
  readonly timeline: RecordingTimeline | undefined;
  readonly speed: number;
  /** Longest pause that is shown; 0 shows all of each. */
  readonly idleSeconds: number;
  readonly skipsIdle: boolean;
  readonly onToggle: () => void;
  readonly onSeek: (toMicros: number) => void;
  /** To the end of what is still being recorded, and on with it. */
  readonly onLive: () => void;
  readonly onMoment: (moment: Moment) => void;
  readonly onText: () => void;
  readonly onCopyLink: () => void;
  readonly onSpeed: (speed: number) => void;
  readonly onSkipIdle: (skips: boolean) => void;
}

export function PlayerBar(props: PlayerBarProps): JSX.Element {
  const { recording, state, positionMicros } = props;
  const { durationMicros } = recording;
  const isPlaying = isMoving(state);
  const isLive = recording.state === 'live';
  const shown = shownMicros(
    durationMicros,
    props.timeline?.silences ?? [],
    props.skipsIdle ? props.idleSeconds : 0,
  );
  const nowMs = recording.startedAtMs + positionMicros / 1_000;
  const share = durationMicros === 0 ? 1 : Math.min(1, positionMicros / durationMicros);
  const here = markerHere(props.markers, positionMicros);
  const ticks = useMemo(() => tickMoments(props.moments, durationMicros), [props.moments, durationMicros]);
  return (
    <section class="player-bar" aria-label="Player">
      <div class="player-track">
        {props.timeline && <PlayerTimeline timeline={props.timeline} durationMicros={durationMicros} />}
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
        <TimelineMarks
          moments={ticks}
          durationMicros={durationMicros}
          here={ticks.find((tick) => tick.kind === 'marker' && isOf(tick, here))}
          formatTime={(timeMicros) => formatTimeOfDay(recording.startedAtMs + timeMicros / 1_000)}
          onSeek={props.onMoment}
        />
      </div>
      <IconButton
        icon={state.kind === 'ended' ? 'retry' : isPlaying ? 'pause' : 'play'}
        label={state.kind === 'ended' ? 'Play again (Space)' : isPlaying ? 'Pause (Space)' : 'Play (Space)'}
        onPress={props.onToggle}
      />
      <time class="player-now numbers" title={formatMoment(nowMs)}>
        {formatTimeOfDay(nowMs)}
      </time>
      <span class="player-times numbers">
        {formatClock(positionMicros / 1_000)}
        <span class="player-total"> / {formatClock(durationMicros / 1_000)}</span>
        {durationMicros - shown >= 1e6 && (
          <span class="player-shown secondary" title="How long it is with its pauses skipped">
            {' '}
            ({formatClock(shown / 1_000)} shown)
          </span>
        )}
      </span>
      {isLive && state.kind === 'following' && (
        <span class="player-live" title="What is written now is shown">
          Live
        </span>
      )}
      {isLive && state.kind !== 'following' && (
        <Button onPress={props.onLive} title="Show what is written now">
          Go live
        </Button>
      )}
      <span class="player-outcome secondary ellipsis" role="status">
        {state.kind === 'ended' ? describeOutcome(recording).word : ''}
      </span>
      <span class="only-heard" role="status">
        {here?.label}
      </span>
      <IconButton
        icon="text"
        label={props.hasText ? 'Hide the text (T)' : 'Show the text (T)'}
        isExpanded={props.hasText}
        onPress={props.onText}
      />
      <IconButton icon="link" label="Copy a link to this moment" onPress={props.onCopyLink} />
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

/** A tick's words are made fit to be seen; two markers of one moment are two ticks. */
function isOf({ timeMicros, label }: Moment, marker: Marker | undefined): boolean {
  return marker !== undefined && timeMicros === marker.timeMicros && label === visibleText(marker.label);
}
