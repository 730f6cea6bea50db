import { constants, inflateSync } from 'node:zlib';
import { createUnreadable } from './tap.ts';

/**
 * The words that header blocks of SPDY/3 are compressed with, each behind its length (SPDY/3.1 draft, section 2.6.10.1);
 * 1423 bytes with the text behind them, of the Adler-32 e3c6a7c2.
 */
const DICTIONARY_WORDS: readonly string[] = [
  ...'options head post put delete trace accept accept-charset accept-encoding accept-language'.split(' '),
  ...'accept-ranges age allow authorization cache-control connection content-base content-encoding'.split(
    ' ',
  ),
  ...'content-language content-length content-location content-md5 content-range content-type date'.split(
    ' ',
  ),
  ...'etag expect expires from host if-match if-modified-since if-none-match if-range'.split(' '),
  ...'if-unmodified-since last-modified location max-forwards pragma proxy-authenticate'.split(' '),
  ...'proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade'.split(' '),
  ...'user-agent vary via warning www-authenticate method get status'.split(' '),
  '200 OK',
  ...'version HTTP/1.1 url public set-cookie keep-alive origin'.split(' '),
];
const DICTIONARY_TEXT: string =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized' +
  '403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable' +
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT' +
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,' +
  'text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

export const SPDY_DICTIONARY: Uint8Array = Buffer.concat([
  ...DICTIONARY_WORDS.flatMap((word) => [uint32(word.length), Buffer.from(word)]),
  Buffer.from(DICTIONARY_TEXT),
]);

/** A command has five streams, with a header or two each. */
export const MAX_HEADER_BLOCKS: number = 64;
/** Of all blocks of a direction together, as they came and as they are. */
export const MAX_PACKED_BYTES: number = 64 * 1024;
export const MAX_HEADER_BYTES: number = 256 * 1024;

export type Headers = ReadonlyMap<string, string>;

/** Reads the header blocks of one direction in their order, since all are one zlib stream. */
export interface HeaderReader {
  /** The first value of each name. Throws `protocol-error`; after that it is of no use. */
  read(block: Uint8Array): Headers;
}

/**
 * Node has no inflate that is synchronous and goes on later, so each block is inflated with all before it, from the
 * beginning. That is exact whatever a block ends in, and at most 64 times 64 KiB.
 */
export function createHeaderReader(): HeaderReader {
  let packed: Uint8Array = new Uint8Array();
  let blocks = 0;
  let readBytes = 0;

  return {
    read(block) {
      blocks += 1;
      if (blocks > MAX_HEADER_BLOCKS || packed.byteLength + block.byteLength > MAX_PACKED_BYTES) {
        throw createUnreadable('more SPDY headers than a command has');
      }
      packed = Buffer.concat([packed, block]);
      const plain = inflate(packed);
      const headers = parseHeaders(plain.subarray(readBytes));
      readBytes = plain.byteLength;
      return headers;
    },
  };
}

/** Behind an end of zlib nothing comes out of it any more, which is no header block. */
function inflate(packed: Uint8Array): Buffer {
  try {
    return inflateSync(packed, {
      dictionary: SPDY_DICTIONARY,
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MAX_HEADER_BYTES,
    });
  } catch (cause) {
    throw createUnreadable('SPDY headers that cannot be unpacked', cause);
  }
}

/** A count, then names and values, each behind its length; values of one name with NUL between. */
function parseHeaders(plain: Buffer): Headers {
  let at = 0;
  function take(bytes: number): Buffer {
    if (bytes > plain.byteLength - at) throw createUnreadable('SPDY headers that end too early');
    at += bytes;
    return plain.subarray(at - bytes, at);
  }
  const takeText = () => take(take(4).readUInt32BE()).toString('latin1');

  const headers = new Map<string, string>();
  const count = take(4).readUInt32BE();
  for (let index = 0; index < count; index += 1) {
    const name = takeText();
    if (headers.has(name)) throw createUnreadable('a SPDY header that stands twice');
    headers.set(name, takeText().split('\0', 1)[0] ?? '');
  }
  if (at < plain.byteLength) throw createUnreadable('SPDY headers that go on behind the last');
  return headers;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
