/** A page with the library's list alone, for test/renderer/library/recording-list.test.ts. In the browser. */
import { signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import type { RecordingInfo, Settings } from '../../preload/contract.ts';
import { LibraryView } from '../../renderer/library/library-view.tsx';
import { FIRST_WISH } from '../../renderer/library/list-wish.ts';
import { followTheme } from '../../renderer/ui/theme.ts';
import { createStageThumbnails, manyRecordings } from './many-recordings.ts';
import { recording } from './recording-info.ts';
import { createStageKeeping } from './stage-keeping.ts';
import { createStageUploads } from './stage-uploads.ts';

const START_MS = new Date(2026, 10, 20, 14, 3, 0).getTime();

const themeSetting = signal<Settings['theme']>('dark');
followTheme(themeSetting);
const recordings = signal<ReadonlyMap<string, RecordingInfo> | undefined>(undefined);
const wish = signal(FIRST_WISH);
const sought = signal('');
const isElsewhere = signal(false);
const deeds: string[] = [];
const { keeping } = createStageKeeping(recordings, deeds);
const thumbnails = createStageThumbnails();
const uploads = createStageUploads(deeds);

async function refuse(): Promise<never> {
  throw new Error('this page hands no files on');
}

function App(): JSX.Element {
  if (isElsewhere.value) return <p>A replay</p>;
  return (
    <LibraryView
      recordings={recordings.value}
      nowMs={START_MS + 60_000}
      wish={wish.value}
      onWish={(next) => {
        wish.value = next;
      }}
      thumbnails={thumbnails}
      uploads={uploads}
      onReplay={(id) => deeds.push(`replay ${id}`)}
      search={async (question) => {
        deeds.push(`search ${JSON.stringify(question)}`);
        return { recordings: [], hasMore: false, unsearched: { encrypted: 0, waiting: 0, unreadable: 0 } };
      }}
      sought={sought.value}
      onSought={(text) => {
        sought.value = text;
      }}
      verify={refuse}
      annotate={keeping.annotate}
      onPin={(ids, isPinned) => void keeping.annotate(ids, { isPinned })}
      onRemove={(ids) => {
        deeds.push(`remove ${ids.join(' ')}`);
        const rest = new Map(recordings.value);
        for (const id of ids) rest.delete(id);
        recordings.value = rest;
      }}
      onAddKey={() => {}}
      files={{ review: refuse, preview: refuse, download: refuse, upload: refuse }}
      onImport={() => {}}
      onFindPod={() => {}}
    />
  );
}

const stage = {
  /** The newest is `r1`. */
  show(items: readonly Partial<RecordingInfo>[]): void {
    recordings.value = new Map(
      items.map((item, index) => {
        const recordingId = `r${index + 1}`;
        const startedAtMs = START_MS - index * 47 * 60_000;
        return [recordingId, recording({ recordingId, startedAtMs, ...item })];
      }),
    );
  },
  showMany(count: number): void {
    stage.show(manyRecordings(count, START_MS));
  },
  /** As the core tells a change. */
  put(recordingId: string, changes: Partial<RecordingInfo>): void {
    const before = recordings.value?.get(recordingId);
    const next = { ...(before ?? recording({ recordingId })), ...changes };
    recordings.value = new Map(recordings.value).set(recordingId, next);
  },
  /** To a recording's tab, and back. */
  leave(isGone: boolean): void {
    isElsewhere.value = isGone;
  },
  setTheme(theme: Settings['theme']): void {
    themeSetting.value = theme;
  },
  deeds: () => deeds,
};
export type ListStage = typeof stage;
Object.assign(globalThis, { stage });

document.body.innerHTML = '<div id="page"></div>';
render(<App />, document.querySelector('#page') as HTMLElement);
