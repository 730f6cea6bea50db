/** The thread that surveys one cast, or draws its thumbnail: its terminal parses for seconds, which neither shells nor pages may feel. */
import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '../base/errors.ts';
import { type CastItem, readCast, readCastHeader } from '../recording/cast/cast-reader.ts';
import { showOutput } from '../recording/cast/shown-output.ts';
import { askForKeys } from '../recording/encryption/thread-keys.ts';
import { drawBusiestMoment } from './busiest-moment.ts';
import { surveyCast } from './survey.ts';
import type { ThreadOrder, ToSurveyThread } from './survey-thread.ts';

/** As `nice` has it: whatever else wants the processor gets it first. */
const LOW_PRIORITY = 10;
/** Somebody waits for it, and looks at a page meanwhile. */
const WAITED_FOR_PRIORITY = 5;

if (parentPort) await work(parentPort, workerData as ThreadOrder);

async function work(port: MessagePort, order: ThreadOrder): Promise<void> {
  const say = (message: ToSurveyThread): void => port.postMessage(message);
  const keys = askForKeys(port);
  const { signal } = new AbortController();
  const read = (fromOffset: number): AsyncIterable<CastItem> =>
    showOutput(readCast(order.path, { fromOffset, keys, signal }), order);
  try {
    if (order.kind === 'thumbnail') {
      say({ kind: 'drawn', screen: await drawBusiestMoment({ read }, order.stretch) });
    } else {
      // On Linux this is the thread's own (setpriority(2), "BUGS"); elsewhere it would be the whole program's.
      if (process.platform === 'linux')
        setPriority(order.isInBackground ? LOW_PRIORITY : WAITED_FOR_PRIORITY);
      const { size } = await readCastHeader(order.path, { keys, signal });
      const progress = surveyCast({ read, nowMs: () => performance.now() }, { ...order, size });
      for await (const { keyframes, timeline } of progress) say({ kind: 'progress', keyframes, timeline });
    }
    say({ kind: 'done' });
  } catch (error) {
    const { code, message } = toAppError(error);
    say({ kind: 'failed', code, message });
  } finally {
    port.close();
  }
}
