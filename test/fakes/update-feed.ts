import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import { type FeedSource, type FetchFeed, signFeed } from '../../main/updates/update-feed.ts';
import { createTestAuthority } from './tls.ts';

/** A place for updates: a real HTTPS server with what a release puts there. */
export interface FeedServer {
  readonly source: FeedSource;
  /** Of the authority that its certificate is from. */
  readonly ca: string;
  readonly key: KeyObject;
  /** By name. A function answers for itself. */
  readonly files: Map<string, Buffer | ((request: IncomingMessage, response: ServerResponse) => void)>;
  /** Names in the order they were asked for. */
  readonly asked: string[];
  /** Headers that came with the last request. */
  lastHeaders(): IncomingMessage['headers'];
  /** As the desktop app's: it trusts the server and no other. */
  readonly fetch: FetchFeed;
  /** Puts a feed there, signed as it should be. */
  put(name: string, text: string): void;
  stop(): Promise<void>;
}

export async function startFeedServer(): Promise<FeedServer> {
  const authority = await createTestAuthority();
  const { certificate, privateKey } = await authority.issue({ commonName: 'updates', names: ['127.0.0.1'] });
  const files: FeedServer['files'] = new Map();
  const asked: string[] = [];
  let headers: IncomingMessage['headers'] = {};
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    const name = decodeURIComponent(
      new URL(request.url ?? '', 'https://x').pathname.replace('/releases/', ''),
    );
    asked.push(name);
    headers = request.headers;
    const file = files.get(name);
    if (typeof file === 'function') return file(request, response);
    response.writeHead(file ? 200 : 404, file ? { 'Content-Length': file.length } : {});
    response.end(file);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dispatcher = new Agent({ connect: { ca: authority.certificate } });
  const keys = generateKeyPairSync('ed25519');
  return {
    source: {
      feed: `https://127.0.0.1:${(server.address() as AddressInfo).port}/releases/`,
      publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
    ca: authority.certificate,
    key: keys.privateKey,
    files,
    asked,
    lastHeaders: () => headers,
    fetch: async (address, options) => {
      const response = await undiciFetch(address, { ...options, dispatcher });
      return response as unknown as Response;
    },
    put(name, text) {
      files.set(name, Buffer.from(text));
      files.set(`${name}.sig`, Buffer.from(`${signFeed(name, Buffer.from(text), keys.privateKey)}\n`));
    },
    async stop() {
      await dispatcher.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A feed as electron-builder 26 writes it, for one file. */
export function feedText(version: string, file: string, bytes: Buffer): string {
  const sha512 = createHash('sha512').update(bytes).digest('base64');
  return `version: ${version}
files:
  - url: ${file}
    sha512: ${sha512}
    size: ${bytes.length}
path: ${file}
sha512: ${sha512}
releaseDate: '2026-11-21T18:00:00.000Z'
`;
}
