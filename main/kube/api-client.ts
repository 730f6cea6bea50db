import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { readStart } from './answer-body.ts';
import { toApiError } from './api-error.ts';
import type { KubeRequest, KubeResponse } from './http-client.ts';
import { splitJsonLines } from './json-lines.ts';
import type { KubeTransport } from './transport.ts';

/** An object in etcd is at most 1.5 MiB; a page of 500 pods is about 5 MiB, and no page is far above. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Of an answer that is no success: a Status is below 4 KiB. */
const MAX_ERROR_BYTES = 64 * 1024;

/** What a caller knows better than the error that an answer would become; undefined: nothing. */
export type ExplainRefusal = (httpStatus: number, body: string) => AppError | undefined;

/** Asks for JSON and parses it at the door. Throws what the server said, or that its answer makes no sense. */
export async function fetchJson<Output>(
  transport: KubeTransport,
  request: KubeRequest,
  schema: v.GenericSchema<unknown, Output>,
  explain?: ExplainRefusal,
): Promise<Output> {
  const response = await sendChecked(transport, request, explain);
  return parseWith(transport, schema, await readWhole(transport, response));
}

/** Lines of JSON as they come, as a watch sends them. Ends when the server ends it. */
export async function* fetchLines<Output>(
  transport: KubeTransport,
  request: Omit<KubeRequest, 'mayBeQuiet'>,
  schema: v.GenericSchema<unknown, Output>,
): AsyncGenerator<Output> {
  const response = await sendChecked(transport, { ...request, mayBeQuiet: true });
  const onTooLong = (): AppError => createSenseless(transport, 'a line of its watch has no end');
  for await (const line of splitJsonLines(response.body, onTooLong)) yield parseWith(transport, schema, line);
}

/** The answer where it is a success; its body streams. Throws what the server said where it is none. */
export async function sendChecked(
  transport: KubeTransport,
  request: KubeRequest,
  explain?: ExplainRefusal,
): Promise<KubeResponse> {
  const response = await transport.request(request);
  if (response.status >= 200 && response.status < 300) return response;
  const tried = `${request.method} ${request.path}`;
  const body = await readStart(response.body, MAX_ERROR_BYTES);
  throw explain?.(response.status, body) ?? toApiError(transport.server, response.status, body, tried);
}

async function readWhole(transport: KubeTransport, { body }: KubeResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) {
      throw createSenseless(transport, `it is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB`);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseWith<Output>(
  transport: KubeTransport,
  schema: v.GenericSchema<unknown, Output>,
  text: string,
): Output {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw createSenseless(transport, 'it is not JSON');
  }
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const place = v.getDotPath(issue) ?? 'it';
  throw createSenseless(transport, `${place}: expected ${issue.expected ?? 'something else'}`);
}

function createSenseless({ server }: KubeTransport, reason: string): AppError {
  return new AppError('cluster-refused', `the answer of ${server} could not be understood: ${reason}`, {
    hint: 'Check that the server in the kubeconfig is a Kubernetes API server, and that no login page stands before it.',
  });
}
