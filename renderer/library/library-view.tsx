/** All recordings of this machine: a list to filter and to walk with the keys, and what is known of the active one. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { RecordingInfo, RecordingVerification } from '../../preload/contract.ts';
import { copyText } from '../terminal/clipboard.ts';
import { Button } from '../ui/button.tsx';
import { contextColourOf } from '../ui/context-colour.ts';
import { Field } from '../ui/field.tsx';
import { formatCount } from '../ui/format.ts';
import { Menu, type MenuPlace, placeBelow } from '../ui/menu.tsx';
import { EmptyState, Waiting } from '../ui/messages.tsx';
import { movedIndex, rowId, VirtualList } from '../ui/virtual-list.tsx';
import type { SearchCall } from './content-search.ts';
import { ExportDialog } from './export-dialog.tsx';
import type { FileTransfer } from './file-transfer.ts';
import { shownOf, useFoundList } from './found-list.ts';
import { describeUnsearched } from './found-rows.ts';
import { ImportButton } from './import-files.tsx';
import { RecordingDetails, type RecordingDetailsProps } from './recording-details.tsx';
import { listRecordings, wordsOf } from './recording-filter.ts';
import { RecordingRow } from './recording-row.tsx';
import { nameOf } from './recording-words.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import type { ReplayMoment } from './replay-moment.ts';
import { SearchResults } from './search-results.tsx';

export interface LibraryViewProps {
  /** Undefined until the core has answered. */
  readonly recordings: ReadonlyMap<string, RecordingInfo> | undefined;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** A context's colour, 1 to 8, where the page has given it one. */
  readonly colourOf?: (context: string) => number;
  readonly onReplay: (recordingId: string, at?: ReplayMoment) => void;
  readonly search: SearchCall;
  /** What is looked for on the screens of recordings. */
  readonly sought: string;
  readonly onSought: (text: string) => void;
  readonly verify: (recordingId: string) => Promise<RecordingVerification>;
  /** Deletes for good; what fails, the page says. */
  readonly onRemove: (recordingId: string) => void;
  /** Leads to where the key of an encrypted recording is added. */
  readonly onAddKey: () => void;
  /** Changes what is said of recordings. */
  readonly annotate: RecordingDetailsProps['annotate'];
  readonly files: FileTransfer;
  /** Files of other programs; what becomes of them, the page says. */
  readonly onImport: (files: readonly File[]) => void;
  /** The first action of an empty library. */
  readonly onFindPod: () => void;
}

const LIST_ID = 'recordings';
const FOUND_ID = 'found-lines';

export function LibraryView(props: LibraryViewProps): JSX.Element {
  const { recordings, nowMs, colourOf = contextColourOf } = props;
  const [filter, setFilter] = useState('');
  const [activeId, setActiveId] = useState<string>();
  const [menu, setMenu] = useState<{ readonly place: MenuPlace; readonly id: string }>();
  const [exporting, setExporting] = useState<RecordingInfo>();
  const [removing, setRemoving] = useState<RecordingInfo>();
  const field = useRef<HTMLInputElement>(null);
  const { sought } = props;
  const found = useFoundList(
    { search: props.search, onReplay: props.onReplay, onText: props.onSought },
    { text: sought, words: wordsOf(filter), recordings },
  );

  if (!recordings) return <Waiting what="Looking for recordings" />;
  if (recordings.size === 0) return <NoRecordings onFindPod={props.onFindPod} onImport={props.onImport} />;

  const listed = listRecordings(recordings.values(), filter);
  const place = listed.findIndex((recording) => recording.recordingId === activeId);
  const activeIndex = place < 0 && listed.length > 0 ? 0 : place;
  const active = listed[activeIndex];

  function steer(event: KeyboardEvent): void {
    if (event.key === 'Escape' && filter !== '') setFilter('');
    else if (active && act(event, active)) {
      // Taken by the row.
    } else {
      const list = { count: listed.length, page: PAGE_ROWS };
      const isText = event.key === 'Home' || event.key === 'End';
      const next = isText ? undefined : movedIndex(event, activeIndex, list);
      if (next === undefined) return;
      setActiveId(listed[next]?.recordingId);
    }
    event.preventDefault();
  }

  /** Keys that act on a row, in the list and in the field that steers it. */
  function act(event: KeyboardEvent, recording: RecordingInfo): boolean {
    const isInField = event.target === field.current;
    if (event.key === 'Enter') replay(recording);
    else if (event.key === 'Delete' && !(isInField && filter !== '')) askRemove(recording);
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const row = document.getElementById(rowId(LIST_ID, recording.recordingId));
      if (row) setMenu({ place: placeBelow(row), id: recording.recordingId });
    } else return false;
    return true;
  }

  function replay({ recordingId, state }: RecordingInfo): void {
    setActiveId(recordingId);
    if (state !== 'unreadable') props.onReplay(recordingId);
  }

  function askRemove(recording: RecordingInfo): void {
    if (recording.state !== 'live') setRemoving(recording);
  }

  function askExport(recording: RecordingInfo): void {
    if (recording.state !== 'unreadable' && !recording.isLocked) setExporting(recording);
  }

  function renderFound(): JSX.Element {
    return (
      <SearchResults
        id={FOUND_ID}
        state={found.state}
        rows={found.rows}
        active={found.active}
        text={sought}
        nowMs={nowMs}
        colourOf={colourOf}
        onActivate={found.activate}
        onOpen={found.open}
      />
    );
  }

  function renderList(): JSX.Element {
    return (
      <>
        <div class="library-columns secondary" aria-hidden="true">
          <span>When</span>
          <span>Where</span>
          <span>Pod / container</span>
          <span class="is-figure">Duration</span>
          <span>Ended</span>
          <span class="is-figure">Size</span>
          <span />
        </div>
        {listed.length === 0 ? (
          <EmptyState icon="search" title="No recording has all of these words">
            <Button onPress={() => setFilter('')}>Show all</Button>
          </EmptyState>
        ) : (
          <VirtualList
            id={LIST_ID}
            label="Recordings"
            items={listed}
            keyOf={(recording) => recording.recordingId}
            activeKey={active?.recordingId}
            onActivate={setActiveId}
            onKeyDown={act}
            renderRow={(recording, row) => (
              <RecordingRow
                key={recording.recordingId}
                recording={recording}
                row={row}
                nowMs={nowMs}
                colour={colourOf(recording.context)}
                onActivate={() => setActiveId(recording.recordingId)}
                onReplay={() => replay(recording)}
                onMenu={(place) => setMenu({ place, id: recording.recordingId })}
              />
            )}
            isFocusedFirst
          />
        )}
        {active && (
          <RecordingDetails
            recording={active}
            onReplay={() => replay(active)}
            verify={props.verify}
            onExport={() => askExport(active)}
            onRemove={() => askRemove(active)}
            all={recordings}
            annotate={props.annotate}
            onAddKey={props.onAddKey}
          />
        )}
      </>
    );
  }

  const inMenu = menu && recordings.get(menu.id);
  return (
    <section class="library" aria-label="Library">
      <header class="library-head">
        <Field
          label="Filter recordings"
          icon="search"
          placeholder="Filter by pod, namespace, context, command"
          value={filter}
          onInput={setFilter}
          onKeyDown={sought === '' ? steer : found.steer}
          inputRef={field}
          canClear
          list={sought === '' ? listOf(LIST_ID, active?.recordingId) : listOf(FOUND_ID, found.active?.key)}
        />
        <Field
          label="Search what was on the screens"
          icon="terminal"
          placeholder="Search what was on the screens"
          value={sought}
          most={LONGEST_SOUGHT}
          onInput={props.onSought}
          onKeyDown={found.steer}
          canClear
          list={listOf(FOUND_ID, found.active?.key)}
        />
        <output class="secondary numbers library-count">
          {sought === ''
            ? countWords(listed.length, recordings.size)
            : describeUnsearched(shownOf(found.state)?.answer.unsearched)}
        </output>
        <ImportButton onFiles={props.onImport} />
      </header>
      {sought === '' ? renderList() : renderFound()}
      {menu && inMenu && (
        <Menu
          label={nameOf(inMenu)}
          place={menu.place}
          onClose={() => setMenu(undefined)}
          items={[
            {
              key: 'replay',
              label: 'Replay',
              note: 'Enter',
              isDisabled: inMenu.state === 'unreadable',
              onPick: () => replay(inMenu),
            },
            {
              key: 'export',
              label: 'Export…',
              isDisabled: inMenu.state === 'unreadable' || inMenu.isLocked === true,
              onPick: () => askExport(inMenu),
            },
            { key: 'path', label: 'Copy path', onPick: () => void copyText(inMenu.path) },
            {
              key: 'remove',
              label: 'Delete',
              note: inMenu.state === 'live' ? 'still being recorded' : 'Del',
              isDisabled: inMenu.state === 'live',
              onPick: () => askRemove(inMenu),
            },
          ]}
        />
      )}
      {exporting && (
        <ExportDialog recording={exporting} files={props.files} onClose={() => setExporting(undefined)} />
      )}
      {removing && (
        <RemoveDialog
          recordings={[removing]}
          nowMs={nowMs}
          onAnswer={(isWanted) => {
            setRemoving(undefined);
            if (isWanted) props.onRemove(removing.recordingId);
          }}
        />
      )}
    </section>
  );
}

/** Of a Page key in the field, which does not know the list's height. */
const PAGE_ROWS = 10;

/** As long as the core takes it. */
const LONGEST_SOUGHT = 256;

function listOf(id: string, activeKey: string | undefined): { id: string; activeId: string | undefined } {
  return { id, activeId: activeKey === undefined ? undefined : rowId(id, activeKey) };
}

function countWords(listed: number, all: number): string {
  return listed === all ? formatCount(all, 'recording') : `${listed} of ${formatCount(all, 'recording')}`;
}

function NoRecordings({
  onFindPod,
  onImport,
}: Pick<LibraryViewProps, 'onFindPod' | 'onImport'>): JSX.Element {
  return (
    <EmptyState
      icon="library"
      title="No recordings yet"
      line="Every shell that you open is recorded, and can be replayed here afterwards."
    >
      <Button kind="primary" onPress={onFindPod}>
        Find a pod
      </Button>
      <ImportButton onFiles={onImport} />
    </EmptyState>
  );
}
