import type { PageFiles } from '../page/page-files.ts';
import { PAGE_HEADERS } from '../page/page-headers.ts';
import { isPageAddress } from './addresses.ts';

/** Answers a request of the page's scheme from the fixed table of files; nothing else can be read through it. */
export function answerPageRequest(files: PageFiles, address: string, method: string): Response {
  if (!isPageAddress(address) || method !== 'GET')
    return new Response(null, { status: 403, headers: PAGE_HEADERS });
  const file = files.get(new URL(address).pathname);
  if (!file) return new Response(null, { status: 404, headers: PAGE_HEADERS });
  const headers = { ...PAGE_HEADERS, 'Content-Type': file.contentType };
  return new Response(new Uint8Array(file.bytes), { headers });
}
