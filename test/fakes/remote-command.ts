import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { type ExecStream, type ExecStreamOptions, openExecStream } from '../../main/exec/exec-stream.ts';
import type { ExecRequest } from '../../main/exec/exec-url.ts';
import { type FakeApiServer, startApiServer } from './api-server.ts';
import { openTransport } from './kube-access.ts';

export const SHELL_REQUEST: ExecRequest = {
  kind: 'exec',
  namespace: 'shop',
  pod: 'web',
  container: 'app',
  command: ['sh'],
  stdin: true,
  tty: true,
};

/** A remote command whose server is in the test's hands. */
export interface RemoteCommand {
  readonly stream: ExecStream;
  readonly peer: RemotePeer;
  /** Our end below the stream, to see what it holds. */
  readonly client: WebSocket;
  /** Ends the server and with it the stream. */
  end(): Promise<void>;
}

/** The server's end of it. */
export interface RemotePeer {
  readonly socket: WebSocket;
  /** Below TLS and WebSocket. */
  readonly tcp: Socket;
  readonly request: IncomingMessage;
  /** Every message so far, as `channel:text`. */
  readonly heard: readonly string[];
  /** Bytes of stdin so far. */
  readonly stdinBytes: number;
  send(channel: number, payload: string | Uint8Array): void;
  sendStatus(status: unknown): void;
}

export interface RemoteCommandOptions extends Omit<ExecStreamOptions, 'signal'> {
  readonly request?: Partial<ExecRequest>;
  readonly protocols?: readonly string[];
  /** What stands between us and the server: its address. */
  via?(port: number): Promise<string>;
  /** What the server does at once, before the client can listen. */
  serve?(peer: RemotePeer): void;
}

export async function openRemoteCommand(options: RemoteCommandOptions = {}): Promise<RemoteCommand> {
  const { request, protocols, via, serve, ...streamOptions } = options;
  const opened = Promise.withResolvers<RemotePeer>();
  const server: FakeApiServer = await startApiServer({
    ...(protocols ? { protocols } : {}),
    serve(socket, upgrade, tcp) {
      const peer = createPeer(socket, upgrade, tcp);
      serve?.(peer);
      opened.resolve(peer);
    },
  });
  const transport = openTransport(via ? await via(server.port) : server.address);
  let client: WebSocket | undefined;
  const stream = await openExecStream(
    {
      transport: {
        ...transport,
        async openWebSocket(upgrade) {
          client = await transport.openWebSocket(upgrade);
          return client;
        },
      },
    },
    { ...SHELL_REQUEST, ...request },
    { ...streamOptions, signal: new AbortController().signal },
  );
  return {
    stream,
    peer: await opened.promise,
    client: client as WebSocket,
    async end() {
      // Without the server first, each open shell would be given its second to end.
      await server.close();
      await stream.close();
    },
  };
}

function createPeer(socket: WebSocket, request: IncomingMessage, tcp: Socket): RemotePeer {
  const heard: string[] = [];
  let stdinBytes = 0;
  socket.on('message', (data: Buffer) => {
    const payload = data.subarray(1);
    if (data[0] === 0) stdinBytes += payload.byteLength;
    // A paste of megabytes is counted, not kept.
    if (payload.byteLength < 1_000) heard.push(`${data[0]}:${JSON.stringify(payload.toString('latin1'))}`);
  });
  return {
    socket,
    tcp,
    request,
    heard,
    get stdinBytes() {
      return stdinBytes;
    },
    send: (channel, payload) => socket.send(Buffer.concat([Uint8Array.of(channel), Buffer.from(payload)])),
    sendStatus: (status) =>
      socket.send(Buffer.concat([Uint8Array.of(3), Buffer.from(JSON.stringify(status))])),
  };
}

export const SUCCESS = { metadata: {}, status: 'Success' };

/** As kubelets word an exit code. */
export function exitStatus(exitCode: number): unknown {
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** All of the output as text, once it has ended. */
export async function readOutput(stream: ExecStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const { bytes } of stream.output) chunks.push(bytes);
  return Buffer.concat(chunks).toString('utf8');
}
