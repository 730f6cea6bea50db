import type { Socket } from 'node:net';

/** What HTTP/2 by prior knowledge begins with, as far as it tells (RFC 9113, 3.4). No request of HTTP/1.1 begins so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n');

/** Which HTTP a connection speaks; undefined where it ends before it has said so. Nothing is taken from it. */
export async function readHttpVersion(socket: Socket): Promise<1 | 2 | undefined> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < PREFACE.length && PREFACE.subarray(0, start.length).equals(start)) {
    const byte: Buffer | null = socket.read(1);
    if (byte) start = Buffer.concat([start, byte]);
    else if (socket.readableEnded || socket.destroyed) return undefined;
    else await waitForMore(socket);
  }
  socket.unshift(start);
  return start.equals(PREFACE) ? 2 : 1;
}

function waitForMore(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const names = ['readable', 'end', 'close'] as const;
    const done = (): void => {
      for (const name of names) socket.off(name, done);
      resolve();
    };
    for (const name of names) socket.on(name, done);
  });
}
