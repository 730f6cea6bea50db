import type { Clock } from '../../base/clock.ts';
import { createTurns } from '../../base/turns.ts';
import type { Signer } from '../integrity/seal.ts';
import type { Sidecar } from '../recording.ts';
import type { RecordingFacts } from '../recording-facts.ts';
import { formatSidecar, sidecarPathOf } from '../sidecar.ts';
import { type BegunRecording, settleRecording } from './new-recording.ts';
import type { RecordingFiles } from './recording-files.ts';

/** The sidecar of a recording that is being written. */
export interface LiveSidecar {
  /** Adds facts once they are known. What cannot be known is left out. */
  learn(facts: Promise<RecordingFacts>): void;
  /** Writes it again, where it may be gone. Rejects with the file system's failure. */
  putBack(): Promise<void>;
  /** Writes how it ended. Facts that are on their way are waited for a moment. Never rejects. */
  settle(state: Sidecar['state']): Promise<void>;
}

export interface LiveSidecarNeeds {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly files: RecordingFiles;
  signer?(): Promise<Signer | undefined>;
}

/** A command may be over before the server has said who we are; its answer was asked for with the command. */
const LEARN_MS = 250;

export function createLiveSidecar(needs: LiveSidecarNeeds, begun: BegunRecording): LiveSidecar {
  const { clock, files } = needs;
  const turns = createTurns();
  const learning = new Set<Promise<void>>();
  let { sidecar } = begun;
  let isSettled = false;

  function write(): Promise<void> {
    return files.replace(sidecarPathOf(begun.path), formatSidecar(sidecar));
  }

  async function add(coming: Promise<RecordingFacts>): Promise<void> {
    try {
      const facts = await coming;
      if (isSettled || Object.keys(facts).length === 0) return;
      sidecar = { ...sidecar, details: { ...sidecar.details, ...facts } };
      await turns.take(write);
    } catch {
      // Unknown, or a disk that refuses: the end writes it again.
    }
  }

  async function awaitFacts(): Promise<void> {
    if (learning.size === 0) return;
    const known = new AbortController();
    const limit = clock.sleep(LEARN_MS, { signal: known.signal }).catch(() => {});
    await Promise.race([Promise.all(learning), limit]);
    known.abort();
  }

  return {
    learn(facts) {
      const adding = add(facts).finally(() => learning.delete(adding));
      learning.add(adding);
    },
    putBack: () => turns.take(write),
    async settle(state) {
      await awaitFacts();
      isSettled = true;
      const signer = await needs.signer?.();
      await turns.take(() => settleRecording({ files, signer }, { ...begun, sidecar }, state, clock.nowMs()));
    },
  };
}
