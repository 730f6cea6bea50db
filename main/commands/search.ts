import type { Core } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { Recording } from '../library/recording.ts';
import type { FoundLine, FoundRecording } from '../search/find-text.ts';
import { FULL_PACE, type Search, type SearchAnswer } from '../search/search.ts';
import type { CommandIo } from './io.ts';

export interface SearchOptions {
  readonly text: string;
  readonly context?: string;
  readonly namespace?: string;
  /** Of its name; so is the next. */
  readonly pod?: string;
  readonly container?: string;
  /** Lines shown of each recording. */
  readonly maxLines: number;
  /** The lines before and after each one too. */
  readonly isAround: boolean;
  readonly json: boolean;
}

/** Recordings asked for at once. */
const PAGE_RECORDINGS = 50;

/** Finds recordings by what was on their screens. Exit code 1 where there are none, as of grep. */
export async function runSearch(
  core: Core,
  options: SearchOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const library = await core.library();
  const known = new Map((await library.list()).map((recording) => [recording.recordingId, recording]));
  const search = await core.search(FULL_PACE);
  await waitUntilRead(search, io, signal);
  const found: FoundRecording[] = [];
  for (let answer: SearchAnswer | undefined; answer?.hasMore !== false; ) {
    const question = { text: options.text, maxLines: options.maxLines, maxRecordings: PAGE_RECORDINGS };
    const matches = (recording: Recording): boolean => isWanted(recording, options);
    answer = await search.find({ ...question, matches, afterId: found.at(-1)?.recordingId }, { signal });
    found.push(...answer.recordings);
    if (!options.json) await print(answer, known, options, io);
    if (!answer.hasMore && options.json) await printJson(found, answer, known, io);
    if (!answer.hasMore) await warn(answer, io);
  }
  return found.length > 0 ? 0 : 1;
}

function isWanted(recording: Recording, { context, namespace, pod, container }: SearchOptions): boolean {
  return (
    (context === undefined || recording.context === context) &&
    (namespace === undefined || recording.namespace === namespace) &&
    (pod === undefined || recording.pod === pod) &&
    (container === undefined || recording.container === container)
  );
}

/** What was recorded since the last search is read first. */
async function waitUntilRead(search: Search, io: CommandIo, signal: AbortSignal): Promise<void> {
  if (search.waiting === 0) return;
  const total = search.waiting;
  let stop = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      const forget = search.onProgress((waiting) => {
        if (io.isErrorTerminal) tellProgress(io, total - waiting, total);
        if (waiting === 0) resolve();
      });
      stop = () => {
        forget();
        signal.removeEventListener('abort', abort);
      };
    });
  } finally {
    stop();
    if (io.isErrorTerminal) await io.writeError(ERASE_LINE);
  }
}

const ERASE_LINE = '\r\u001b[K';

function tellProgress(io: CommandIo, done: number, total: number): void {
  // A terminal that is gone fails the answer too.
  io.writeError(`${ERASE_LINE}Reading recordings: ${Math.max(0, done)} of ${total}`).catch(() => {});
}

async function print(
  { recordings }: SearchAnswer,
  known: ReadonlyMap<string, Recording>,
  { isAround }: SearchOptions,
  io: CommandIo,
): Promise<void> {
  for (const { recordingId, lines, lineCount } of recordings) {
    const texts = lines.flatMap((line) => formatLine(line, isAround, io.isOutputTerminal));
    const more = lineCount > lines.length ? [`  … ${lineCount - lines.length} more`] : [];
    const head = `${recordingId}  ${describe(known.get(recordingId))}`;
    await io.write([head.trimEnd(), ...texts, ...more, '', ''].join('\n'));
  }
}

function describe(recording: Recording | undefined): string {
  if (!recording) return '';
  const { context, namespace, pod, container, startedAtMs } = recording;
  const place = [context, namespace, pod, container].filter(Boolean).join('/');
  return escapeControls(`${new Date(startedAtMs).toISOString().replace(/\.\d+Z$/, 'Z')}  ${place}`);
}

function formatLine(line: FoundLine, isAround: boolean, isTerminal: boolean): string[] {
  const { text, place, timeMicros } = line;
  const [mark, unmark] = isTerminal ? ['\u001b[1;31m', '\u001b[0m'] : ['', ''];
  const parts = [text.slice(0, place.from), text.slice(place.from, place.to), text.slice(place.to)];
  const [before = '', hit = '', after = ''] = parts.map(escapeControls);
  const time = formatTime(timeMicros);
  const blank = ' '.repeat(time.length);
  const around = (neighbour: string | undefined): string[] =>
    isAround && neighbour !== undefined ? [`  ${blank}  ${escapeControls(neighbour)}`] : [];
  return [
    ...around(line.before),
    `  ${time}  ${before}${mark}${hit}${unmark}${after}`,
    ...around(line.after),
  ];
}

/** Since the recording's start, rounded up, so that the text stands there at that time. */
function formatTime(timeMicros: number): string {
  const tenths = Math.ceil(timeMicros / 100_000);
  const seconds = Math.floor(tenths / 10);
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.${tenths % 10}`;
}

async function printJson(
  found: readonly FoundRecording[],
  { unsearched }: SearchAnswer,
  known: ReadonlyMap<string, Recording>,
  io: CommandIo,
): Promise<void> {
  const recordings = found.map((one) => ({ ...one, recording: known.get(one.recordingId) }));
  await io.write(`${JSON.stringify({ recordings, unsearched }, null, 2)}\n`);
}

async function warn({ unsearched }: SearchAnswer, io: CommandIo): Promise<void> {
  const { encrypted, unreadable, waiting } = unsearched;
  const notes = [
    [encrypted, 'encrypted: what was on their screens is kept nowhere in the clear'],
    [unreadable, 'they cannot be read'],
    [waiting, 'they are still being read'],
  ] as const;
  for (const [count, reason] of notes) {
    if (count > 0) await io.writeError(`warning: recordings that were not searched: ${count} (${reason})\n`);
  }
}
