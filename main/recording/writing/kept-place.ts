import type { Clock } from '../../base/clock.ts';
import type { LiveSidecar } from './live-sidecar.ts';
import type { AppendFile } from './recording-files.ts';

/**
 * Keeps a recording where it belongs. A file that was deleted takes bytes as before, and all of them are gone when it
 * is closed.
 */
export interface KeptPlace {
  /** Looks now and then; to be called before each write. Rejects with the file system's failure. */
  check(): Promise<void>;
  /** Looks now. */
  checkNow(): Promise<void>;
}

/** How often it is looked whether the files still have their names. */
const CHECK_MICROS = 1_000_000;

export function createKeptPlace({
  clock,
  file,
  beside,
  sidecar,
}: {
  readonly clock: Pick<Clock, 'nowMicros'>;
  readonly file: AppendFile;
  /** What else is written with it. */
  readonly beside: readonly { putBack(): Promise<unknown> }[];
  readonly sidecar: LiveSidecar;
}): KeptPlace {
  let checkedAtMicros = clock.nowMicros();
  let isSidecarGone = false;

  async function checkNow(): Promise<void> {
    // Remembered: the next try finds the cast in its place.
    if (await file.putBack()) isSidecarGone = true;
    for (const other of beside) await other.putBack();
    if (isSidecarGone) await sidecar.putBack();
    isSidecarGone = false;
    checkedAtMicros = clock.nowMicros();
  }

  return {
    async check() {
      if (clock.nowMicros() - checkedAtMicros >= CHECK_MICROS) await checkNow();
    },
    checkNow,
  };
}
