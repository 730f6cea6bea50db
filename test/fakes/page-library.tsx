/** A page with the library and a replay on a core in memory, for test/renderer/library/*.test.ts. In the browser. */
import { signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import type {
  CallName,
  Calls,
  ExportReview,
  RecordingInfo,
  RecordingTimeline,
  Settings,
  TranscriptPage,
} from '../../preload/contract.ts';
import type { SearchAnswer, SearchQuestion } from '../../preload/contract-search.ts';
import type { TerminalRecord } from '../../preload/terminal-records.ts';
import type { PaneClient } from '../../renderer/core-client.ts';
import type { FileTransfer } from '../../renderer/library/file-transfer.ts';
import { DropZone } from '../../renderer/library/import-files.tsx';
import { LibraryView } from '../../renderer/library/library-view.tsx';
import { FIRST_WISH } from '../../renderer/library/list-wish.ts';
import type { ReplayMoment } from '../../renderer/library/replay-moment.ts';
import { ReplayPane } from '../../renderer/library/replay-pane.tsx';
import { StorageFoot } from '../../renderer/library/storage-meter.tsx';
import { followTheme } from '../../renderer/ui/theme.ts';
import { createStageThumbnails } from './many-recordings.ts';
import { createFakePreviews } from './page-previews.ts';
import { FIRST_SETTINGS } from './page-things.ts';
import { findIn, linesOf, pageOf } from './page-transcript.ts';
import { createRecordSource, output, type RecordSource, resize } from './record-source.ts';
import { recording } from './recording-info.ts';
import { timelineOf } from './recording-timeline.ts';
import { createStageKeeping } from './stage-keeping.ts';
import { createStageUploads } from './stage-uploads.ts';
import { verify } from './stage-verdict.ts';

const MINUTE_MS = 60_000;
const START_MS = new Date(2026, 10, 20, 14, 3, 0).getTime();

const settings = signal<Settings>({
  ...FIRST_SETTINGS,
  theme: 'dark',
  screenReader: true,
  reduceMotion: 'off',
});
const themeSetting = signal<Settings['theme']>('dark');
followTheme(themeSetting);
const recordings = signal<ReadonlyMap<string, RecordingInfo> | undefined>(undefined);
const replayed = signal<RecordingInfo | undefined>(undefined);
const deeds: string[] = [];
const { keeping, ...storage } = createStageKeeping(recordings, deeds);
const sought = signal('');
const wish = signal(FIRST_WISH);
const thumbnails = createStageThumbnails();
const uploads = createStageUploads(deeds);
const at = signal<ReplayMoment | undefined>(undefined);
let searchFailure: Error | undefined;
let unsearched: SearchAnswer['unsearched'] = { encrypted: 0, waiting: 0, unreadable: 0 };
const sources: RecordSource[] = [];
let records: readonly TerminalRecord[] = [];
let timelineChanges: Partial<RecordingTimeline> = {};
/** A core that stops in the middle of a recording. */
let failsAfter: number | undefined;

function importFiles(chosen: readonly File[]): void {
  deeds.push(`import ${chosen.map(({ name }) => name).join(' ')}`);
}

let reviewed: Partial<ExportReview> | 'failing' | 'never' = {};
let textReading: TranscriptPage['reading'] = 'whole';
let textFailure: string | undefined;
let refusal: string | undefined;
const previews = createFakePreviews();
/** What the core answers about files; what is downloaded ends when the stage says so. */
const files: FileTransfer = {
  async review(request) {
    deeds.push(`review ${JSON.stringify(request)}`);
    if (reviewed === 'never') return new Promise(() => {});
    if (reviewed === 'failing') throw new Error('the file could not be read');
    return { maskedSpans: 0, maskedRules: [], maskedPlaces: [], leftOutInputs: 0, gaps: 0, ...reviewed };
  },
  preview: previews.preview,
  async download(request, { signal, onBytes }) {
    deeds.push(`export ${JSON.stringify(request)}`);
    if (refusal !== undefined) throw new Error(refusal);
    onBytes(12_345_678);
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  },
  async upload() {},
};

const client: PaneClient = {
  async call<Name extends CallName>(name: Name, input: Calls[Name]['input']): Promise<Calls[Name]['output']> {
    if (name === 'library.find' || name === 'library.transcript') {
      if (textFailure) throw Object.assign(new Error(textFailure), { code: 'search-failed' });
      const told = { lines: textReading === 'encrypted' ? [] : linesOf(records), reading: textReading };
      return (name === 'library.find' ? findIn(told, input) : pageOf(told, input)) as Calls[Name]['output'];
    }
    if (name !== 'library.timeline' || !replayed.value) throw new Error(`a replay does not call ${name}`);
    const timeline = timelineOf(replayed.value.recordingId, records, timelineChanges);
    return timeline as Calls[Name]['output'];
  },
  on: () => () => {},
  open(name, params) {
    deeds.push(`${name} ${JSON.stringify(params)}`);
    const source = createRecordSource(records.slice(0, failsAfter), { open: true });
    sources.push(source);
    const error = replayed.value?.isLocked
      ? Object.assign(new Error('the recording is encrypted, and the key that opens it is not here'), {
          code: 'recording-locked',
          hint: `Add the identity of one of these with \`kubereel keys identity add\`: age1${'z'.repeat(58)}`,
        })
      : Object.assign(new Error('the file could not be read'), { code: 'recording-unreadable' });
    if (replayed.value?.state !== 'live') source.finish(failsAfter === undefined ? undefined : error);
    return {
      input: source.input,
      end: source.end,
      async write() {
        throw new Error('nothing goes up');
      },
      closed: new Promise(() => {}),
    };
  },
};

function App(): JSX.Element {
  return replayed.value ? (
    <ReplayPane
      key={replayed.value.recordingId}
      client={client}
      recording={replayed.value}
      {...(at.value && { at: at.value })}
      settings={settings.value}
      host={{ platform: 'linux', host: 'browser' }}
      isVisible
      onSettings={(changes) => {
        settings.value = { ...settings.value, ...changes };
      }}
      onAddKey={() => deeds.push('add a key')}
    />
  ) : (
    <DropZone onFiles={importFiles}>
      <LibraryView
        recordings={recordings.value}
        nowMs={START_MS + 3 * 60 * MINUTE_MS}
        wish={wish.value}
        onWish={(next) => {
          wish.value = next;
        }}
        thumbnails={thumbnails}
        uploads={uploads}
        onReplay={(id, at) => {
          deeds.push(`replay ${id}${at ? ` at ${at.timeMicros} ${at.text}` : ''}`);
        }}
        search={async (question) => {
          deeds.push(`search ${JSON.stringify(question)}`);
          if (searchFailure) throw searchFailure;
          return found(question);
        }}
        sought={sought.value}
        onSought={(text) => {
          sought.value = text;
        }}
        verify={verify}
        onRemove={(ids) => {
          deeds.push(...ids.map((id) => `remove ${id}`));
          const rest = new Map(recordings.value);
          for (const id of ids) rest.delete(id);
          recordings.value = rest;
        }}
        onPin={(ids, isPinned) => void keeping.annotate(ids, { isPinned })}
        files={files}
        onImport={importFiles}
        onFindPod={() => deeds.push('find a pod')}
        onAddKey={() => deeds.push('add a key')}
        annotate={keeping.annotate}
      />
      <StorageFoot
        measure={keeping.storage}
        recordings={recordings.value}
        limits={{ mostBytes: 20e9, keptFreeBytes: 5e8 }}
        onRules={() => deeds.push('rules')}
      />
    </DropZone>
  );
}

/** Two recordings whose screens held the text, then others on asking again. */
function found({ text, words, afterId }: SearchQuestion): SearchAnswer {
  const all = [...(recordings.value?.values() ?? [])].filter(({ pod }) =>
    words.every((word) => pod.includes(word)),
  );
  const start = all.findIndex(({ recordingId }) => recordingId === afterId) + 1;
  if (text === 'nowhere') return { recordings: [], hasMore: false, unsearched };
  const lineOf = (second: number, before: string, after: string) => ({
    timeMicros: second * 1e6,
    text: `${before}${text}${after}`,
    place: { from: before.length, to: before.length + text.length },
    before: 'GET /cart/3 200 12 ms',
    after: 'GET /cart/4 503 30001 ms',
  });
  const far = `${'2026-11-20T14:03:17Z level=error '.repeat(6)}msg="`;
  return {
    recordings: all.slice(start, start + 2).map(({ recordingId }, index) => ({
      recordingId,
      lineCount: index === 0 ? 41 : 1,
      lines:
        index === 0
          ? [lineOf(4, '', ' while reading'), lineOf(754, far, '" retry=3')]
          : [lineOf(3_725, 'x ', '')],
    })),
    hasMore: start + 2 < all.length,
    unsearched,
  };
}

/** A shell's hour: a listing, an editor on the other screen, a long silence, and an end. */
function sampleRecords(): TerminalRecord[] {
  const prompt = '\x1b[1;32mroot@web-7f9c\x1b[0m:\x1b[1;34m/app\x1b[0m# ';
  return [
    output(0, prompt),
    ...[...'kubectl logs web'].map((key, index) => output(1 + index / 10, key)),
    output(3, '\r\n'),
    ...Array.from({ length: 40 }, (_, index) =>
      output(4 + index / 20, `\x1b[90m14:03:${10 + index}\x1b[0m GET /cart/${index} \x1b[32m200\x1b[0m\r\n`),
    ),
    output(7, `${prompt}vi config.yaml\r\n`),
    output(8, '\x1b[?1049h\x1b[H\x1b[2J\x1b[1;1Hreplicas: 3\x1b[2;1H~\x1b[24;1H"config.yaml" 1L'),
    output(12, '\x1b[?1049l'),
    resize(13, 60, 20),
    output(14, `${prompt}sleep 900\r\n`),
    { kind: 'marker', timeMicros: 400e6, label: 'connection lost: it was cut without a word' },
    { kind: 'marker', timeMicros: 490e6, label: 'reconnected after 90 s, in a new shell' },
    output(914, `${prompt}exit\r\n`),
    { kind: 'exit', timeMicros: 915e6, exitCode: 0 },
  ];
}

const stage = {
  list(items: readonly Partial<RecordingInfo>[]): void {
    recordings.value = new Map(
      items.map((item, index) => {
        const made = recording({
          recordingId: `r${index + 1}`,
          startedAtMs: START_MS - index * 47 * MINUTE_MS,
          ...item,
        });
        return [made.recordingId, made];
      }),
    );
  },
  replay(
    changes: Partial<RecordingInfo> = {},
    failing?: number,
    timeline: Partial<RecordingTimeline> = {},
  ): void {
    timelineChanges = timeline;
    records = sampleRecords();
    failsAfter = failing;
    replayed.value = recording({ startedAtMs: START_MS, durationMicros: 915e6, exitCode: 0, ...changes });
  },
  previews: previews.set,
  previewed: previews.requests,
  setText(reading: TranscriptPage['reading'], failure?: string): void {
    textReading = reading;
    textFailure = failure;
  },
  searchFails(message: string | undefined): void {
    searchFailure =
      message === undefined ? undefined : Object.assign(new Error(message), { code: 'search-failed' });
  },
  setUnsearched(next: SearchAnswer['unsearched']): void {
    unsearched = next;
  },
  replayAt(moment: ReplayMoment): void {
    at.value = moment;
  },
  /** Of a session that goes on. */
  replayLive(changes: Partial<RecordingInfo> = {}): void {
    records = [...sampleRecords().slice(0, -1), { kind: 'caught-up', timeMicros: 914e6 }];
    failsAfter = undefined;
    replayed.value = recording({ startedAtMs: START_MS, durationMicros: 914e6, state: 'live', ...changes });
  },
  /** Something more is recorded. */
  write(seconds: number, text: string): void {
    sources.at(-1)?.push(output(seconds, text), { kind: 'caught-up', timeMicros: seconds * 1e6 });
    if (replayed.value) replayed.value = { ...replayed.value, durationMicros: seconds * 1e6 };
  },
  /** The core reads the file again. */
  repair(): void {
    failsAfter = undefined;
  },
  review(next: Partial<ExportReview> | 'failing' | 'never'): void {
    reviewed = next;
  },
  refuseExport(reason: string): void {
    refusal = reason;
  },
  setTheme(theme: Settings['theme']): void {
    themeSetting.value = theme;
  },
  refuseKeeping: storage.refuse,
  useStorage: storage.use,
  holdStorage: storage.hold,
  releaseStorage: storage.release,
  measurings: storage.measurings,
  deeds: () => deeds,
  opened: () => sources.length,
  isFirstClosed: () => sources[0]?.isClosed ?? false,
};
export type LibraryStage = typeof stage;
Object.assign(globalThis, { stage });

document.body.innerHTML = '<div id="page"></div>';
render(<App />, document.querySelector('#page') as HTMLElement);
