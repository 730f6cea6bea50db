import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import * as v from 'valibot';
import { parse } from 'yaml';
import { AppError } from '../base/errors.ts';
import type { UpdateChannel } from './update-choice.ts';

/**
 * A feed: a small file that names the newest version and the SHA-512 of each of its files, signed by whoever makes
 * the releases. Its form is electron-builder's `latest*.yml`; the signature stands beside it, as `NAME.sig`.
 */
export interface Feed {
  readonly version: string;
  readonly files: readonly FeedFile[];
  readonly minimumSystemVersion?: string;
}

export interface FeedFile {
  /** A name beside the feed. */
  readonly url: string;
  /** In base64. */
  readonly sha512: string;
  readonly size: number;
  readonly blockMapSize?: number;
  readonly isAdminRightsRequired?: boolean;
}

/** Where updates come from; it is built into the app. */
export interface FeedSource {
  /** Of a folder; https. */
  readonly feed: string;
  /** Ed25519, as PEM. */
  readonly publicKey: string;
}

/** What of the platform's `fetch` is used. */
export type FetchFeed = (
  address: string,
  options: { readonly redirect: 'error'; readonly cache: 'no-store'; readonly signal: AbortSignal },
) => Promise<Pick<Response, 'ok' | 'status' | 'body'>>;

/** A feed has a few hundred bytes. */
const MAX_BYTES = 64 * 1024;
/** Each of both requests, from its beginning to its last byte. */
const REQUEST_MS = 30_000;
const MAX_FILES = 64;
const MAX_SIZE = 2 ** 32;

const fileName = v.pipe(v.string(), v.maxLength(256), v.regex(/^[\w][\w.+ -]*$/));
const feedSchema = v.object({
  version: v.pipe(v.string(), v.maxLength(64), v.regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/)),
  files: v.pipe(
    v.array(
      v.object({
        url: fileName,
        sha512: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{86}==$/)),
        size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_SIZE)),
        blockMapSize: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
        isAdminRightsRequired: v.exactOptional(v.boolean()),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_FILES),
  ),
  minimumSystemVersion: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
});

const sourceSchema = v.strictObject({ feed: v.pipe(v.string(), v.url()), publicKey: v.string() });

/** Reads what the build left. Throws where it is no https address with an Ed25519 key: then the build is wrong. */
export function parseFeedSource(text: string): FeedSource {
  const source = v.parse(sourceSchema, JSON.parse(text));
  if (!source.feed.startsWith('https://')) throw new Error('updates come over https only');
  if (createPublicKey(source.publicKey).asymmetricKeyType !== 'ed25519') {
    throw new Error('feeds are signed with Ed25519');
  }
  return { ...source, feed: source.feed.endsWith('/') ? source.feed : `${source.feed}/` };
}

/**
 * Reads a feed and its signature. Rejects with `update-failed` where it cannot be read, with `update-untrusted` where
 * the signature is missing or another's. Nothing of a feed is looked at before its signature is.
 */
export async function readFeed(
  needs: { readonly fetch: FetchFeed },
  { feed, publicKey }: FeedSource,
  name: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<Feed> {
  const address = new URL(name, feed).href;
  const text = await readText(needs.fetch, address, signal);
  const signature = await readText(needs.fetch, `${address}.sig`, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw createUntrusted(`the feed of updates at ${address} has no signature that can be read`, cause);
  });
  const bytes = Buffer.from(signature.toString('ascii').trim(), 'base64');
  if (!verify(null, feedMessage(name, text), createPublicKey(publicKey), bytes)) {
    throw createUntrusted(
      `the feed of updates at ${address} was not signed by those who made this version of Kubereel`,
    );
  }
  return parseFeed(text, address);
}

/** As electron-builder names it: `latest.yml` for Windows, `beta-linux-arm64.yml`, `latest-mac.yml`. */
export function feedNameOf(channel: UpdateChannel, platform: NodeJS.Platform, arch: string): string {
  const linux = arch === 'x64' ? '-linux' : `-linux-${arch}`;
  const system = platform === 'darwin' ? '-mac' : platform === 'win32' ? '' : linux;
  return `${channel === 'stable' ? 'latest' : channel}${system}.yml`;
}

/** What `NAME.sig` holds, in base64. */
export function signFeed(name: string, text: Uint8Array, key: KeyObject): string {
  return sign(null, feedMessage(name, text), key).toString('base64');
}

/** With its name, so that the feed of one channel or system does not pass for another's. */
function feedMessage(name: string, text: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`kubereel updates\n${name}\n`), text]);
}

async function readText(fetchFeed: FetchFeed, address: string, outer: AbortSignal): Promise<Buffer> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(REQUEST_MS)]);
  let status: number;
  try {
    const response = await fetchFeed(address, { redirect: 'error', cache: 'no-store', signal });
    if (response.ok && response.body) return await readBody(response.body);
    status = response.status;
    await response.body?.cancel();
  } catch (cause) {
    outer.throwIfAborted();
    if (cause instanceof AppError) throw cause;
    const words = signal.aborted ? `it took longer than ${REQUEST_MS / 1_000} s` : wordsOf(cause);
    throw createFailed(`${address} cannot be read: ${words}`, cause);
  }
  throw createFailed(`${address} cannot be read: the server answered ${status}`);
}

async function readBody(body: NonNullable<Response['body']>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > MAX_BYTES) throw createFailed(`a feed of updates is larger than ${MAX_BYTES / 1024} KiB`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function parseFeed(text: Buffer, address: string): Feed {
  try {
    return v.parse(feedSchema, parse(text.toString('utf8')));
  } catch (cause) {
    throw createFailed(`the feed of updates at ${address} is in no form that is known here`, cause);
  }
}

/** `fetch failed` says nothing; its cause does. */
function wordsOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}

function createFailed(message: string, cause?: unknown): AppError {
  return new AppError('update-failed', message, {
    cause,
    hint: 'It is tried again later; Kubereel goes on as it is.',
  });
}

function createUntrusted(message: string, cause?: unknown): AppError {
  return new AppError('update-untrusted', message, {
    cause,
    hint: 'Nothing was downloaded. Tell whoever gives you Kubereel: somebody may be standing in between.',
  });
}
