import { AppError } from '../base/errors.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { CommandIo } from './io.ts';

/** Asks once, no by default. Rejects where the answer is no, or where nobody can be asked. */
export async function confirm(io: CommandIo, question: string, refusal: string): Promise<void> {
  if (!io.isInputTerminal || !io.isErrorTerminal) {
    throw new AppError('bad-input', `${refusal}: nobody can be asked`, {
      hint: 'Give --yes to do it without a question.',
    });
  }
  const answer = await io.ask(`${escapeControls(question)} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new AppError('cancelled', refusal);
}
