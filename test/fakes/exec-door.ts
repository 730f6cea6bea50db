import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { toAppError } from '../../main/base/errors.ts';
import { listenOnLoopback } from '../../main/base/loopback.ts';
import { pairLines } from '../../main/kube/forward.ts';
import type { ExecDesk } from '../../main/proxy/command/exec-desk.ts';
import { readExecRequest } from '../../main/proxy/command/exec-request.ts';
import { createStatus, refuseUpgrade } from './api-server.ts';

/** A desk for commands behind a plain HTTP server that lets everybody in, and passes nothing else. */
export interface ExecDoor {
  readonly address: string;
  readonly port: number;
  /** What the desk said no to. */
  readonly refusals: readonly unknown[];
  /** Commands whose relay is over. */
  readonly passed: readonly Promise<void>[];
  close(): Promise<void>;
}

export async function startExecDoor(desk: Pick<ExecDesk, 'open'>, context = 'demo'): Promise<ExecDoor> {
  const refusals: unknown[] = [];
  const passed: Promise<void>[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('connection', (socket) => sockets.add(socket));

  async function serve(message: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const gone = new AbortController();
    socket.on('error', () => {}).once('close', () => gone.abort());
    if (head.byteLength > 0) socket.unshift(head);
    const { method = '', url: target = '', rawHeaders } = message;
    const request = { method, target, headers: pairLines(rawHeaders), signal: gone.signal };
    try {
      const command = readExecRequest(request);
      if (!command) throw new Error(`${target} is no command`);
      const answer = await desk.open(context, command, request);
      const lines = answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      socket.write(`HTTP/1.1 ${answer.status} ${answer.statusText}\r\n${lines}\r\n`);
      if (answer.kind === 'open') {
        const relay = answer.relay(socket);
        passed.push(relay);
        await relay;
      } else {
        for await (const bytes of answer.body) socket.write(bytes);
        socket.end();
      }
    } catch (error) {
      refusals.push(error);
      const { code, message: words, hint = '' } = toAppError(error);
      refuseUpgrade(
        socket,
        403,
        JSON.stringify(createStatus(403, 'Forbidden', `${code}: ${words}. ${hint}`)),
      );
    }
  }

  server.on('upgrade', (message, socket, head) => void serve(message, socket as Socket, head));
  const port = await listenOnLoopback(server, 0);
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    refusals,
    passed,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
