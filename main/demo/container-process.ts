/** One running program of a container, with or without a terminal. Whoever started it must end it. */
export interface ContainerProcess {
  readonly pid: number;
  /** Iterated once. While the reader waits, so does the program. Ends when the program's side is closed. */
  readonly stdout: AsyncIterable<Uint8Array>;
  /** Absent with a terminal, which has one output. */
  readonly stderr?: AsyncIterable<Uint8Array>;
  /** Resolves to 0 to 255 once the program has ended, perhaps before its outputs were read; killed by signal n: 128 + n. */
  readonly exited: Promise<number>;
  /** Resolves when the program's side has taken them; what comes after its end is dropped. */
  write(bytes: Uint8Array, options: { readonly signal: AbortSignal }): Promise<void>;
  /** End of input: closes the pipe; a terminal is sent Ctrl-D, since it has no half to close. */
  closeInput(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Ignored without a terminal. */
  resize(size: TerminalSize): void;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What to run: the executable is a path that exists, the environment is complete. */
export interface ProcessPlan {
  readonly executable: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}
