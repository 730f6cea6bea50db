import { readStart } from './answer-body.ts';
import { sendChecked } from './api-client.ts';
import type { KubeTransport } from './transport.ts';

/** Of what a container said before it ended: the end tells why. */
const LAST_LINES = '1000';
const MAX_LOG_BYTES = 256 * 1024;

/** The last of what a container has printed. Throws what the server said. */
export async function fetchContainerLog(
  { transport }: { readonly transport: KubeTransport },
  {
    namespace,
    pod,
    container,
  }: { readonly namespace: string; readonly pod: string; readonly container: string },
  { signal }: { signal: AbortSignal },
): Promise<Uint8Array> {
  const response = await sendChecked(transport, {
    method: 'GET',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
    query: new URLSearchParams({ container, tailLines: LAST_LINES, limitBytes: String(MAX_LOG_BYTES) }),
    headers: { accept: 'text/plain, */*' },
    signal,
  });
  return Buffer.from(await readStart(response.body, MAX_LOG_BYTES));
}
