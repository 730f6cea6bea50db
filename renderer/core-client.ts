/** The contract's client as the page uses it: the store needs calls and events, the panes calls and streams. */
import type { ContractClient } from '../preload/client.ts';
import type { ProblemInfo, StreamName, Streams } from '../preload/contract.ts';
import type { ByteStream } from './terminal/core-client.ts';

export type CoreClient = Pick<ContractClient, 'call' | 'on'>;

export interface PageClient extends CoreClient {
  open<Name extends StreamName>(name: Name, params: Streams[Name]['params']): ByteStream;
  /** Resolves when the core is gone, with the reason. */
  readonly closed: Promise<ProblemInfo>;
}

export function toPageClient(client: ContractClient): PageClient {
  return {
    call: client.call,
    on: client.on,
    open(name, params) {
      const stream = client.open(name, params);
      return {
        chunks: stream.input,
        write: (bytes) => stream.write(bytes),
        close: () => stream.end(),
      };
    },
    closed: client.closed,
  };
}
