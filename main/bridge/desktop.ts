import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { DesktopWish, OpenedFile } from '../../preload/contract-desktop.ts';
import type { CommandId } from '../../preload/page-commands.ts';
import { AppError, systemCode } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { ImportFile } from '../exchange/import-source.ts';
import { toProblem } from './problem.ts';
import type { CallsOf, Rooms } from './rooms.ts';

/** What a host wishes of the page in one of its windows. */
export type WindowWish =
  | Extract<DesktopWish, { kind: 'command' | 'session' | 'recording' }>
  /** To be shown for what it is; imported only where the user says so. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'refused'; readonly title: string; readonly error: AppError };

/** A window of a host, as the core sees it. A browser's has none. */
export interface PageWindow {
  /** What the page can do now. */
  offer(commands: readonly CommandId[]): void;
  /** What was wished before is heard at once, all else as it comes; until it is disposed. */
  attend(listener: (wish: WindowWish) => void): () => void;
}

/** Opened and not answered; more would be asked of nobody. The oldest is forgotten first. */
const MOST_FILES = 32;

type DesktopNeeds = Pick<Rooms, 'exchange' | 'library'> & {
  readonly info: Pick<Rooms['info'], 'recordingsFolder'>;
};

/** The desktop's calls. A page names files by ids of its own files only: it can have no others read. */
export function answerDesktop(
  { exchange, library, info }: DesktopNeeds,
  window: PageWindow | undefined,
  emit: (wish: DesktopWish) => void,
  life: Pick<Lifetime, 'own' | 'signal'>,
): CallsOf<'desktop.attend' | 'desktop.import' | 'desktop.leave'> {
  const paths = new Map<string, string>();
  let isAttending = false;

  async function preview(path: string): Promise<DesktopWish> {
    const own = await findOwn(path);
    if (own !== undefined) return { kind: 'recording', recordingId: own };
    const bytes = await measure(path);
    const { startedAtSeconds, pod, ...told } = await withFile(path, (file) =>
      exchange.previewImport(file, { signal: life.signal }),
    );
    const fileId = randomUUID();
    const file: OpenedFile = {
      fileId,
      name: basename(path),
      bytes,
      ...told,
      ...(startedAtSeconds !== undefined && { startedAtMs: startedAtSeconds * 1_000 }),
      ...(pod && { pod: { namespace: pod.namespace, name: pod.name, container: pod.container } }),
    };
    paths.set(fileId, path);
    for (const oldest of [...paths.keys()].slice(0, -MOST_FILES)) paths.delete(oldest);
    return { kind: 'file', file };
  }

  /** What lies in the library already is shown there. */
  async function findOwn(path: string): Promise<string | undefined> {
    const recordingId = /^(.+)\.cast(?:\.age)?$/.exec(basename(path))?.[1];
    if (recordingId === undefined || dirname(path) !== info.recordingsFolder) return undefined;
    const known = await library.get(recordingId).catch(() => undefined);
    return known?.recordingId === recordingId ? recordingId : undefined;
  }

  async function open(path: string): Promise<void> {
    try {
      emit(await preview(path));
    } catch (error) {
      if (life.signal.aborted) return;
      emit({ kind: 'refused', title: `${basename(path)} was not opened`, problem: toProblem(error) });
    }
  }

  function hear(wish: WindowWish): void {
    // Never rejects.
    if (wish.kind === 'file') void open(wish.path);
    else if (wish.kind === 'refused')
      emit({ kind: 'refused', title: wish.title, problem: toProblem(wish.error) });
    else emit(wish);
  }

  return {
    'desktop.attend': async ({ commands }) => {
      window?.offer(commands);
      if (window && !isAttending) {
        isAttending = true;
        life.own(window.attend(hear));
      }
      return {};
    },
    'desktop.import': async ({ fileId }, options) => {
      const path = paths.get(fileId);
      if (path === undefined) throw new AppError('not-found', 'this file is not open any more');
      const { recordingId } = await withFile(path, (file) => exchange.importRecording(file, options));
      paths.delete(fileId);
      await library.refresh(recordingId);
      return { recordingId };
    },
    'desktop.leave': async ({ fileId }) => {
      paths.delete(fileId);
      return {};
    },
  };
}

/** Rejects for what is no plain file: a pipe or a device might never end. */
async function measure(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    const code = systemCode(cause);
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new AppError(
      isMissing ? 'not-found' : 'recording-unreadable',
      isMissing ? `there is no file ${path}` : `${path} cannot be read: ${code ?? 'unknown'}`,
      { cause },
    );
  });
  if (!found.isFile()) throw new AppError('bad-input', `${path} is no file`);
  return found.size;
}

async function withFile<T>(path: string, use: (file: ImportFile) => Promise<T>): Promise<T> {
  const bytes = createReadStream(path);
  try {
    return await use({ name: basename(path), bytes });
  } finally {
    bytes.destroy();
  }
}
