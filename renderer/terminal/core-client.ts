/** The part of the contract's client that terminals and replays use. */
import type { CallName, Calls, StreamName, Streams } from '../../preload/contract.ts';

export interface ByteStream {
  /** Asking for the next chunk says that the last one was taken. Throws what ended it out of order. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Resolves when the other side has room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Lets it go, whatever was still to come. */
  close(): void;
}

export interface CoreClient {
  call<Name extends CallName>(name: Name, input: Calls[Name]['input']): Promise<Calls[Name]['output']>;
  open<Name extends StreamName>(name: Name, params: Streams[Name]['params']): ByteStream;
}
