import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import { sendChecked } from '../kube/api-client.ts';
import type { CommandIo } from './io.ts';

/**
 * `kubectl get --raw`: the body of a GET as it comes, for as long as it comes. Throws the server's words where
 * the answer is no success.
 */
export async function runRaw(
  core: Core,
  { context, path }: { readonly context: string; readonly path: string },
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const wanted = parsePath(path);
  const transport = await core.contexts.transport(context);
  const { body } = await sendChecked(transport, {
    method: 'GET',
    path: withoutPrefix(wanted.pathname, transport.server),
    query: wanted.searchParams,
    // A watch may say nothing for minutes.
    mayBeQuiet: true,
    signal,
  });
  for await (const bytes of body) await io.write(bytes);
  return 0;
}

/** A path, or an address of which the path is taken, as kubectl does. */
function parsePath(text: string): URL {
  const url = text.startsWith('/') ? URL.parse(text, 'http://server') : URL.parse(text);
  // `//host/x` would be another server's address.
  if (url && /^https?:$/.test(url.protocol) && (url.host === 'server' || !text.startsWith('/'))) return url;
  throw new AppError('bad-input', `${text} is no path of the API server`, {
    hint: 'It begins with a slash: /version, /api/v1/nodes?limit=5.',
  });
}

/** A server's address may have a path of its own, which a request has once, whether it was written or not. */
function withoutPrefix(path: string, server: string): string {
  const prefix = new URL(server).pathname.replace(/\/$/, '');
  return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}
