import { type CastEncoder, type CastLine, createCastEncoder } from './cast-encoder.ts';

export interface OutputStream {
  /** Without a terminal there are two; no character and no line of the cast has bytes of both. */
  readonly isStderr?: boolean | undefined;
}

/** An encoder that keeps standard output and standard error apart: no line and no character has bytes of both. */
export interface StreamEncoder extends CastEncoder {
  /** What comes from now on is standard error, or standard output again. */
  switchTo(stream: { readonly isStderr: boolean }): CastLine[];
}

/** It begins with standard output. What one of them holds back is a line before the other one goes on. */
export function createStreamEncoder(): StreamEncoder {
  const stdout = createCastEncoder();
  let stderr: CastEncoder | undefined;
  let current = stdout;

  function mark(lines: CastLine[]): CastLine[] {
    if (current === stdout) return lines;
    return lines.map((line) => (line.outputBytes > 0 ? { ...line, isStderr: true as const } : line));
  }

  function finishStderr(timeMicros: number): CastLine[] {
    const lines = stderr?.finish(timeMicros) ?? [];
    return lines.map((line) => ({ ...line, isStderr: true as const }));
  }

  return {
    switchTo({ isStderr }) {
      const lines = mark(current.releaseAll());
      if (isStderr) stderr ??= createCastEncoder();
      current = isStderr && stderr ? stderr : stdout;
      return lines;
    },
    output: (bytes, timeMicros) => mark(current.output(bytes, timeMicros)),
    event: (event) => mark(current.event(event)),
    release: (timeMicros) => mark(current.release(timeMicros)),
    releaseAll: () => mark(current.releaseAll()),
    finish: (timeMicros) =>
      current === stdout
        ? [...stdout.finish(timeMicros), ...finishStderr(timeMicros)]
        : [...finishStderr(timeMicros), ...stdout.finish(timeMicros)],
    get heldBytes() {
      return current.heldBytes;
    },
    get invalidBytes() {
      return stdout.invalidBytes + (stderr?.invalidBytes ?? 0);
    },
    get tail() {
      return current.tail;
    },
    get lastMicros() {
      return Math.max(stdout.lastMicros, stderr?.lastMicros ?? 0);
    },
  };
}
