import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What asciinema-player 3.17 makes of a cast: the shipped player itself, without a page around it. */
export interface PlayerRecording {
  readonly cols: number;
  readonly rows: number;
  /** Seconds, code, data; in order. */
  readonly events: readonly (readonly [time: number, code: string, data: unknown])[];
  /** Seconds. */
  readonly duration: number;
  /** All output, as the player sends it to its terminal when one seeks to the end. */
  readonly output: string;
  /** The sizes that its terminal takes on the way, the first one included. */
  readonly sizes: readonly string[];
}

/** Rejects with the player's own words where it would show its error screen. */
export async function loadInAsciinemaPlayer(path: string): Promise<PlayerRecording> {
  const Core = await importCore();
  const text = await readFile(path, 'utf8');
  const source: PlayerSource = { data: () => new Response(text) };
  const core = new Core(source, { logger: SILENT, preload: true, speed: 1 });
  const output: string[] = [];
  const sizes: string[] = [];
  let failure: string | undefined;
  core.addEventListener('error', (event) => {
    failure = (event as { message: string }).message;
  });
  core.addEventListener('output', (event) => output.push(...(event as string[])));
  core.addEventListener('reset', (event) => sizes.push(describeSize((event as { size: PlayerSize }).size)));
  core.addEventListener('resize', (event) => sizes.push(describeSize(event as PlayerSize)));
  core.terminalReady();
  await core.init().catch((error: unknown) => {
    failure ??= String(error);
  });
  if (failure !== undefined) throw new Error(failure);
  await core.seek('100%');
  await core.stop();

  // The player has put its own parser where it found none.
  if (!source.parser) throw new Error('this version of asciinema-player keeps its parser to itself');
  const parsed = await source.parser(new Response(text));
  return {
    cols: parsed.cols,
    rows: parsed.rows,
    events: [...parsed.events].map(([milliseconds, code, data]) => [milliseconds / 1_000, code, data]),
    duration: core.getDuration(),
    output: output.join(''),
    sizes,
  };
}

interface PlayerSize {
  readonly cols: number;
  readonly rows: number;
}

interface PlayerSource {
  readonly data: () => Response;
  parser?: (response: Response) => Promise<{
    readonly cols: number;
    readonly rows: number;
    readonly events: Iterable<[milliseconds: number, code: string, data: unknown]>;
  }>;
}

type CoreConstructor = new (
  source: PlayerSource,
  options: { logger: typeof SILENT; preload: boolean; speed: number },
) => {
  addEventListener(name: string, listener: (event: unknown) => void): void;
  terminalReady(): void;
  init(): Promise<void>;
  seek(where: string): Promise<unknown>;
  stop(): Promise<void>;
  getDuration(): number;
};

const SILENT = { log() {}, debug() {}, info() {}, warn() {}, error() {} };

/** The part of the player that its page and its worker share; the file's name holds a hash. */
async function importCore(): Promise<CoreConstructor> {
  const folder = fileURLToPath(new URL('.', import.meta.resolve('asciinema-player')));
  const name = (await readdir(folder)).find((file) => /^core-.*\.js$/.test(file));
  if (!name) throw new Error(`no core of asciinema-player in ${folder}`);
  const module: { C: CoreConstructor } = await import(pathToFileURL(`${folder}${name}`).href);
  return module.C;
}

function describeSize({ cols, rows }: PlayerSize): string {
  return `${cols}x${rows}`;
}
