/** All recordings of this machine: a list to filter and to walk with the keys, and what is known of the active one. */
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { RecordingInfo, RecordingVerification } from '../../preload/contract.ts';
import type { Keeping } from '../store-keeping.ts';
import { Button } from '../ui/button.tsx';
import { contextColourOf } from '../ui/context-colour.ts';
import { Field, type SteeredList } from '../ui/field.tsx';
import { type MenuPlace, placeBelow } from '../ui/menu.tsx';
import { EmptyState, Waiting } from '../ui/messages.tsx';
import { rowId } from '../ui/virtual-list.tsx';
import type { SearchCall } from './content-search.ts';
import type { LibraryUploads } from './delivery.tsx';
import type { FileTransfer } from './file-transfer.ts';
import { FilterField } from './filter-field.tsx';
import { shownOf, useFoundList } from './found-list.ts';
import { describeUnsearched } from './found-rows.ts';
import { GroupDetails } from './group-details.tsx';
import { ImportButton } from './import-files.tsx';
import { LibraryDialogs, type LibraryQuestion } from './library-dialogs.tsx';
import { ListBar } from './list-bar.tsx';
import type { ListRow } from './list-rows.ts';
import { type ListWish, toggledGroup } from './list-wish.ts';
import { describeCount, removableOf } from './list-words.ts';
import { RecordingDetails } from './recording-details.tsx';
import { toSearchFilter } from './recording-filter.ts';
import { useRecordingList } from './recording-list.ts';
import { RecordingTable } from './recording-table.tsx';
import type { ReplayMoment } from './replay-moment.ts';
import { SearchResults } from './search-results.tsx';
import type { ThumbnailStore } from './thumbnail-store.ts';

export interface LibraryViewProps {
  /** Undefined until the core has answered. */
  readonly recordings: ReadonlyMap<string, RecordingInfo> | undefined;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** A context's colour, 1 to 8, where the page has given it one. */
  readonly colourOf?: (context: string) => number;
  readonly wish: ListWish;
  readonly onWish: (wish: ListWish) => void;
  readonly thumbnails: ThumbnailStore;
  readonly uploads: LibraryUploads;
  readonly onReplay: (recordingId: string, at?: ReplayMoment) => void;
  readonly search: SearchCall;
  /** What is looked for on the screens of recordings. */
  readonly sought: string;
  readonly onSought: (text: string) => void;
  readonly verify: (recordingId: string) => Promise<RecordingVerification>;
  /** Changes what is said of recordings. */
  readonly annotate: Keeping['annotate'];
  /** Keeps them, or does not any more; what fails, the page says. */
  readonly onPin: (recordingIds: readonly string[], isPinned: boolean) => void;
  /** Deletes for good; what fails, the page says. */
  readonly onRemove: (recordingIds: readonly string[]) => void;
  /** Leads to where the key of an encrypted recording is added. */
  readonly onAddKey: () => void;
  readonly files: FileTransfer;
  /** Files of other programs; what becomes of them, the page says. */
  readonly onImport: (files: readonly File[]) => void;
  /** The first action of an empty library. */
  readonly onFindPod: () => void;
}

const LIST_ID = 'recordings';
const FOUND_ID = 'found-lines';

export function LibraryView(props: LibraryViewProps): JSX.Element {
  const { recordings, nowMs, colourOf = contextColourOf, wish, onWish, sought } = props;
  const [question, setQuestion] = useState<LibraryQuestion>();
  const [completing, setCompleting] = useState<number>();
  const field = useRef<HTMLInputElement>(null);
  const setFilter = (filter: string): void => onWish({ ...wish, filter });

  const list = useRecordingList(
    {
      onWish,
      onReplay: replay,
      onMenu: (row) => {
        const element = document.getElementById(rowId(LIST_ID, row.key));
        if (element) openMenu(row, placeBelow(element));
      },
      onRemove: askRemove,
      onPin: pin,
      onTag: askTags,
    },
    { recordings, wish, nowMs },
  );
  const searchFilter = useMemo(() => toSearchFilter(wish.filter), [wish.filter]);
  const found = useFoundList(
    { search: props.search, onReplay: props.onReplay, onText: props.onSought },
    { text: sought, ...searchFilter, recordings },
  );

  if (!recordings) return <Waiting what="Looking for recordings" />;
  if (recordings.size === 0) return <NoRecordings onFindPod={props.onFindPod} onImport={props.onImport} />;

  const { active, selected, acted } = list;
  const isSearching = sought !== '';

  function replay(recording: RecordingInfo): void {
    list.activate(recording.recordingId);
    if (recording.state !== 'unreadable') props.onReplay(recording.recordingId);
  }

  function openMenu(row: ListRow, place: MenuPlace): void {
    list.activate(row.key);
    const own = row.kind === 'group' ? row.recordings : [row.recording];
    setQuestion({ kind: 'menu', place, recordings: selected.has(row.key) ? acted : own });
  }

  function askRemove(asked: readonly RecordingInfo[]): void {
    if (removableOf(asked).length > 0) setQuestion({ kind: 'remove', recordings: asked });
  }

  function askExport(recording: RecordingInfo): void {
    if (recording.state !== 'unreadable' && !recording.isLocked) setQuestion({ kind: 'export', recording });
  }

  function askTags(asked: readonly RecordingInfo[]): void {
    if (asked.length > 0) setQuestion({ kind: 'tags', recordings: asked });
  }

  /** All of them, or none where all are already. */
  function pin(asked: readonly RecordingInfo[]): void {
    if (asked.length > 0) props.onPin(idsOf(asked), !asked.every((recording) => recording.isPinned));
  }

  /** From anywhere in the library but a field, where it is a letter. */
  function pressAnywhere(event: KeyboardEvent): void {
    const isTyped =
      event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey;
    if (event.key !== '/' || isTyped || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    field.current?.select();
  }

  function renderDetails(): JSX.Element | null {
    if (active?.kind === 'group') {
      return (
        <GroupDetails
          head={active}
          onToggle={() => onWish(toggledGroup(wish, active.groupKey))}
          onTag={() => askTags(active.recordings)}
          onPin={() => pin(active.recordings)}
          onRemove={() => askRemove(active.recordings)}
        />
      );
    }
    if (!active) return null;
    const { recording } = active;
    return (
      <RecordingDetails
        recording={recording}
        uploads={props.uploads}
        nowMs={nowMs}
        onReplay={() => replay(recording)}
        verify={props.verify}
        onExport={() => askExport(recording)}
        onRemove={() => askRemove([recording])}
        all={recordings ?? new Map()}
        annotate={props.annotate}
        onAddKey={props.onAddKey}
      />
    );
  }

  return (
    <section class="library" aria-label="Library" onKeyDown={pressAnywhere}>
      <header class="library-head">
        <FilterField
          value={wish.filter}
          onInput={setFilter}
          recordings={recordings}
          onKeyDown={isSearching ? found.steer : list.steer}
          onCompleting={setCompleting}
          inputRef={field}
          list={isSearching ? listOf(FOUND_ID, found.active?.key) : listOf(LIST_ID, active?.key)}
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
          list={listOf(FOUND_ID, isSearching ? found.active?.key : undefined)}
        />
        <output class="secondary numbers library-count">
          {isSearching
            ? describeUnsearched(shownOf(found.state)?.answer.unsearched)
            : describeCount(list.listed.length, recordings.size)}
        </output>
        <ImportButton onFiles={props.onImport} />
      </header>
      <ListBar
        wish={wish}
        problems={list.problems.filter(({ from }) => from !== completing)}
        onFilter={setFilter}
        onBeginFilter={(name) => {
          setFilter(`${wish.filter} ${name}`.trimStart());
          field.current?.focus();
        }}
        onReorder={list.reorder}
        selected={isSearching || selected.size === 0 ? [] : acted}
        onPin={() => pin(acted)}
        onTag={() => askTags(acted)}
        onRemove={() => askRemove(acted)}
        onClear={list.clearSelection}
        isSearching={isSearching}
      />
      {isSearching ? (
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
      ) : (
        <>
          <RecordingTable
            id={LIST_ID}
            list={list}
            wish={wish}
            nowMs={nowMs}
            colourOf={colourOf}
            thumbnails={props.thumbnails}
            uploads={props.uploads}
            onReplay={(row) => row.kind === 'recording' && replay(row.recording)}
            onMenu={openMenu}
            onShowAll={() => setFilter('')}
          />
          {renderDetails()}
        </>
      )}
      {question && (
        <LibraryDialogs
          question={question}
          recordings={recordings}
          nowMs={nowMs}
          files={props.files}
          annotate={props.annotate}
          onReplay={replay}
          onExport={askExport}
          onPin={pin}
          onTag={askTags}
          onAskRemove={askRemove}
          onRemove={(going) => props.onRemove(idsOf(going))}
          onClose={() => setQuestion(undefined)}
        />
      )}
    </section>
  );
}

/** As long as the core takes it. */
const LONGEST_SOUGHT = 256;

function idsOf(recordings: readonly RecordingInfo[]): readonly string[] {
  return recordings.map(({ recordingId }) => recordingId);
}

/** A list with rows has an active one. */
function listOf(id: string, activeKey: string | undefined): SteeredList {
  return activeKey === undefined
    ? { id, activeId: undefined, isShown: false }
    : { id, activeId: rowId(id, activeKey) };
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
