/** Brings a session's records to a screen, at the screen's pace, and builds it anew when it was detached. */
import type { TerminalSize } from '../../preload/contract.ts';
import type { TerminalRecord } from '../../preload/terminal-records.ts';
import { isGap } from './gap-words.ts';
import type { Screen } from './paced-screen.ts';
import { readRecords } from './record-reader.ts';

export interface FeedSource {
  readonly input: AsyncIterable<Uint8Array>;
}

export interface SessionFeedNeeds<Source extends FeedSource> {
  readonly screen: Screen;
  /** Opens a view of the session from its first byte. */
  open(): Source;
  /** A view begins, the first or another: what comes is history until `onCaughtUp`. */
  onOpened(source: Source): void;
  /** All of the history is on the screen; what comes now is live. */
  onCaughtUp(): void;
  onResized(size: TerminalSize): void;
}

/** Resolves when the session has ended and all of it is on the screen; rejects when the view is lost for good. */
export async function feedScreen<Source extends FeedSource>(
  needs: SessionFeedNeeds<Source>,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const { screen } = needs;
  while (true) {
    signal.throwIfAborted();
    const source = needs.open();
    needs.onOpened(source);
    try {
      for await (const record of readRecords(source.input)) {
        signal.throwIfAborted();
        await showRecord(screen, record);
        if (record.kind === 'resize') needs.onResized(record.size);
        if (record.kind === 'caught-up') needs.onCaughtUp();
      }
      return await screen.settle();
    } catch (error) {
      // The core lets a viewer go that took nothing for half a minute (a frozen or hidden page);
      // the cast has it all, so the screen is built anew from it.
      if (!isDetached(error)) throw error;
      await screen.reset();
    }
  }
}

/** One record on the screen. An exit is no part of the picture, and a marker only where something is missing in it. */
export async function showRecord(screen: Screen, record: TerminalRecord): Promise<void> {
  if (record.kind === 'output') await screen.write(record.bytes);
  else if (record.kind === 'resize') await screen.resize(record.size);
  else if (record.kind === 'marker' && isGap(record.label)) await screen.mark(record.label);
  else if (record.kind === 'caught-up') await screen.settle();
}

function isDetached(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'viewer-detached';
}
