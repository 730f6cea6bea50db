import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { Clock } from '../../base/clock.ts';
import { systemCode } from '../../base/errors.ts';
import type { Lifetime } from '../../base/lifetime.ts';
import type { Log } from '../../base/log.ts';
import { createTurns } from '../../base/turns.ts';
import { parseWindowState, type WindowState } from './window-state.ts';

/** How the window that was changed last stood, kept over restarts in a file of its own. */
export interface WindowStore {
  /** Undefined where nothing is known yet. */
  last(): WindowState | undefined;
  /** Written soon, and at the end of the lifetime. What cannot be written is logged: it is no reason to stop anybody. */
  keep(state: WindowState): void;
}

/** A window that is moved tells so sixty times a second. */
export const REST_MS = 500;

/** A file that cannot be read or understood is as none, and replaced by the next. */
export async function openWindowStore(
  needs: { readonly file: string; readonly clock: Pick<Clock, 'sleep'>; readonly log: Log },
  life: Pick<Lifetime, 'own' | 'signal'>,
): Promise<WindowStore> {
  const { file, clock, log } = needs;
  const turns = createTurns();
  let last = await readState(file, log);
  let written = last;
  let isWaiting = false;

  /** Never rejects. */
  async function write(): Promise<void> {
    await turns.take(async () => {
      if (last === undefined || last === written) return;
      const state = last;
      try {
        await writeFileAtomically(file, `${JSON.stringify(state, null, 2)}\n`);
        written = state;
      } catch (error) {
        log.warn({ error: String(error) }, 'where the window stands is not kept');
      }
    });
  }

  /** Never rejects: ended early, the last word is written by the lifetime's end. */
  async function writeSoon(): Promise<void> {
    isWaiting = true;
    await clock.sleep(REST_MS, { signal: life.signal }).catch(() => {});
    isWaiting = false;
    if (!life.signal.aborted) await write();
  }

  life.own(write);
  return {
    last: () => last,
    keep(state) {
      last = state;
      if (!isWaiting) void writeSoon();
    },
  };
}

async function readState(file: string, log: Log): Promise<WindowState | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    const state = parseWindowState(text);
    if (!state) log.warn({ file }, 'where the window stood is not understood');
    return state;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT')
      log.warn({ error: String(error) }, 'where the window stood is not read');
    return undefined;
  }
}
