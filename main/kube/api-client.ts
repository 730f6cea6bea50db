import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { toApiError } from './api-error.ts';
import type { KubeRequest, KubeResponse, KubeTransport } from './transport.ts';

/** A list of ten thousand pods is about 60 MB. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;
/** An object in etcd is at most 1.5 MiB; a line of a watch holds one. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** Of an answer that is no success. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Asks for JSON and parses it at the door. Throws what the server said, or that its answer makes no sense. */
export async function fetchJson<Output>(
  transport: KubeTransport,
  request: KubeRequest,
  schema: v.GenericSchema<unknown, Output>,
): Promise<Output> {
  const response = await sendChecked(transport, request);
  const body = await readBody(response, MAX_BODY_BYTES);
  return parseWith(transport, schema, body);
}

/** Lines of JSON as they come, as a watch sends them. Ends when the server ends it. */
export async function* fetchLines<Output>(
  transport: KubeTransport,
  request: KubeRequest,
  schema: v.GenericSchema<unknown, Output>,
): AsyncGenerator<Output> {
  const response = await sendChecked(transport, request);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_BYTES) throw senseless(transport, 'a line of its watch has no end');
    for (const line of lines) if (line !== '') yield parseWith(transport, schema, line);
  }
}

async function sendChecked(transport: KubeTransport, request: KubeRequest): Promise<KubeResponse> {
  const response = await transport.request(request);
  if (response.status >= 200 && response.status < 300) return response;
  throw toApiError(transport.server, response.status, await readBody(response, MAX_ERROR_BYTES, 'cut'));
}

async function readBody(
  { body }: KubeResponse,
  limitBytes: number,
  beyond: 'cut' | 'refuse' = 'refuse',
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length < limitBytes) continue;
    if (beyond === 'cut') break;
    throw new AppError('cluster-refused', `the server’s answer is larger than ${limitBytes} bytes`, {
      hint: 'Choose one namespace instead of all.',
    });
  }
  return Buffer.concat(chunks).subarray(0, limitBytes).toString('utf8');
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
    throw senseless(transport, 'it is not JSON');
  }
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw senseless(
    transport,
    `${v.getDotPath(issue) ?? 'it'}: expected ${issue.expected ?? 'something else'}`,
  );
}

function senseless(transport: KubeTransport, reason: string): AppError {
  return new AppError(
    'cluster-refused',
    `the answer of ${transport.server} could not be understood: ${reason}`,
    {
      hint: 'Check that the server in the kubeconfig is a Kubernetes API server.',
    },
  );
}
