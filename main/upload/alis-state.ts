import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastEvent } from '../recording/cast.ts';
import { createScreen } from '../terminal/screen.ts';
import { isWithinSequence } from '../terminal/snapshot.ts';
import type { AlisMessage } from './alis.ts';

/** Where a stream stands: what its next message is, and what brings a viewer there who has seen nothing. */
export interface AlisState {
  /** Undefined for an event that streams do not have. */
  take(event: CastEvent): Promise<AlisMessage | undefined>;
  /**
   * What a connection begins with. Undefined while an escape sequence has begun whose end is still to come, since that
   * would be printed; given all the same where nothing more comes.
   */
  reset(options: { readonly isLast: boolean }): Promise<AlisMessage | undefined>;
  dispose(): void;
}

/** What has scrolled away is not part of a screen. */
const NO_SCROLLBACK = 0;

export function createAlisState(startSize: TerminalSize): AlisState {
  const screen = createScreen(startSize, NO_SCROLLBACK);
  let size = startSize;
  let lastId = 0;
  let timeMicros = 0;

  return {
    async take(event) {
      if (event.kind === 'other' || (event.kind === 'resize' && isSame(event.size, size))) return undefined;
      const afterMicros = Math.max(0, event.timeMicros - timeMicros);
      timeMicros += afterMicros;
      lastId += 1;
      const head = { id: lastId, afterMicros };
      switch (event.kind) {
        case 'output':
          await screen.show(event.text);
          return { kind: 'output', ...head, text: event.text };
        case 'resize':
          size = event.size;
          await screen.resize(size);
          return { kind: 'resize', ...head, size };
        case 'input':
          return { kind: 'input', ...head, text: event.text };
        case 'marker':
          return { kind: 'marker', ...head, text: event.label };
        case 'exit':
          return { kind: 'exit', ...head, exitCode: event.exitCode };
      }
    },
    async reset({ isLast }) {
      await screen.settle();
      if (!isLast && isWithinSequence(screen.terminal)) return undefined;
      const { sequences } = await screen.snapshot();
      return { kind: 'reset', lastId, timeMicros, size, screen: lastId === 0 ? '' : sequences };
    },
    dispose: screen.dispose,
  };
}

function isSame(one: TerminalSize, other: TerminalSize): boolean {
  return one.cols === other.cols && one.rows === other.rows;
}
