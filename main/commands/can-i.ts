import type { Core } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import { weighRemoteCommand } from '../doctor/access-checks.ts';
import type { CommandIo } from './io.ts';

export interface CanIOptions {
  readonly context: string;
  readonly namespace: string;
  readonly kind: 'exec' | 'attach';
  readonly pod: string;
}

/**
 * `kubectl auth can-i` for a shell: `yes`, or `no` or `unknown` with the reason, on standard output; both verbs
 * on standard error. Exit code 0 only for yes.
 */
export async function runCanI(
  core: Core,
  { context, ...target }: CanIOptions,
  io: CommandIo,
  options: { signal: AbortSignal },
): Promise<number> {
  const transport = await core.contexts.transport(context);
  const { answer, why, hint, lines } = await weighRemoteCommand({ transport }, target, options);
  await io.write(answer === 'yes' ? 'yes\n' : `${answer} - ${why}\n`);
  const words = [...lines, ...(hint === undefined ? [] : [hint])].map((line) => `  ${line}\n`).join('');
  // A server's words: no terminal is to obey them.
  await io.writeError(escapeControls(words));
  return answer === 'yes' ? 0 : 1;
}
