import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createSystemClock } from '../base/clock.ts';
import { findText } from './find-text.ts';
import type { FromSearchWorker, NumberedJob, SearchWorkerData, ToSearchWorker } from './search-messages.ts';
import { createTextReader } from './text-reader.ts';
import { openTextStore } from './text-store.ts';
import { type PageQuery, readTranscriptPage } from './transcript-page.ts';

/** As `nice` has it: whatever else wants the processor gets it first. */
const LOW_PRIORITY = 10;

/** The thread that reads recordings and searches in what it has read. Its messages are in search-messages.ts. */
if (parentPort) serve(parentPort, workerData as SearchWorkerData);

function serve(port: MessagePort, { storePath, pace }: SearchWorkerData): void {
  // On Linux this is the thread's own (setpriority(2), "BUGS"); elsewhere it would be the whole program's.
  if (process.platform === 'linux' && pace.restMs > 0) setPriority(LOW_PRIORITY);
  const ending = new AbortController();
  const { signal } = ending;
  const store = openTextStore(storePath, (error) => warn('the text of recordings is read anew', error));
  const reader = createTextReader({ store, clock: createSystemClock(), pace });
  /** What has changed goes before what was there. */
  const changed = new Map<string, NumberedJob>();
  const waiting = new Map<string, NumberedJob>();
  const questions = new Map<number, AbortController>();
  /** What is removed together costs little more than one. */
  const leaving = new Set<string>();
  let isReading = false;
  let reading: { readonly recordingId: string; readonly stop: AbortController } | undefined;

  function tell(message: FromSearchWorker): void {
    port.postMessage(message);
  }

  function warn(message: string, error: unknown): void {
    tell({ kind: 'warning', message, error: String(error) });
  }

  async function readAll(): Promise<void> {
    if (isReading) return;
    isReading = true;
    for (let job = takeNext(); job && !signal.aborted; job = takeNext()) {
      await readOne(job);
      // Messages, questions among them, get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    isReading = false;
  }

  async function readOne(job: NumberedJob): Promise<void> {
    // One of them may be there again.
    removeLeaving();
    const { jobId, recordingId } = job;
    const stop = new AbortController();
    reading = { recordingId, stop };
    tell({ kind: 'reading', jobId, recordingId });
    try {
      await reader.read(job, { signal: AbortSignal.any([signal, stop.signal]) });
      tell({ kind: 'read', jobId, recordingId });
    } catch (error) {
      tell({ kind: 'read', jobId, recordingId, problem: String(error) });
    } finally {
      reading = undefined;
      if (stop.signal.aborted) remove(recordingId);
    }
  }

  function takeNext(): NumberedJob | undefined {
    for (const jobs of [changed, waiting]) {
      const [job] = jobs.values();
      if (!job) continue;
      jobs.delete(job.recordingId);
      return job;
    }
    return undefined;
  }

  function remove(recordingId: string): void {
    changed.delete(recordingId);
    waiting.delete(recordingId);
    if (reading?.recordingId === recordingId) {
      // Once it has stopped, it is removed.
      reading.stop.abort();
      return;
    }
    if (leaving.size === 0) setImmediate(removeLeaving);
    leaving.add(recordingId);
  }

  function removeLeaving(): void {
    if (leaving.size === 0) return;
    for (const recordingId of leaving) reader.forget(recordingId);
    try {
      store.remove([...leaving]);
    } catch (error) {
      warn('the text of recordings could not be removed', error);
    }
    leaving.clear();
  }

  async function answer(questionId: number, query: Parameters<typeof findText>[1]): Promise<void> {
    const cancelled = new AbortController();
    questions.set(questionId, cancelled);
    try {
      const found = await findText(store, query, { signal: AbortSignal.any([signal, cancelled.signal]) });
      tell({ kind: 'found', questionId, answer: found });
    } catch (error) {
      tell({ kind: 'failed', questionId, reason: String(error) });
    } finally {
      questions.delete(questionId);
    }
  }

  function turnTo(questionId: number, query: PageQuery): void {
    try {
      tell({ kind: 'paged', questionId, answer: readTranscriptPage(store, query) });
    } catch (error) {
      tell({ kind: 'failed', questionId, reason: String(error) });
    }
  }

  port.on('message', (message: ToSearchWorker) => {
    switch (message.kind) {
      case 'sync': {
        const there = new Set(message.jobs.map(({ recordingId }) => recordingId));
        for (const recordingId of store.recordingIds()) if (!there.has(recordingId)) remove(recordingId);
        for (const job of message.jobs) waiting.set(job.recordingId, job);
        break;
      }
      case 'read':
        waiting.delete(message.job.recordingId);
        changed.set(message.job.recordingId, message.job);
        break;
      case 'remove':
        remove(message.recordingId);
        break;
      case 'find':
        // Answered by a message, its failure too.
        void answer(message.questionId, message.query);
        return;
      case 'page':
        turnTo(message.questionId, message.query);
        return;
      case 'cancel':
        questions.get(message.questionId)?.abort();
        return;
      case 'give-way':
        reader.giveWay();
        return;
      case 'end':
        ending.abort();
        removeLeaving();
        reader.close();
        store.close();
        port.close();
        return;
    }
    // Told by messages.
    void readAll();
  });
}
