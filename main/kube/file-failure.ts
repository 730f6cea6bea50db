import { systemCode } from '../base/errors.ts';

/** Go's words (syscall/zerrors), which kubectl's users know. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
};

/** Why a file could not be read, as kubectl says it: `open /p: no such file or directory`. */
export function describeFileFailure(path: string, cause: unknown): string {
  const code = systemCode(cause);
  const action = code === 'EISDIR' ? 'read' : 'open';
  return `${action} ${path}: ${code === undefined ? 'it cannot be read' : (WORDS[code] ?? code)}`;
}
