import { open } from 'node:fs/promises';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { AppError } from '../../base/errors.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { recorderError } from './recorder-error.ts';

/** Where a recorder listens. */
export interface RecorderPlace {
  readonly isSecure: boolean;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  /** As a Host header has it. */
  readonly authority: string;
  /** Before the paths of its protocol; empty or begins with a slash and ends with none. */
  readonly basePath: string;
}

/** Where a recorder listens and what proves both sides to each other, as its files are now. */
export interface RecorderEndpoint extends RecorderPlace {
  /** Goes into an `Authorization` header and nowhere else. */
  readonly token: string | undefined;
  /** Absent without TLS. */
  readonly secureContext: SecureContext | undefined;
}

/** A token has one line; a certificate bundle of a whole system is 300 kB. */
const MAX_TOKEN_BYTES = 16 * 1024;
const MAX_PEM_BYTES = 4 * 1024 * 1024;
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
};

/**
 * Reads the forms of a recorder's url: `http://…`, `https://…`, `ws://…`, `wss://…`, and as tsrecorder knows them
 * `ip:port` and `[ip]:port`, which are without TLS. Throws `recorder-unusable`.
 */
export function parsePlace(recorder: RecorderAddress): RecorderPlace {
  const { url } = recorder;
  const parsed = URL.parse(url.includes('://') ? url : `http://${url}`);
  const defaultPort = parsed ? DEFAULT_PORTS[parsed.protocol] : undefined;
  const port = parsed?.port ? Number(parsed.port) : defaultPort;
  if (!parsed || defaultPort === undefined || !port || parsed.hostname === '') {
    throw recorderError('recorder-unusable', recorder, 'has no address that can be dialled', {
      hint: 'Write its url as http://HOST:PORT, https://HOST:PORT or IP:PORT.',
    });
  }
  return {
    isSecure: parsed.protocol === 'https:' || parsed.protocol === 'wss:',
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port,
    authority: parsed.host,
    basePath: parsed.pathname.replace(/\/+$/, ''),
  };
}

/**
 * With the files that the address names; they are read for each connection, since they are renewed while we run.
 * Throws `recorder-unusable` where one cannot be read.
 */
export async function readEndpoint(recorder: RecorderAddress): Promise<RecorderEndpoint> {
  const place = parsePlace(recorder);
  const token = recorder.tokenFile === undefined ? undefined : await readToken(recorder, recorder.tokenFile);
  return { ...place, token, secureContext: place.isSecure ? await readSecureContext(recorder) : undefined };
}

async function readToken(recorder: RecorderAddress, path: string): Promise<string> {
  const token = (await readSmallFile(recorder, path, MAX_TOKEN_BYTES)).trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw recorderError('recorder-unusable', recorder, `cannot be used: ${path} holds no token`, {
      hint: 'It has to hold one line of printable characters without spaces.',
    });
  }
  return token;
}

async function readSecureContext(recorder: RecorderAddress): Promise<SecureContext> {
  const { caFile, certFile, keyFile } = recorder;
  const ca =
    caFile === undefined ? readSystemAuthorities() : await readSmallFile(recorder, caFile, MAX_PEM_BYTES);
  const cert = certFile === undefined ? undefined : await readSmallFile(recorder, certFile, MAX_PEM_BYTES);
  const key = keyFile === undefined ? undefined : await readSmallFile(recorder, keyFile, MAX_PEM_BYTES);
  try {
    return createSecureContext({ minVersion: 'TLSv1.2', ca, ...(cert && { cert }), ...(key && { key }) });
  } catch (cause) {
    throw unusable(
      recorder,
      'its caFile, certFile or keyFile is no whole PEM, or the last two are no pair',
      cause,
    );
  }
}

/** The machine's store besides Node's list: a company's own authority stands there. */
function readSystemAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

async function readSmallFile(recorder: RecorderAddress, path: string, maxBytes: number): Promise<string> {
  const bytes = Buffer.alloc(maxBytes + 1);
  let length = 0;
  try {
    await using file = await open(path);
    // A pipe gives what it has, piece by piece.
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = (await file.read(bytes, length, bytes.length - length, null)).bytesRead;
    }
  } catch (cause) {
    throw unusable(recorder, `${path} cannot be read`, cause);
  }
  if (length > maxBytes) throw unusable(recorder, `${path} has more than ${maxBytes} bytes`);
  return bytes.toString('utf8', 0, length);
}

function unusable(recorder: RecorderAddress, why: string, cause?: unknown): AppError {
  return recorderError('recorder-unusable', recorder, `cannot be used: ${why}`, { cause });
}
