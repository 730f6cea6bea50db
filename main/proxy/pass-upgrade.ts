import type { Socket } from 'node:net';
import type { ForwardRequest } from '../kube/forward.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { formatAnswerHead, sendRefusal } from './raw-answer.ts';
import { spliceSockets } from './splice.ts';

/**
 * Passes an upgrade that is no command, such as a port that is forwarded: its bytes are not looked at. Resolves when both
 * sides have ended. Rejects before anything is written to the client.
 */
export async function passUpgrade(
  { transport }: { readonly transport: KubeTransport },
  request: ForwardRequest,
  client: Socket,
): Promise<void> {
  const answer = await transport.openTunnel(request);
  if (answer.kind === 'refused') return sendRefusal(client, answer);
  client.write(formatAnswerHead(answer));
  await spliceSockets(client, answer.socket, request);
}
