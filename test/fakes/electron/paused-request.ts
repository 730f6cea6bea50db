/** A request of a page: answered by the handler of its scheme, or kept from the network. */
import type { CdpSession } from './cdp.ts';
import { note } from './notes.ts';
import { toAppAddress } from './scheme-address.ts';
import { findSchemeHandler } from './session.ts';

/** As `Fetch.requestPaused` tells of it. */
export interface PausedRequest {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly postData?: string;
  };
}

export async function answerPausedRequest(session: CdpSession, paused: PausedRequest): Promise<void> {
  const { requestId, request } = paused;
  const address = toAppAddress(request.url);
  const handler = address === request.url ? undefined : findSchemeHandler(address);
  if (!handler) {
    if (/^https?:/.test(address)) note({ kind: 'foreign request', address });
    await session.send('Fetch.failRequest', { requestId, errorReason: 'NameNotResolved' });
    return;
  }
  const { method, headers, postData } = request;
  const response = await handler(
    new Request(address, { method, headers, ...(postData !== undefined && { body: postData }) }),
  );
  await session.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: response.status,
    responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
    body: Buffer.from(await response.arrayBuffer()).toString('base64'),
  });
}
