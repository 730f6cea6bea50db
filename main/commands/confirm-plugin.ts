import type { PluginSubject } from '../credentials/user-requests.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { CommandIo } from './io.ts';

/** Asks at the command's own terminal; anything but yes is no. */
export async function confirmPlugin(io: CommandIo, subject: PluginSubject): Promise<boolean> {
  const { kubeconfigPath, context, path, args } = subject;
  const words = `${kubeconfigPath} wants to run a program for the credential of context ${context}:
  ${[path, ...args].join(' ')}
May it run, now and later? [y/N] `;
  const answer = await io.ask(escapeControls(words));
  return /^y(es)?$/i.test(answer);
}
