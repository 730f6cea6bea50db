import type { ProxiedUpgrade } from './proxied-request.ts';
import { formatAnswerHead, sendRefusal } from './raw-answer.ts';
import { spliceSockets } from './splice.ts';

/**
 * Passes an upgrade that is no command, such as a port that is forwarded: its bytes are not looked at. Resolves when both
 * sides have ended. Rejects before anything is written to the client.
 */
export async function passUpgrade({ transport, socket, ...request }: ProxiedUpgrade): Promise<void> {
  const answer = await transport.openTunnel(request);
  if (answer.kind === 'refused') {
    // What breaks from here on can only be seen by its end.
    await sendRefusal(socket, answer).catch(() => socket.destroy());
    return;
  }
  socket.write(formatAnswerHead(answer));
  await spliceSockets(socket, answer.socket, request);
}
