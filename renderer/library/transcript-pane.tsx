/** Beside a replay: what was on the screen as lines, each with its time, tied to where the replay stands. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RecordingHit, RecordingInfo, TranscriptLine } from '../../preload/contract.ts';
import type { PaneClient } from '../core-client.ts';
import { copyText } from '../terminal/clipboard.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { formatClock, formatCount } from '../ui/format.ts';
import { EmptyState, Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { MomentList } from './moment-list.tsx';
import type { Moment } from './moments.ts';
import type { FindState } from './recording-find.ts';
import { createTranscript, type Transcript } from './transcript.ts';
import { TranscriptList } from './transcript-list.tsx';

export interface TranscriptPaneProps {
  readonly client: PaneClient;
  readonly recording: RecordingInfo;
  readonly positionMicros: number;
  readonly isVisible: boolean;
  readonly find: FindState;
  /** All that can be gone to, in the order of time. */
  readonly moments: readonly Moment[];
  readonly onPick: (line: TranscriptLine) => void;
  readonly onPickHit: (hit: RecordingHit) => void;
  readonly onPickMoment: (moment: Moment) => void;
  readonly onClose: () => void;
}

/** While it is still being read, or is live. */
const REFRESH_MS = 1_000;
/** More is exported, not copied. */
const MOST_COPIED = 5_000;

export function TranscriptPane(props: TranscriptPaneProps): JSX.Element {
  const { client, recording, find, positionMicros } = props;
  const { recordingId } = recording;
  const transcript = useTranscript(client, recordingId);
  const [isFollowing, setFollowing] = useState(true);
  const [tab, setTab] = useState<'text' | 'moments'>('text');
  const [onlyHits, setOnlyHits] = useState(false);
  const [notice, setNotice] = useState('');
  const { state } = transcript;
  const hits = find.kind === 'known' ? find.found.hits : undefined;
  const shownHits = onlyHits ? hits : undefined;
  const isGrowing = state.kind === 'known' && (state.reading === 'under-way' || recording.state === 'live');

  useEffect(() => {
    if (!isGrowing || !props.isVisible) return;
    const timer = setInterval(() => transcript.refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [transcript, isGrowing, props.isVisible]);
  useEffect(() => transcript.refresh(), [transcript, recording.state]);
  useEffect(() => {
    if (find.kind === 'none') setOnlyHits(false);
  }, [find.kind]);

  const currentIndex = shownHits
    ? shownHits.findLastIndex(({ timeMicros }) => timeMicros <= positionMicros)
    : transcript.lineOf(positionMicros);
  /** What is here of the lines; the last known place stays while the next one is asked for. */
  const lastIndex = useRef<number | undefined>(undefined);
  if (currentIndex !== undefined) lastIndex.current = currentIndex;

  async function copy(from: number, to: number): Promise<void> {
    const wanted = Array.from({ length: Math.min(to - from + 1, MOST_COPIED) }, (_, place) => from + place);
    const lines = wanted.map((index) => (shownHits ? shownHits[index] : transcript.lineAt(index))?.text);
    const there = lines.filter((text) => text !== undefined);
    const isDone = await copyText(there.join('\n'));
    const count = formatCount(there.length, 'line');
    if (!isDone) setNotice('The browser refused to copy.');
    else setNotice(there.length < to - from + 1 ? `Copied the first ${count}.` : `Copied ${count}.`);
  }

  function pick(line: TranscriptLine): void {
    setFollowing(true);
    const hit = shownHits?.find((one) => one === line);
    if (hit) props.onPickHit(hit);
    else props.onPick(line);
  }

  const count = shownHits ? shownHits.length : state.kind === 'known' ? state.lineCount : 0;
  return (
    <section class="transcript" aria-label="Text of the recording">
      <header class="transcript-head">
        <div
          class="transcript-tabs"
          role="tablist"
          aria-label="Beside the replay"
          tabIndex={-1}
          onKeyDown={(event) => {
            if (!/^(ArrowLeft|ArrowRight|Home|End)$/.test(event.key)) return;
            event.preventDefault();
            event.stopPropagation();
            const tabs = event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]');
            // There are two.
            const isFirst = event.key === 'Home' || (event.key !== 'End' && tab !== 'text');
            setTab(isFirst ? 'text' : 'moments');
            tabs[isFirst ? 0 : 1]?.focus();
          }}
        >
          <PaneTab label="Text" isOn={tab === 'text'} onPick={() => setTab('text')} />
          <PaneTab label="Moments" isOn={tab === 'moments'} onPick={() => setTab('moments')} />
        </div>
        <span class="secondary numbers" role="status">
          {tab === 'text'
            ? notice || describeCount(count, isGrowing && !shownHits)
            : `${props.moments.length}`}
        </span>
        {tab === 'text' && hits && hits.length > 0 && (
          <label class="transcript-only">
            <input
              type="checkbox"
              checked={onlyHits}
              onChange={(event) => setOnlyHits(event.currentTarget.checked)}
            />
            Only hits
          </label>
        )}
        {tab === 'text' && !isFollowing && count > 0 && (
          <Button
            kind="quiet"
            title="Keep the line of this moment in view"
            onPress={() => setFollowing(true)}
          >
            Follow
          </Button>
        )}
        <IconButton icon="close" label="Close the text (T)" onPress={props.onClose} />
      </header>
      {tab === 'moments' && <Moments {...props} />}
      {tab === 'text' && count > 0 && (
        <TranscriptList
          label={shownHits ? `Lines with ${find.kind === 'known' ? find.text : ''}` : 'Lines'}
          count={count}
          lineAt={(index) => (shownHits ? shownHits[index] : transcript.lineAt(index))}
          onSeen={(from, to) => {
            if (!shownHits) transcript.want(from, to);
          }}
          currentIndex={currentIndex ?? lastIndex.current}
          isFollowing={isFollowing}
          onScrolled={() => {
            setFollowing(false);
            setNotice('');
          }}
          text={find.kind === 'none' ? '' : find.text}
          formatTime={formatMicros}
          onPick={pick}
          onCopy={(from, to) => void copy(from, to)}
        />
      )}
      {tab === 'text' && count === 0 && <NoLines transcript={transcript} />}
    </section>
  );
}

function PaneTab(props: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onPick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="transcript-tab"
      role="tab"
      aria-selected={props.isOn}
      tabIndex={props.isOn ? 0 : -1}
      onClick={props.onPick}
    >
      {props.label}
    </button>
  );
}

function Moments({ moments, onPickMoment }: TranscriptPaneProps): JSX.Element {
  if (moments.length > 0) {
    return <MomentList moments={moments} formatTime={formatMicros} onPick={onPickMoment} />;
  }
  return (
    <EmptyState
      icon="marker"
      title="No moments"
      line="Markers, changes of size, damages and what was found are listed here."
    />
  );
}

function formatMicros(timeMicros: number): string {
  return formatClock(timeMicros / 1_000);
}

function NoLines({ transcript }: { readonly transcript: Transcript }): JSX.Element {
  const { state } = transcript;
  if (state.kind === 'asking') return <Waiting what="Looking for its text" />;
  if (state.kind === 'failed') {
    return (
      <Problem form="bar" title="The text cannot be shown" problem={state.problem}>
        <Button onPress={() => transcript.refresh()}>Try again</Button>
      </Problem>
    );
  }
  switch (state.reading) {
    case 'encrypted':
      return (
        <EmptyState
          icon="lock"
          title="No text is kept"
          line="This recording is encrypted. Its text is read nowhere but on the screen beside."
        />
      );
    case 'unreadable':
      return <EmptyState title="No text" line="What was on this recording’s screen could not be read." />;
    case 'under-way':
      return <Waiting what="Its text is being read" />;
    default:
      return <EmptyState title="No text" line="Nothing was written on this recording’s screen." />;
  }
}

function describeCount(count: number, isGrowing: boolean): string {
  if (count === 0) return '';
  const lines = formatCount(count, 'line');
  return isGrowing ? `${lines} so far` : lines;
}

/** It belongs to what is shown, and goes with it. */
function useTranscript(client: PaneClient, recordingId: string): Transcript {
  const [, setVersion] = useState(0);
  const { transcript, life } = useMemo(() => {
    const controller = new AbortController();
    const onChanged = (): void => setVersion((version) => version + 1);
    const made = createTranscript({ client, onChanged }, recordingId, { signal: controller.signal });
    return { transcript: made, life: controller };
  }, [client, recordingId]);
  useEffect(() => () => life.abort(new Error('the text is not shown any more')), [life]);
  return transcript;
}
