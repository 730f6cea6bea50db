/**
 * A program of its own that plays the server of remote commands, so that a test sees its client's memory and time
 * alone: `node exec-peer.ts`. Prints its address. What it does depends on the pod's name: `flood` prints without
 * end, `echo` gives back what it is sent, `deaf` reads nothing.
 */
import type { WebSocket } from 'ws';
import { startApiServer } from './api-server.ts';

const FRAME = Buffer.alloc(32 * 1024 + 1, 'all work and no play ');
FRAME[0] = 1;

/** As fast as it is taken: a frame follows when the one before it has left. */
function flood(socket: WebSocket): void {
  const next = (error?: Error | null): void => {
    if (!error) socket.send(FRAME, next);
  };
  for (let inFlight = 0; inFlight < 8; inFlight += 1) next();
}

function echo(socket: WebSocket): void {
  socket.on('message', (data: Buffer) => {
    if (data[0] === 0) socket.send(Buffer.concat([Uint8Array.of(1), data.subarray(1)]));
  });
}

const server = await startApiServer({
  serve(socket, request) {
    const pod = /\/pods\/(\w+)\//.exec(request.url ?? '')?.[1];
    if (pod === 'flood') flood(socket);
    else if (pod === 'echo') echo(socket);
    else socket.pause();
  },
});
process.stdout.write(`${server.address}\n`);
