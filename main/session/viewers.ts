import { AppError, toAppError } from '../base/errors.ts';
import { type SessionRecord, weighRecord } from './session-record.ts';

/** Where one viewer's records go: a window of the page. */
export interface ViewerSink {
  /** Resolves when the viewer will take more. Rejects when it is gone. */
  write(record: SessionRecord): Promise<void>;
  /** Nothing more comes: the session has ended or, with an error, this viewer was detached. */
  end(error?: AppError): void;
}

/** The viewers that are up to date. Pushing never waits; `room` does, for the slowest of them. */
export interface Viewers {
  /** Adds a viewer; its next record is the session's next one. Resolves when it has left, its sink ended. */
  add(sink: ViewerSink, options: { signal: AbortSignal }): Promise<void>;
  push(record: SessionRecord): void;
  /**
   * Resolves when every viewer has less than 64 KiB waiting. One that takes nothing for 30 s is detached:
   * when it comes back it is replayed from the cast.
   */
  room(): Promise<void>;
  /** Delivers what waits to those who still take it, then ends all. */
  end(): Promise<void>;
  readonly count: number;
}

/** What may wait for one viewer, beyond its credit of 256 KiB, before the session waits with it. */
const VIEWER_QUEUE_BYTES = 64 * 1024;
/** A frozen page looks like a slow one; after this long it no longer holds the shell for everybody. */
const STALLED_VIEWER_MS = 30_000;

export function createViewers(
  options: { readonly stalledMs?: number; readonly onCountChanged?: () => void } = {},
): Viewers {
  const viewers = new Set<Viewer>();
  let wakeWaiting: (() => void) | undefined;

  function nextChange(): Promise<void> {
    return new Promise((resolve) => {
      wakeWaiting = resolve;
    });
  }

  return {
    async add(sink, { signal }) {
      const viewer = createViewer(limitStalls(sink, options.stalledMs), () => wakeWaiting?.());
      const leaveAborted = (): void => viewer.leave(toAppError(signal.reason));
      if (signal.aborted) leaveAborted();
      signal.addEventListener('abort', leaveAborted, { once: true });
      viewers.add(viewer);
      options.onCountChanged?.();
      const error = await viewer.left;
      signal.removeEventListener('abort', leaveAborted);
      viewers.delete(viewer);
      sink.end(error);
      wakeWaiting?.();
      options.onCountChanged?.();
    },
    push(record) {
      for (const viewer of viewers) viewer.push(record);
    },
    async room() {
      while ([...viewers].some((viewer) => viewer.queuedBytes >= VIEWER_QUEUE_BYTES)) await nextChange();
    },
    async end() {
      for (const viewer of viewers) viewer.finish();
      while (viewers.size > 0) await nextChange();
    },
    get count() {
      return viewers.size;
    },
  };
}

/** The same sink, but a write that is not taken for `stalledMs` (30 s) rejects, and its viewer leaves. */
export function limitStalls(sink: ViewerSink, stalledMs: number = STALLED_VIEWER_MS): ViewerSink {
  return {
    async write(record) {
      const stalled = Promise.withResolvers<never>();
      const timer = setTimeout(() => stalled.reject(createStalledError(stalledMs)), stalledMs);
      try {
        await Promise.race([sink.write(record), stalled.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
    end: (error) => sink.end(error),
  };
}

interface Viewer {
  push(record: SessionRecord): void;
  /** Leaves once what waits has been taken. */
  finish(): void;
  leave(error?: AppError): void;
  readonly left: Promise<AppError | undefined>;
  readonly queuedBytes: number;
}

function createViewer(sink: ViewerSink, onProgress: () => void): Viewer {
  const queue: SessionRecord[] = [];
  const { promise: left, resolve: settle } = Promise.withResolvers<AppError | undefined>();
  let queuedBytes = 0;
  let isFinishing = false;
  let hasLeft = false;
  let isPumping = false;

  async function pump(): Promise<void> {
    for (let record = queue.shift(); record && !hasLeft; record = queue.shift()) {
      await sink.write(record);
      queuedBytes -= weighRecord(record);
      onProgress();
    }
    isPumping = false;
    if (isFinishing) leave();
  }

  function start(): void {
    if (isPumping || hasLeft) return;
    isPumping = true;
    // A sink that cannot be written to any more takes its viewer with it.
    pump().catch((error: unknown) => leave(toAppError(error)));
  }

  function leave(error?: AppError): void {
    hasLeft = true;
    settle(error);
  }

  return {
    push(record) {
      if (hasLeft) return;
      queue.push(record);
      queuedBytes += weighRecord(record);
      start();
    },
    finish() {
      isFinishing = true;
      start();
    },
    leave,
    left,
    get queuedBytes() {
      return queuedBytes;
    },
  };
}

function createStalledError(stalledMs: number): AppError {
  return new AppError(
    'viewer-detached',
    `this window took no output for ${Math.round(stalledMs / 1_000)} s`,
    {
      hint: 'It is brought up to date from the recording when it answers again.',
    },
  );
}
