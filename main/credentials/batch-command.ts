import { win32 } from 'node:path';
import { AppError } from '../base/errors.ts';
import { type Environment, readVariable } from './plugin-path.ts';

/** What is handed to the operating system: a program and its arguments. */
export interface ProcessCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Windows: the arguments are one command line, quoted already. */
  readonly isVerbatim: boolean;
}

/**
 * How a resolved program is started. Windows can start `.cmd` and `.bat` only through cmd.exe, which reads the
 * command line by rules of its own and gives it to the batch file, which reads it again.
 */
export function toProcessCommand(
  { platform, environment }: { readonly platform: NodeJS.Platform; readonly environment: Environment },
  path: string,
  args: readonly string[],
): ProcessCommand {
  const isBatch = platform === 'win32' && /^\.(cmd|bat)$/i.test(win32.extname(path));
  if (!isBatch) return { file: path, args, isVerbatim: false };
  const words = [path, ...args].map(quoteForBatch);
  // With /s the outer quotes go and the rest is taken as it stands; /v:off, so that `!` is a letter; /d: no AutoRun.
  return {
    file: systemProgram(environment, 'cmd.exe'),
    args: ['/e:on', '/v:off', '/d', '/s', '/c', `"${words.join(' ')}"`],
    isVerbatim: true,
  };
}

/** A program of Windows itself, by its path: by name the current folder or a PATH could give another one. */
export function systemProgram(environment: Environment, name: string): string {
  const root = readVariable(environment, 'SYSTEMROOT', 'win32') || 'C:\\Windows';
  return win32.join(root, 'System32', name);
}

/**
 * One word that cmd.exe gives on unchanged. Inside quotes only `"` and `%` mean something to it: a quote is doubled,
 * and a percent sign is followed by a variable's empty part, so that what comes after it is no variable's name.
 */
function quoteForBatch(word: string): string {
  if (/[\r\n\0]/.test(word)) {
    throw new AppError('plugin-failed', 'a batch file cannot be given an argument of several lines', {
      hint: 'Name the program that the batch file starts in the kubeconfig.',
    });
  }
  const quoted = word.replaceAll('"', '""').replaceAll('%', '%%cd:~,%');
  // The program behind the batch file takes `\"` for a quote: backslashes before our closing one are doubled.
  return `"${quoted.replace(/\\+$/, (slashes) => slashes + slashes)}"`;
}
