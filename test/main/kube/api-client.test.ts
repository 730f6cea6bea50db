import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchJson, fetchLines } from '../../../main/kube/api-client.ts';
import {
  createStatus,
  type FakeApiBehaviour,
  type FakeApiServer,
  sendJson,
  startApiServer,
} from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';

const signal = new AbortController().signal;
const schema = v.object({ name: v.string() });
let server: FakeApiServer;
afterEach(() => server.close());

async function fetchFrom(answer: FakeApiBehaviour['answer']): Promise<{ name: string }> {
  server = await startApiServer({ ...(answer ? { answer } : {}) });
  return fetchJson(openTransport(server.address), { method: 'GET', path: '/x', signal }, schema);
}

function page(status: number, body: string): FakeApiBehaviour['answer'] {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end(body);
  };
}

test('an answer is parsed at the door', async () => {
  const found = await fetchFrom((_request, response) => sendJson(response, 200, { name: 'a', other: 1 }));
  expect(found).toEqual({ name: 'a' });
});

test('an error is the server’s own words', async () => {
  const words = 'namespaces is forbidden: User "ann" cannot list resource "namespaces"';
  const failing = fetchFrom((_request, response) =>
    sendJson(response, 403, createStatus(403, 'Forbidden', words)),
  );
  await expect(failing).rejects.toMatchObject({ code: 'forbidden', message: words });
});

test('an error whose body breaks off is told by its status', async () => {
  const failing = fetchFrom((_request, response) => {
    response.writeHead(503, { 'content-length': '1000' });
    response.write('<html>', () => response.destroy());
  });
  await expect(failing).rejects.toMatchObject({ code: 'cluster-refused', detail: 'GET /x: <html>' });
});

test('an error without an end is read up to a limit', async () => {
  const failing = fetchFrom((_request, response) => {
    response.writeHead(500);
    const flood = (): void => void response.write('x'.repeat(16_384), (error) => error || flood());
    flood();
  });
  await expect(failing).rejects.toMatchObject({ code: 'cluster-refused' });
});

describe('an answer that makes no sense', () => {
  test.each([
    ['a login page', page(200, '<html>log in</html>'), 'it is not JSON'],
    ['another shape', page(200, '{"name":7}'), 'name: expected string'],
    ['nothing', page(200, 'null'), 'it: expected Object'],
  ])('%s', async (_case, answer, reason) => {
    await expect(fetchFrom(answer)).rejects.toMatchObject({
      code: 'cluster-refused',
      message: expect.stringContaining(reason),
      hint: expect.stringContaining('login page'),
    });
  });

  test('more than 64 MiB', async () => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let sentMiB = 0;
    const failing = fetchFrom((_request, response) => {
      const send = (): void => {
        sentMiB += 1;
        response.write(chunk, (error) => error || send());
      };
      send();
    });
    await expect(failing).rejects.toThrow(/larger than 64 MiB/);
    expect(sentMiB).toBeLessThan(80);
  });
});

describe('lines', () => {
  async function readLines(answer: FakeApiBehaviour['answer']): Promise<string[]> {
    server = await startApiServer({ ...(answer ? { answer } : {}) });
    const names: string[] = [];
    const request = { method: 'GET', path: '/x', signal } as const;
    for await (const { name } of fetchLines(openTransport(server.address), request, schema)) names.push(name);
    return names;
  }

  test('come one by one and end where the server ends', async () => {
    expect(await readLines(page(200, '{"name":"a"}\n{"name":"b"}\n'))).toEqual(['a', 'b']);
  });

  test('are not asked for where the server refuses', async () => {
    await expect(
      readLines((_request, response) => sendJson(response, 410, createStatus(410, 'Expired', 'too old'))),
    ).rejects.toMatchObject({ code: 'watch-expired', message: 'too old' });
  });

  test('that break off are a lost connection', async () => {
    const failing = readLines((_request, response) => {
      response.write('{"name":"a"}\n{"na', () => response.destroy());
    });
    await expect(failing).rejects.toMatchObject({ code: 'cluster-unreachable' });
  });
});
