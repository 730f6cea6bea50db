import type { AppError } from '../../base/errors.ts';
import { escapeControls } from '../../credentials/visible-text.ts';
import { LEAVE_PROGRAM } from '../../session/terminal-gap.ts';
import type { Farewell } from '../tap/tap.ts';

/** What a client is told where its command is ended by us: in its terminal, and as the command's end. */
export function formatFarewell(
  { message, hint }: Pick<AppError, 'message' | 'hint'>,
  hasTty: boolean,
): Pick<Farewell, 'text' | 'status'> {
  const lines = [message, ...(hint === undefined ? [] : [hint])].flatMap((words) => words.split('\n'));
  // kubectl prints the status behind the text: the same sentence there would be said twice.
  const status = { metadata: {}, status: 'Failure', message: 'the command was ended by Kubereel', code: 500 };
  const text = formatLines(lines, hasTty);
  return {
    // A program that draws its own screen would have the words lost with it.
    text: hasTty ? `${Buffer.from(LEAVE_PROGRAM).toString()}${text}` : text,
    status: JSON.stringify({ ...status, reason: 'InternalError' }),
  };
}

/** A line while the command goes on. */
export function formatWarning(words: string, hasTty: boolean): string {
  return formatLines([`warning: ${words}`], hasTty);
}

/** A terminal has its cursor anywhere, and its line feeds are as they are written. */
function formatLines(lines: readonly string[], hasTty: boolean): string {
  const shown = lines.map((line) => escapeControls(line));
  return hasTty ? `\r\n${shown.join('\r\n')}\r\n` : shown.map((line) => `${line}\n`).join('');
}
