import { AppError, toAppError } from '../base/errors.ts';

/** Whether a shell must be recorded, and how to know beforehand that it can be. */
export interface RecordingDutyNeeds {
  /** Decided once for each shell or command, when it is asked for. */
  isRecordingRequired(target: { readonly context: string; readonly namespace: string }): Promise<boolean>;
  /** As `rehearseRecording`. */
  rehearseRecording(): Promise<void>;
}

/**
 * To be asked before a cluster is. Resolves with whether the recording is required; rejects with `recording-required`
 * where it is and cannot be begun.
 */
export async function checkRecordingDuty(
  needs: RecordingDutyNeeds,
  target: { readonly context: string; readonly namespace: string },
): Promise<boolean> {
  if (!(await needs.isRecordingRequired(target))) return false;
  try {
    await needs.rehearseRecording();
  } catch (error) {
    throw createUnrecordable(error);
  }
  return true;
}

export function createUnrecordable(cause: unknown): AppError {
  const { code, message, hint, detail } = toAppError(cause);
  // A limit's own hint is for shells that go on.
  const remedy = code === 'recording-limit' ? 'Delete old recordings, or change the limits.' : hint;
  return new AppError('recording-required', `no shell is opened that cannot be recorded: ${message}`, {
    cause,
    hint: `${remedy ?? 'Mend that, then open it again.'} The settings require recordings, under Recording.`,
    ...(detail === undefined ? {} : { detail }),
  });
}
