import { WebSocket } from 'ws';
import { EXEC_PROTOCOL } from '../../main/agent/agent-door.ts';
import { TOKEN_PREFIX } from '../../preload/handshake.ts';
import { until } from './until.ts';

export interface HeardFrame {
  readonly type: string;
  readonly data?: string;
  readonly exitCode?: number;
}

/** A page with a terminal, as kc-agent's clients are: JSON in text frames. */
export interface AgentClient {
  readonly socket: WebSocket;
  /** All frames so far, in order. */
  readonly heard: readonly HeardFrame[];
  say(frame: object): void;
  /** The data of all frames of one type so far. */
  text(type: 'stdout' | 'stderr' | 'error'): string;
  /** Resolves with the first frame of that type. */
  frame(type: string): Promise<HeardFrame>;
  /** The closing code. */
  readonly closed: Promise<number>;
}

export interface AgentPage {
  readonly port: number;
  readonly origin: string;
  readonly token: string;
}

/** Resolves when the socket is open; rejects with the words of ws where it is refused. */
export async function openAgentClient({ port, origin, token }: AgentPage): Promise<AgentClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/exec`, [EXEC_PROTOCOL, TOKEN_PREFIX + token], {
    origin,
    perMessageDeflate: false,
  });
  const heard: HeardFrame[] = [];
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString('utf8')) as HeardFrame));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  return {
    socket,
    heard,
    say: (frame) => socket.send(JSON.stringify(frame)),
    text: (type) =>
      heard
        .filter((frame) => frame.type === type)
        .map(({ data }) => data ?? '')
        .join(''),
    frame: (type) => until(() => heard.find((frame) => frame.type === type)),
    closed,
  };
}
