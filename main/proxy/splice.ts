import type { Socket } from 'node:net';

/**
 * Passes bytes between two sockets as fast as the slower one takes them, until both have ended. The end of one side's
 * bytes is the end of what the other is sent, and no more; a side that breaks, and the signal, break the other. Errors of
 * sockets have to be heard elsewhere.
 */
export async function spliceSockets(
  one: Socket,
  other: Socket,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const cut = (): void => {
    one.destroy();
    other.destroy();
  };
  signal.addEventListener('abort', cut, { once: true });
  const over = [one, other].map((socket) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
    return promise;
  });
  connect(one, other);
  connect(other, one);
  if (signal.aborted) cut();
  await Promise.all(over);
  signal.removeEventListener('abort', cut);
}

function connect(from: Socket, to: Socket): void {
  const end = (): void => {
    // What it has sent still arrives where it ended as it should; nothing can be sent to it any more.
    if (from.readableEnded) to.destroySoon();
    else to.destroy();
  };
  if (from.closed) end();
  else from.once('close', end);
  from.pipe(to);
}
