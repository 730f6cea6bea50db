import type { PluginSubject } from '../credentials/user-requests.ts';
import type { CommandIo } from './io.ts';

/** Asks at the command's own terminal; anything but yes is no. */
export async function confirmPlugin(io: CommandIo, subject: PluginSubject): Promise<boolean> {
  const { kubeconfigPath, context, path, args } = subject;
  const answer = await io.ask(
    `${kubeconfigPath} wants to run a program for the credential of context ${context}:\n` +
      `  ${[path, ...args].join(' ')}\n` +
      'May it run, now and later? [y/N] ',
  );
  return /^y(es)?$/i.test(answer);
}
