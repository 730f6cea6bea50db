import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LINK_SCHEME, parseRecordingLink } from '../../../preload/recording-link.ts';
import { AppError } from '../../base/errors.ts';
import type { WindowWish } from '../../bridge/desktop.ts';

export interface LaunchOptions {
  /** Where the app was started: relative paths begin there. */
  readonly workingDirectory: string;
  /** What stands among the arguments from source: the folder of the app, its script. */
  readonly ownPaths: readonly string[];
}

/** As many as anybody opens at once. */
const MOST_OPENED = 32;

/**
 * What the arguments of a start want opened: links of ours and files, in their order. Switches are not for us: they
 * are the app's own, and what Chromium adds. The first argument is the program.
 */
export function readLaunch(
  [, ...rest]: readonly string[],
  { workingDirectory, ownPaths }: LaunchOptions,
): readonly WindowWish[] {
  return rest
    .filter((argument) => argument !== '' && !argument.startsWith('-'))
    .map((argument) => openedBy(argument, workingDirectory))
    .filter((wish) => wish.kind !== 'file' || !ownPaths.includes(wish.path))
    .slice(0, MOST_OPENED);
}

/** A link that the system hands over. Only recordings have links; whatever else claims to be one is refused. */
export function openLink(link: string): WindowWish {
  const parsed = parseRecordingLink(link);
  if (parsed) return { kind: 'recording', ...parsed };
  return refuse('The link was not opened', 'it is no link to a recording');
}

/** A file that the system hands over, or an argument names. */
export function openFile(path: string, workingDirectory: string): WindowWish {
  if (path.includes('\0')) return refuse('The file was not opened', 'its name is not one');
  return { kind: 'file', path: resolve(workingDirectory, path) };
}

function openedBy(argument: string, workingDirectory: string): WindowWish {
  if (LINK.test(argument.trim())) return openLink(argument);
  if (!/^file:/i.test(argument)) return openFile(argument, workingDirectory);
  try {
    return openFile(fileURLToPath(argument), workingDirectory);
  } catch {
    return refuse('The file was not opened', 'its address is not one of a file on this machine');
  }
}

const LINK = new RegExp(`^${LINK_SCHEME}:`, 'i');

function refuse(title: string, message: string): WindowWish {
  return {
    kind: 'refused',
    title,
    error: new AppError('bad-input', message, {
      hint: 'Kubereel opens recordings (asciicast, ttyrec) and links that it has made itself.',
    }),
  };
}
