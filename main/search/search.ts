import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import { makePrivateFolder } from '../base/paths.ts';
import type { Library } from '../library/library.ts';
import type { Recording } from '../library/recording.ts';
import type { TextAnswer } from './find-text.ts';
import { TEXT_STORE_NAME } from './forget-text.ts';
import { createQuestions } from './questions.ts';
import type { FromSearchWorker, NumberedJob, SearchWorkerData, ToSearchWorker } from './search-messages.ts';
import type { ReadingPace } from './text-reader.ts';
import type { PageQuery, TranscriptPage } from './transcript-page.ts';

/** Finds recordings by what was on their screens. A thread of its own reads them, in the background. */
export interface Search {
  /**
   * Case does not count; text is found as it stands, within words too. Rejects with `bad-input` for a text that is
   * empty or too long, with `search-failed` where the thread has died.
   */
  find(question: SearchQuestion, options: { readonly signal: AbortSignal }): Promise<SearchAnswer>;
  /**
   * The text of one recording around a place. Rejects with `recording-not-found`, with `search-failed` where the thread
   * has died.
   */
  page(
    recordingId: string,
    at: PageQuery['at'],
    options: { readonly signal: AbortSignal },
  ): Promise<RecordingPage>;
  /** Reading rests for a moment: somebody waits for something else. */
  giveWay(): void;
  /** Recordings that are still to be read, or to be read again. */
  readonly waiting: number;
  /** With the number of those, as it changes. */
  readonly onProgress: Event<number>;
}

export interface SearchQuestion {
  readonly text: string;
  /** Which recordings; all where not given. */
  matches?(recording: Recording): boolean;
  /** Goes on behind this one. */
  readonly afterId?: string | undefined;
  readonly maxRecordings: number;
  /** Lines of each. */
  readonly maxLines: number;
}

/** Newest recording first. */
export interface SearchAnswer extends TextAnswer {
  /** Recordings that the text was not looked for in, and why. */
  readonly unsearched: {
    /** Encrypted: what was on their screens is not kept in the clear. */
    readonly encrypted: number;
    /** Not read to their ends yet. */
    readonly waiting: number;
    /** They cannot be read. */
    readonly unreadable: number;
  };
}

/** How much of a recording's text is known: it is never kept of an encrypted one. */
export type TextReading = 'whole' | 'under-way' | 'encrypted' | 'unreadable';

export interface RecordingPage extends TranscriptPage {
  readonly reading: TextReading;
}

export interface SearchNeeds {
  readonly log: Log;
  readonly library: Library;
  readonly cacheFolder: string;
  /** The thread's program (search-worker.ts). */
  readonly workerUrl: URL;
  readonly pace: ReadingPace;
}

/** In the background, in steps shorter than a frame; beside a shell, half of one processor at most. */
export const BACKGROUND_PACE: ReadingPace = { workMs: 12, restMs: 1, restBesideShellMs: 12 };
/** Somebody waits for it. */
export const FULL_PACE: ReadingPace = { workMs: 50, restMs: 0 };

const MAX_QUERY_CHARS = 256;
/** A recording on which the thread dies is left out the next time; more deaths than this have another reason. */
const MAX_STARTS = 5;
/** Of the thread's own heap: a recording that needs more does not take the program with it. */
const MAX_HEAP_MIB = 192;
/** What is soon garbage may not pile up beside a shell that floods, only so that it is collected less often. */
const MAX_YOUNG_MIB = 8;

export async function openSearch(needs: SearchNeeds, life: Lifetime): Promise<Search> {
  const { log, library } = needs;
  const recordings = new Map<string, Recording>();
  /** Jobs that are not answered yet, by recording; the last one counts. */
  const unread = new Map<string, number>();
  const unreadable = new Set<string>();
  const questions = createQuestions(post);
  const progress = createEmitter<number>();
  let lastId = 0;
  let starts = 0;
  let reading: string | undefined;
  let worker: Worker | undefined;

  await makePrivateFolder(needs.cacheFolder);
  for (const recording of await library.list()) recordings.set(recording.recordingId, recording);
  life.own(library.onChanged(follow));
  startWorker();
  life.own(endWorker);

  function startWorker(): void {
    starts += 1;
    const workerData: SearchWorkerData = {
      storePath: join(needs.cacheFolder, TEXT_STORE_NAME),
      pace: needs.pace,
    };
    const started = new Worker(needs.workerUrl, {
      workerData,
      name: 'search',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB, maxYoungGenerationSizeMb: MAX_YOUNG_MIB },
    });
    worker = started;
    started.on('message', (message: FromSearchWorker) => hear(message));
    started.on('error', (error) =>
      log.error({ error: String(error), recording: reading }, 'search has died'),
    );
    started.on('exit', () => {
      if (worker === started) replaceWorker();
    });
    // Nobody waits for a thread that reads in the background.
    started.unref();
    const jobs = [...recordings.values()].sort(compareNewestFirst).filter(isSearched).map(toJob);
    post({ kind: 'sync', jobs });
    progress.fire(unread.size);
  }

  /** It has died by itself. */
  function replaceWorker(): void {
    worker = undefined;
    unread.clear();
    if (reading !== undefined) unreadable.add(reading);
    reading = undefined;
    questions.failAll(createDeadError());
    if (!life.signal.aborted && starts < MAX_STARTS) startWorker();
    else progress.fire(0);
  }

  async function endWorker(): Promise<void> {
    const ending = worker;
    worker = undefined;
    if (!ending) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.postMessage({ kind: 'end' } satisfies ToSearchWorker);
    const timer = setTimeout(() => void ending.terminate(), LONGEST_END_MS);
    await ended;
    clearTimeout(timer);
  }

  function post(message: ToSearchWorker): void {
    worker?.postMessage(message);
  }

  function toJob({ recordingId, path, state }: Recording): NumberedJob {
    lastId += 1;
    unread.set(recordingId, lastId);
    return { jobId: lastId, recordingId, path, isLive: state === 'live' };
  }

  function isSearched({ recordingId, encryptedTo, state }: Recording): boolean {
    return encryptedTo === undefined && state !== 'unreadable' && !unreadable.has(recordingId);
  }

  function follow(change: Parameters<Parameters<Library['onChanged']>[0]>[0]): void {
    if (change.kind === 'removed') {
      recordings.delete(change.recordingId);
      unread.delete(change.recordingId);
      unreadable.delete(change.recordingId);
      post({ kind: 'remove', recordingId: change.recordingId });
    } else {
      recordings.set(change.recording.recordingId, change.recording);
      unreadable.delete(change.recording.recordingId);
      if (isSearched(change.recording)) post({ kind: 'read', job: toJob(change.recording) });
    }
    progress.fire(unread.size);
  }

  function hear(message: FromSearchWorker): void {
    switch (message.kind) {
      case 'found':
      case 'paged':
        questions.answer(message);
        break;
      case 'failed':
        questions.fail(
          message.questionId,
          new AppError('search-failed', 'the recordings could not be searched', { detail: message.reason }),
        );
        break;
      case 'reading':
        reading = message.recordingId;
        break;
      case 'read':
        reading = undefined;
        settle(message);
        break;
      case 'warning':
        log.warn({ error: message.error }, message.message);
        break;
    }
  }

  function settle({ recordingId, jobId, problem }: Extract<FromSearchWorker, { kind: 'read' }>): void {
    if (problem !== undefined && recordings.has(recordingId)) {
      unreadable.add(recordingId);
      log.warn({ recording: recordingId, error: problem }, 'the text of a recording could not be read');
    }
    if (unread.get(recordingId) === jobId) unread.delete(recordingId);
    progress.fire(unread.size);
  }

  /** What may be asked of the thread about one recording, and whether it has read all of it. */
  function readingOf(recording: Recording): TextReading {
    if (recording.encryptedTo) return 'encrypted';
    if (!isSearched(recording)) return 'unreadable';
    return unread.has(recording.recordingId) ? 'under-way' : 'whole';
  }

  function checkAlive(): void {
    if (!worker) throw createDeadError();
  }

  return {
    async find({ text, matches = () => true, afterId, maxRecordings, maxLines }, { signal }) {
      signal.throwIfAborted();
      checkText(text);
      const asked = [...recordings.values()].filter(matches).sort(compareNewestFirst);
      const searched = asked.filter(isSearched).map(({ recordingId }) => recordingId);
      const recordingIds = searched.slice(afterId === undefined ? 0 : searched.indexOf(afterId) + 1);
      checkAlive();
      const query = { text, recordingIds, maxRecordings, maxLines };
      const answer = await questions.ask('find', query, { signal });
      const encrypted = asked.filter(({ encryptedTo }) => encryptedTo).length;
      return {
        ...answer,
        unsearched: {
          encrypted,
          waiting: searched.filter((recordingId) => unread.has(recordingId)).length,
          unreadable: asked.length - encrypted - searched.length,
        },
      };
    },
    async page(recordingId, at, { signal }) {
      const recording = recordings.get(recordingId);
      if (!recording) throw new AppError('recording-not-found', `there is no recording ${recordingId}`);
      const reading = readingOf(recording);
      if (reading === 'encrypted' || reading === 'unreadable') return { ...EMPTY_PAGE, reading };
      checkAlive();
      return { ...(await questions.ask('page', { recordingId, at }, { signal })), reading };
    },
    giveWay: () => post({ kind: 'give-way' }),
    get waiting() {
      return unread.size;
    },
    onProgress: progress.event,
  };
}

/** It stops within one step of its work; what it has not stored yet, it reads again the next time. */
const LONGEST_END_MS = 2_000;

const EMPTY_PAGE: TranscriptPage = { lineCount: 0, fromLine: 0, lines: [] };

function checkText(text: string): void {
  if (text === '') throw new AppError('bad-input', 'there is no text to search for');
  if (text.length > MAX_QUERY_CHARS) {
    throw new AppError('bad-input', `a text to search for has at most ${MAX_QUERY_CHARS} characters`);
  }
}

function createDeadError(): AppError {
  return new AppError('search-failed', 'the search has stopped', {
    hint: 'Search again; if it stops again, the log tells why.',
  });
}

function compareNewestFirst(a: Recording, b: Recording): number {
  return b.startedAtMs - a.startedAtMs || (b.recordingId < a.recordingId ? -1 : 1);
}
