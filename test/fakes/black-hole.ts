import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Listens with the shortest queue and never looks into it. */
const LISTENER = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;
/** More than the queue takes, whatever the kernel adds to it. */
const FILLERS = 16;
/** A connection that the kernel takes is there at once; one that hangs shows that the queue is full. */
const LOOK_MS = 200;

/** An address that takes no connection and refuses none: its queue is full. Linux alone behaves so. Ends with the test. */
export async function startBlackHole(): Promise<{ readonly url: string }> {
  const worker = new Worker(LISTENER, { eval: true });
  const fillers: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of fillers) socket.destroy();
    await worker.terminate();
  });
  const [port] = (await once(worker, 'message')) as [number];
  for (let count = 0; count < FILLERS; count += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    fillers.push(socket);
  }
  // The kernel has answered those that it answers at all.
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  if (fillers.every((socket) => !socket.connecting)) throw new Error('this system takes every connection');
  return { url: `http://127.0.0.1:${port}` };
}
