import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What asciinema-player makes of one message: of a reset where and how it begins, of the others the event. */
export type PlayerMessage =
  | {
      /** Microseconds. */
      readonly time: number;
      readonly term: {
        readonly size: { readonly cols: number; readonly rows: number };
        readonly init?: string;
      };
    }
  /** Milliseconds, code, data. */
  | readonly [time: number, code: string, data: unknown]
  | false
  | undefined;

/** The handler of ALiS streams of the installed asciinema-player, for one connection. Throws where the player would. */
export async function createPlayerAlisHandler(): Promise<(message: Uint8Array) => PlayerMessage> {
  const handle = (await importHandler())({ debug() {} });
  return (message) => {
    // The player's socket gives it buffers of their own.
    const copy = new Uint8Array(message);
    return handle(copy.buffer);
  };
}

type AlisHandler = (logger: { debug(): void }) => (message: ArrayBuffer) => PlayerMessage;

let imported: Promise<AlisHandler> | undefined;

/** The player keeps it to itself: its module is copied with one more export. */
function importHandler(): Promise<AlisHandler> {
  imported ??= (async () => {
    const folder = fileURLToPath(new URL('.', import.meta.resolve('asciinema-player')));
    const name = (await readdir(folder)).find((file) => /^core-.*\.js$/.test(file));
    if (!name) throw new Error(`no core of asciinema-player in ${folder}`);
    const text = await readFile(join(folder, name), 'utf8');
    const whole = text.replaceAll(/from '\.\//g, `from '${pathToFileURL(folder).href}`);
    const path = join(await mkdtemp(join(tmpdir(), 'kubereel-player-')), 'core.mjs');
    await writeFile(path, `${whole}\nexport { alisHandler };\n`);
    const module: { alisHandler: AlisHandler } = await import(pathToFileURL(path).href);
    return module.alisHandler;
  })();
  return imported;
}
