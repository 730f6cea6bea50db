import { request } from 'node:http';
import { WebSocket } from 'ws';
import { createSocketWire } from '../../main/hosts/browser/socket-wire.ts';
import type { ByteStream } from '../../preload/byte-stream.ts';
import { type ContractClient, createClient } from '../../preload/client.ts';
import { TOKEN_PREFIX, WIRE_PROTOCOL } from '../../preload/handshake.ts';
import { createRecordDecoder, type TerminalRecord } from '../../preload/terminal-records.ts';

/** A page without a browser: signs in with a link and speaks the contract over the real WebSocket. */
export async function connectToApp(link: string): Promise<{ client: ContractClient; socket: WebSocket }> {
  const { origin, hash, host } = new URL(link);
  const body = JSON.stringify({ secret: hash.slice(1) });
  const answer = await new Promise<string>((resolve, reject) => {
    const outgoing = request(`${origin}/session`, { method: 'POST', headers: { origin } }, (response) => {
      let text = '';
      response.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
      response.on('end', () => resolve(text));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  const { token } = JSON.parse(answer) as { token: string };
  const socket = new WebSocket(`ws://${host}/wire`, [WIRE_PROTOCOL, TOKEN_PREFIX + token], { origin });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { client: createClient(createSocketWire(socket)), socket };
}

/** The bytes that a viewer was shown, and when it saw what. */
export interface Watched {
  readonly stream: ByteStream;
  readonly records: TerminalRecord[];
  text(): string;
  type(text: string): Promise<void>;
  /** Resolves when the text shown since `from` characters holds it. */
  seen(text: string, from?: number): Promise<void>;
  readonly done: Promise<void>;
}

export function watchSession(client: ContractClient, sessionId: string): Watched {
  const stream = client.open('sessions.view', { sessionId });
  const records: TerminalRecord[] = [];
  const decoder = createRecordDecoder();
  const texts = new TextDecoder();
  const waiting = new Set<() => void>();
  let shown = '';
  const done = (async () => {
    for await (const bytes of stream.input) {
      for (const record of decoder.push(bytes)) {
        records.push(record);
        if (record.kind === 'output') shown += texts.decode(record.bytes, { stream: true });
      }
      for (const wake of waiting) wake();
    }
  })();
  done.catch(() => {});
  return {
    stream,
    records,
    text: () => shown,
    type: (text) => stream.write(new TextEncoder().encode(text)),
    seen: (text, from = 0) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!shown.includes(text, from)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    done,
  };
}
