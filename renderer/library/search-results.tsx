/** Recordings by what was on their screens: the lines that were found, each leading to its moment in the replay. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import type { FoundLine } from '../../preload/contract-search.ts';
import { Button } from '../ui/button.tsx';
import { formatClock, formatCount, formatTime } from '../ui/format.ts';
import { EmptyState, Waiting } from '../ui/messages.tsx';
import { Problem } from '../ui/problem.tsx';
import { ContextDot } from '../ui/status-dot.tsx';
import { type RowProps, VirtualList } from '../ui/virtual-list.tsx';
import type { ContentSearch } from './content-search.ts';
import { type FoundRow, splitLine } from './found-rows.ts';
import { nameOf } from './recording-words.ts';

export interface SearchResultsProps {
  readonly id: string;
  readonly state: ContentSearch;
  readonly rows: readonly FoundRow[];
  readonly active: FoundRow | undefined;
  readonly text: string;
  readonly nowMs: number;
  readonly colourOf: (context: string) => number;
  readonly onActivate: (key: string) => void;
  readonly onOpen: (row: FoundRow) => void;
}

export function SearchResults(props: SearchResultsProps): JSX.Element {
  const { state, rows, active } = props;
  if (state.kind === 'failed') {
    return <Problem title="The recordings could not be searched" problem={state.problem} />;
  }
  if (rows.length === 0 && state.kind === 'searching') return <Waiting what="Searching the recordings" />;
  if (rows.length === 0) {
    return (
      <EmptyState
        icon="search"
        title={`“${props.text}” was on no screen`}
        line="Any part of a line is found, in capitals or not."
      />
    );
  }
  return (
    <>
      <VirtualList
        id={props.id}
        label="Found in recordings"
        items={rows}
        keyOf={(row) => row.key}
        activeKey={active?.key}
        onActivate={props.onActivate}
        onKeyDown={(event, row) => {
          if (event.key !== 'Enter') return false;
          props.onOpen(row);
          return true;
        }}
        renderRow={(row, list) => (
          <FoundRowView
            key={row.key}
            row={row}
            list={list}
            nowMs={props.nowMs}
            colourOf={props.colourOf}
            onOpen={() => {
              props.onActivate(row.key);
              props.onOpen(row);
            }}
          />
        )}
        isFocusedFirst
      />
      {active && active.kind !== 'more' && <FoundContext row={active} onOpen={() => props.onOpen(active)} />}
    </>
  );
}

interface FoundRowViewProps {
  readonly row: FoundRow;
  readonly list: RowProps;
  readonly nowMs: number;
  readonly colourOf: (context: string) => number;
  readonly onOpen: () => void;
}

function FoundRowView({ row, list, nowMs, colourOf, onOpen }: FoundRowViewProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
    <div
      {...list}
      role="option"
      tabIndex={-1}
      class={`${list.class} found-row is-${row.kind}`}
      onClick={onOpen}
    >
      {row.kind === 'recording' && (
        <FoundHead recording={row.recording} count={row.lineCount} nowMs={nowMs} colourOf={colourOf} />
      )}
      {row.kind === 'line' && (
        <>
          <span class="numbers found-time">{formatClock(row.line.timeMicros / 1_000)}</span>
          <FoundText line={row.line} />
        </>
      )}
      {row.kind === 'rest' && <span class="secondary">{formatCount(row.count, 'more line')}</span>}
      {row.kind === 'more' && <span>Show more recordings</span>}
    </div>
  );
}

interface FoundHeadProps {
  readonly recording: RecordingInfo;
  readonly count: number;
  readonly nowMs: number;
  readonly colourOf: (context: string) => number;
}

function FoundHead({ recording, count, nowMs, colourOf }: FoundHeadProps): JSX.Element {
  return (
    <>
      <ContextDot colour={colourOf(recording.context)} />
      <strong class="ellipsis">{nameOf(recording)}</strong>
      <span class="ellipsis secondary">
        {recording.context} ▸ {recording.namespace}
      </span>
      <span class="numbers secondary found-when">{formatTime(recording.startedAtMs, nowMs)}</span>
      <span class="numbers secondary found-count">{formatCount(count, 'line')}</span>
    </>
  );
}

function FoundText({ line }: { readonly line: FoundLine }): JSX.Element {
  const [before, hit, after] = splitLine(line);
  return (
    <span class="ellipsis mono" title={line.text}>
      {before}
      <mark>{hit}</mark>
      {after}
    </span>
  );
}

interface FoundContextProps {
  readonly row: Exclude<FoundRow, { kind: 'more' }>;
  readonly onOpen: () => void;
}

/** The active line between those around it. */
function FoundContext({ row, onOpen }: FoundContextProps): JSX.Element {
  const line = row.kind === 'recording' ? row.first : row.line;
  return (
    <section class="recording-details" aria-label="Found line">
      <div class="recording-facts found-around">
        <p class="ellipsis secondary mono">{line?.before || '\u00a0'}</p>
        <p class="ellipsis">{line && <FoundText line={line} />}</p>
        <p class="ellipsis secondary mono">{line?.after || '\u00a0'}</p>
      </div>
      <div class="recording-actions">
        <Button kind="primary" icon="play" onPress={onOpen}>
          Replay from {formatClock((line?.timeMicros ?? 0) / 1_000)}
        </Button>
      </div>
    </section>
  );
}
