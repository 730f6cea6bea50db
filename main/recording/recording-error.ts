import { AppError, systemCode } from '../base/errors.ts';

const FULL_DISK_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** A failure of the recording's files for people: `disk-full` where that is what it was, else `recording-failed`. */
export function toRecordingError(cause: unknown, message: string): AppError {
  if (cause instanceof AppError) return cause;
  const code = systemCode(cause);
  if (code !== undefined && FULL_DISK_CODES.has(code)) {
    return new AppError('disk-full', `${message}: the disk is full`, {
      cause,
      hint: 'Free some space, or move the recordings to another disk. What was recorded so far is kept.',
    });
  }
  const words = cause instanceof Error ? cause.message : String(cause);
  return new AppError('recording-failed', `${message}: ${code ?? words}`, {
    cause,
    hint: 'Check that the folder of the recordings exists and can be written to.',
    detail: words,
  });
}
