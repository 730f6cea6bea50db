import type { Socket } from 'node:net';
import type { ForwardRequest } from '../../kube/forward.ts';
import { formatAnswerHead, sendRefusal } from '../raw-answer.ts';
import type { ExecDesk } from './exec-desk.ts';
import type { ProxiedCommand } from './exec-request.ts';

/** Has a command opened, recorded and passed. Resolves when it has ended; rejects before anything is written to the client. */
export async function passCommand(
  { commands }: { readonly commands: Pick<ExecDesk, 'open'> },
  {
    context,
    command,
    ...request
  }: ForwardRequest & { readonly context: string; readonly command: ProxiedCommand },
  client: Socket,
): Promise<void> {
  const answer = await commands.open(context, command, request);
  if (answer.kind === 'refused') return sendRefusal(client, answer);
  // Its record is closed by being relayed, also to nobody.
  if (request.signal.aborted) client.destroy();
  else client.write(formatAnswerHead(answer));
  await answer.relay(client);
}
