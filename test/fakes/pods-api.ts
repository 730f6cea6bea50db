import type { ServerResponse } from 'node:http';
import { type FakeApiServer, sendJson, startApiServer } from './api-server.ts';

/** The pods endpoint of an API server, with lists and watches in the test's hands. */
export interface PodsApi extends Pick<FakeApiServer, 'address' | 'close'> {
  /** What the next list answers, and all after it. */
  list(answer: ListAnswer): void;
  /** Query of every list so far. */
  readonly lists: readonly URLSearchParams[];
  /** Every watch so far; the last one is the open one. */
  readonly watches: readonly OpenWatch[];
}

export interface ListAnswer {
  readonly status?: number;
  readonly body: unknown;
}

export interface OpenWatch {
  readonly path: string;
  readonly query: URLSearchParams;
  send(type: string, object: unknown): void;
  end(): void;
  cut(): void;
  readonly isGone: boolean;
}

export async function startPodsApi(): Promise<PodsApi> {
  const lists: URLSearchParams[] = [];
  const watches: OpenWatch[] = [];
  let answer: ListAnswer = { body: createPodList([]) };
  const server = await startApiServer({
    answer(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://h');
      if (searchParams.get('watch') === 'true') {
        watches.push(openWatch(pathname, searchParams, response));
        return;
      }
      lists.push(searchParams);
      sendJson(response, answer.status ?? 200, answer.body);
    },
  });
  return {
    address: server.address,
    close: server.close,
    list(next) {
      answer = next;
    },
    lists,
    watches,
  };
}

function openWatch(path: string, query: URLSearchParams, response: ServerResponse): OpenWatch {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  return {
    path,
    query,
    send: (type, object) => void response.write(`${JSON.stringify({ type, object })}\n`),
    end: () => void response.end(),
    cut: () => void response.destroy(),
    get isGone() {
      return response.destroyed;
    },
  };
}

export function createPodList(
  items: readonly unknown[],
  metadata: Record<string, unknown> = {},
): Record<string, unknown> {
  return { kind: 'PodList', metadata: { resourceVersion: '100', ...metadata }, items };
}
