/** A recording in a tab: a terminal that has happened, and the bar that plays it. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AppInfo, RecordingInfo, RecordingTimeline, Settings } from '../../preload/contract.ts';
import { formatRecordingLink } from '../../preload/recording-link.ts';
import type { PaneClient } from '../core-client.ts';
import { copyText } from '../terminal/clipboard.ts';
import { TerminalFrame } from '../terminal/terminal-frame.tsx';
import type { TerminalView } from '../terminal/xterm.ts';
import { pageTimers } from '../timers.ts';
import { announce } from '../ui/announcer.ts';
import { formatClock } from '../ui/format.ts';
import { Notice, Waiting } from '../ui/messages.tsx';
import { isMotionReduced } from '../ui/motion.ts';
import { type Marker, mergeMarkers, nextMarker, previousMarker } from './markers.ts';
import { createPlayer, type Player } from './player.ts';
import { PlayerBar } from './player-bar.tsx';
import { isMoving, type PlayerState, SPEEDS } from './player-state.ts';
import { RecordingFindBar } from './recording-find-bar.tsx';
import { nameOf } from './recording-words.ts';
import { isInBar, isOthers } from './replay-focus.ts';
import { useReplayHits } from './replay-hits.ts';
import { type PlayerCommand, playerCommandOf, stepSpeed } from './replay-keys.ts';
import type { ReplayMoment } from './replay-moment.ts';
import { ReplayProblem } from './replay-problem.tsx';
import { followTimeline } from './replay-timeline.ts';
import { TranscriptPane } from './transcript-pane.tsx';

export interface ReplayPaneProps {
  readonly client: PaneClient;
  readonly recording: RecordingInfo;
  /** Where it begins, and is led to when it is another one; its start where there is none. */
  readonly at?: ReplayMoment;
  readonly settings: Settings;
  readonly host: Pick<AppInfo, 'platform' | 'host'>;
  /** Its tab is in front. A replay that nobody sees pauses. */
  readonly isVisible: boolean;
  readonly onSettings: (changes: Partial<Settings>) => void;
  /** Leads to where the key of an encrypted recording is added. */
  readonly onAddKey: () => void;
}

/** Left and right arrow. */
const STEP_MICROS = 5e6;
/** How often the figures and the slider follow the position. */
const FOLLOW_MS = 100;
/** What is skipped where the setting shows all pauses, but the user wants them skipped here. */
const DEFAULT_IDLE_SECONDS = 2;

export function ReplayPane(props: ReplayPaneProps): JSX.Element {
  const { recording, settings } = props;
  const player = useRef<Player | undefined>(undefined);
  const view = useRef<TerminalView | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const shown = useRef(props.at);
  const latestMarkers = useRef<readonly Marker[]>([]);
  const [state, setState] = useState<PlayerState>({ kind: 'paused' });
  const [positionMicros, setPosition] = useState(0);
  const [size, setSize] = useState(recording.size);
  const [markers, setMarkers] = useState<readonly Marker[]>([]);
  const [timeline, setTimeline] = useState<RecordingTimeline>();
  const [notice, setNotice] = useState<string>();
  const [speed, setSpeed] = useState(1);
  const [skipsIdle, setSkipsIdle] = useState(settings.replayIdleSeconds > 0);
  const [hasText, setHasText] = useState(false);
  const hits = useReplayHits({
    client: props.client,
    recording,
    markers,
    timeline,
    player: () => player.current,
    finder: () => view.current?.finder,
    show,
    seek,
  });
  latestMarkers.current = markers;
  const idleSeconds = settings.replayIdleSeconds || DEFAULT_IDLE_SECONDS;

  function start(made: TerminalView, { signal }: { signal: AbortSignal }): void {
    const { client, recording: first } = latest.current;
    const next = createPlayer(
      {
        screen: made.screen,
        timers: pageTimers,
        open: (fromMicros) =>
          client.open('library.play', { recordingId: first.recordingId, fromMicros, follows: true }),
        onMarker: (marker) => addMarkers([marker]),
        onChanged(changed) {
          setState(changed);
          setPosition(next.positionMicros());
        },
      },
      {
        size: first.size,
        durationMicros: first.durationMicros,
        idleSeconds: skipsIdle ? idleSeconds : 0,
      },
    );
    view.current = made;
    player.current = next;
    signal.addEventListener('abort', () => next.stop(), { once: true });
    if (latest.current.at) void show(latest.current.at);
    else if (!isMotionReduced(latest.current.settings.reduceMotion)) next.play();
    followTimeline(client, first.recordingId, takeTimeline, { signal });
  }

  function takeTimeline(next: RecordingTimeline): void {
    setTimeline(next);
    addMarkers(next.markers);
    player.current?.setKeyframes(next.keyframesMicros, next.isComplete ? Infinity : next.lastMicros);
  }

  function addMarkers(more: readonly Marker[]): void {
    setMarkers((known) => mergeMarkers(known, more));
  }

  /** Pauses there, its text marked. */
  async function show({ timeMicros, text }: ReplayMoment): Promise<void> {
    player.current?.pause();
    await player.current?.seek(timeMicros);
    const isStill = player.current?.positionMicros() === timeMicros;
    if (text !== undefined && isStill) {
      view.current?.finder.find({ text, isCaseSensitive: false, isRegex: false }, 'last');
    }
  }

  useEffect(() => {
    if (props.at && props.at !== shown.current) void show(props.at);
    shown.current = props.at;
  }, [props.at]);
  useEffect(() => player.current?.setIdleSeconds(skipsIdle ? idleSeconds : 0), [skipsIdle, idleSeconds]);
  useEffect(() => player.current?.setSpeed(speed), [speed]);
  useEffect(() => player.current?.setDuration(recording.durationMicros), [recording.durationMicros]);
  useEffect(() => {
    if (!props.isVisible) player.current?.pause();
  }, [props.isVisible]);
  useEffect(() => {
    if (state.kind !== 'playing' && state.kind !== 'following') return;
    const timer = setInterval(() => setPosition(player.current?.positionMicros() ?? 0), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [state.kind]);

  function seek(toMicros: number): void {
    // Its end is announced by the player's state.
    void player.current?.seek(toMicros);
    setPosition(player.current?.positionMicros() ?? 0);
  }

  function goLive(): void {
    seek(latest.current.recording.durationMicros);
    player.current?.play();
    view.current?.focus();
  }

  async function copyLink(): Promise<void> {
    const { recordingId } = latest.current.recording;
    const link = formatRecordingLink({ recordingId, timeMicros: player.current?.positionMicros() ?? 0 });
    setNotice(
      (await copyText(link)) ? `Copied: ${link}` : `The browser refused to copy. The link is ${link}`,
    );
  }

  function goTo(find: typeof nextMarker): void {
    const marker = find(latestMarkers.current, player.current?.positionMicros() ?? 0);
    if (marker) seek(marker.timeMicros);
  }

  function toggle(): void {
    if (!isMoving(state)) player.current?.play();
    else {
      player.current?.pause();
      announce(`Paused at ${formatClock((player.current?.positionMicros() ?? 0) / 1_000)}.`);
    }
  }

  const commands: Readonly<Record<PlayerCommand, () => void>> = {
    toggle,
    text: () => setHasText((has) => !has),
    back: () => seek((player.current?.positionMicros() ?? 0) - STEP_MICROS),
    forward: () => seek((player.current?.positionMicros() ?? 0) + STEP_MICROS),
    start: () => seek(0),
    end: () => seek(latest.current.recording.durationMicros),
    faster: () => setSpeed((before) => stepSpeed(SPEEDS, before, 1)),
    'marker.next': () => goTo(nextMarker),
    'marker.previous': () => goTo(previousMarker),
    slower: () => setSpeed((before) => stepSpeed(SPEEDS, before, -1)),
    'step.next': () => player.current?.step(1),
    'step.previous': () => player.current?.step(-1),
  };

  function press(event: KeyboardEvent): void {
    if (event.key === 'Escape' && isInBar(event)) view.current?.focus();
    const command = playerCommandOf(event);
    if (!command || isOthers(event, command)) return;
    event.preventDefault();
    event.stopPropagation();
    commands[command]();
  }

  const name = nameOf(recording);
  return (
    <section
      class="replay-pane"
      hidden={!props.isVisible}
      aria-label={`Recording of ${name}`}
      onKeyDownCapture={press}
    >
      <TerminalFrame
        label={`Recording of ${name}`}
        size={recording.size}
        settings={settings}
        host={props.host}
        isVisible={props.isVisible}
        onReady={start}
        onSized={setSize}
        onSettings={props.onSettings}
        sizedBy="records"
        findBar={(bar) => (
          <RecordingFindBar
            {...bar}
            state={hits.state}
            onText={hits.find}
            onStep={hits.step}
            onClose={() => {
              hits.find('', false);
              bar.onClose();
            }}
          />
        )}
        beside={
          hasText && (
            <TranscriptPane
              client={props.client}
              recording={recording}
              positionMicros={positionMicros}
              isVisible={props.isVisible}
              find={hits.state}
              moments={hits.moments}
              onPick={({ timeMicros }) => seek(timeMicros)}
              onPickHit={hits.pickHit}
              onPickMoment={hits.pickMoment}
              onClose={() => {
                setHasText(false);
                view.current?.focus();
              }}
            />
          )
        }
        foot={
          <>
            {state.kind === 'failed' && (
              <ReplayProblem error={state.error} onAddKey={props.onAddKey} onRetry={toggle} />
            )}
            <PlayerBar
              recording={recording}
              state={state}
              size={size}
              positionMicros={positionMicros}
              markers={markers}
              moments={hits.moments}
              hasText={hasText}
              timeline={timeline}
              speed={speed}
              idleSeconds={idleSeconds}
              skipsIdle={skipsIdle}
              onToggle={toggle}
              onSeek={seek}
              onLive={goLive}
              onMoment={hits.pickMoment}
              onText={commands.text}
              onCopyLink={() => void copyLink()}
              onSpeed={setSpeed}
              onSkipIdle={setSkipsIdle}
            />
          </>
        }
      >
        {notice && (
          <Notice tone="quiet" onDismiss={() => setNotice(undefined)}>
            {notice}
          </Notice>
        )}
        {state.kind === 'seeking' && (
          <div class={state.isGlimpse ? 'terminal-wait is-glimpse' : 'terminal-wait'} key={state.toMicros}>
            <Waiting what={describeSeek(state)} />
          </div>
        )}
      </TerminalFrame>
    </section>
  );
}

function describeSeek({ toMicros, isGlimpse }: PlayerState & { readonly kind: 'seeking' }): string {
  const moment = formatClock(toMicros / 1_000);
  return isGlimpse
    ? `Only what came just before ${moment} is shown yet; the rest is being read`
    : `Reading on to ${moment}`;
}
