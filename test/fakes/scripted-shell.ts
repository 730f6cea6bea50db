import { createBoundedQueue } from '../../main/base/bounded-queue.ts';
import type { TerminalSize } from '../../main/base/terminal-size.ts';
import type { ExecEnd, ExecStream, OutputChunk } from '../../main/exec/exec-stream.ts';

/** A remote command whose output and end the test decides; what it was sent can be read. */
export interface ScriptedShell {
  readonly stream: ExecStream;
  print(text: string | Uint8Array): void;
  end(end: ExecEnd): void;
  /** Input is refused from now on, as by a stream that has just broken. */
  refuseInput(error: Error): void;
  /** Whether the reader has asked for a pause. */
  readonly isPaused: boolean;
  readonly input: string[];
  readonly sizes: TerminalSize[];
  readonly isClosed: boolean;
}

export function createScriptedShell(): ScriptedShell {
  const ended = Promise.withResolvers<ExecEnd>();
  const input: string[] = [];
  const sizes: TerminalSize[] = [];
  let isPaused = false;
  let isClosed = false;
  let refusal: Error | undefined;
  const queue = createBoundedQueue<OutputChunk>({
    highBytes: 256 * 1024,
    lowBytes: 64 * 1024,
    onFull: () => {
      isPaused = true;
    },
    onDrained: () => {
      isPaused = false;
    },
  });

  function end(how: ExecEnd): void {
    queue.end();
    ended.resolve(how);
  }

  return {
    stream: {
      subprotocol: 'v5.channel.k8s.io',
      output: queue.items,
      async write(bytes) {
        if (refusal) throw refusal;
        input.push(new TextDecoder().decode(bytes));
      },
      closeInput: async () => {},
      resize: (size) => void sizes.push(size),
      fail: (error) => end({ kind: 'failed', error }),
      close: async () => {
        isClosed = true;
        end({ kind: 'closed' });
      },
      ended: ended.promise,
    },
    print(text) {
      const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
      queue.push({ channel: 'stdout', bytes }, bytes.byteLength);
    },
    end,
    refuseInput(error) {
      refusal = error;
    },
    input,
    sizes,
    get isPaused() {
      return isPaused;
    },
    get isClosed() {
      return isClosed;
    },
  };
}
