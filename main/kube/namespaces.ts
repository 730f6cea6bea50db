import * as v from 'valibot';
import { fetchJson } from './api-client.ts';
import type { KubeTransport } from './transport.ts';

const listSchema = v.object({ items: v.array(v.object({ metadata: v.object({ name: v.string() }) })) });

/** Names in the server's order, which is alphabetical. Throws `forbidden` where they may not be listed. */
export async function listNamespaces(
  { transport }: { readonly transport: KubeTransport },
  { signal }: { signal: AbortSignal },
): Promise<readonly string[]> {
  const { items } = await fetchJson(
    transport,
    { method: 'GET', path: '/api/v1/namespaces', signal },
    listSchema,
  );
  return items.map(({ metadata }) => metadata.name);
}
