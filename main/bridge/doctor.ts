import { randomUUID } from 'node:crypto';
import type { Calls, DoctorReport } from '../../preload/contract.ts';
import { AppError } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import { isHealthy } from '../doctor/doctor.ts';
import type { CallsOf, Rooms } from './rooms.ts';

/** A page shows one or two; a page that asks for more than this has lost count. */
const MAX_RUNS = 8;

/** Runs end with the page. */
export function answerDoctor(
  { doctor, log }: Rooms,
  tell: (report: DoctorReport) => void,
  life: Lifetime,
): CallsOf<'doctor.run' | 'doctor.stop'> {
  const runs = new Map<string, Lifetime>();

  async function examine(
    runId: string,
    question: Calls['doctor.run']['input'],
    run: Lifetime,
  ): Promise<void> {
    const { context } = question;
    try {
      const checks = await doctor.examine(
        question,
        (changed) => tell({ runId, context, checks: changed, isFinished: false, wouldOpen: false }),
        { signal: run.signal },
      );
      tell({ runId, context, checks, isFinished: true, wouldOpen: isHealthy(checks) });
    } catch (error) {
      if (!run.signal.aborted) log.error({ error: String(error) }, 'doctor failed');
    } finally {
      runs.delete(runId);
      await run.end();
    }
  }

  return {
    'doctor.run': async (question) => {
      if (runs.size >= MAX_RUNS) {
        throw new AppError('bad-input', `${MAX_RUNS} connections are checked already`, {
          hint: 'Wait until one is finished, or close its tab.',
        });
      }
      const runId = randomUUID();
      const run = life.child(`doctor of ${question.context}`);
      runs.set(runId, run);
      // Told by events; it fails only where it was stopped.
      void examine(runId, question, run);
      return { runId };
    },
    'doctor.stop': async ({ runId }) => {
      await runs.get(runId)?.end();
      return {};
    },
  };
}
