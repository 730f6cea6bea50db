import * as v from 'valibot';
import { parseJson } from '../../base/json.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { askHttp1 } from '../http/http1-ask.ts';
import type { DeliverySubject, RecorderClient } from '../recorder/recorder-client.ts';
import { RECORDER_LIMITS, type RecorderNeeds } from '../recorder/recorder-dial.ts';
import { type RecorderEndpoint, readEndpoint } from '../recorder/recorder-endpoint.ts';
import { recorderError } from '../recorder/recorder-error.ts';
import { connectProducer, type ProducerPlace } from './alis-socket.ts';
import { createAlisUpload } from './alis-upload.ts';
import { identify, readInstallId, toServerRefusal } from './asciinema-api.ts';

/** What a stream may have (asciinema-server, Streams: 4003 beyond it). */
const MAX_SIZE: TerminalSize = { cols: 720, rows: 200 };

/** Live streams on an asciinema server: what is shown now, for those who watch. */
export function createAlisClient(needs: RecorderNeeds, recorder: RecorderAddress): RecorderClient {
  /** The url may be written as that of a WebSocket; the API is HTTP at the same place. */
  async function enter(): Promise<{ readonly endpoint: RecorderEndpoint; readonly installId: string }> {
    const endpoint = await readEndpoint(recorder);
    return { endpoint, installId: readInstallId(recorder, endpoint.token) };
  }

  return {
    recorder,
    isLive: true,
    takesLater: false,
    async check(options) {
      const { endpoint, installId } = await enter();
      const request = {
        method: 'GET',
        path: '/api/v1/user/streams?limit=1',
        headers: identify(needs, installId),
      } as const;
      const answer = await askHttp1(needs, recorder, endpoint, request, options);
      if (answer.status !== 200) throw toServerRefusal(recorder, answer, { installId });
    },
    async open(subject, { signal }) {
      const { size } = subject;
      if (size.cols > MAX_SIZE.cols || size.rows > MAX_SIZE.rows) {
        const most = `${MAX_SIZE.cols}×${MAX_SIZE.rows}`;
        throw recorderError('recorder-refused', recorder, `takes no terminal of more than ${most}`);
      }
      const { place, url } = await createStream(needs, recorder, await enter(), subject, { signal });
      const connect = (options: { readonly signal: AbortSignal }) =>
        connectProducer(needs, recorder, place, options);
      const { progressMs: offlineMs } = { ...RECORDER_LIMITS, ...needs.limits };
      const socket = await connect({ signal });
      return createAlisUpload({ clock: needs.clock, recorder, offlineMs, connect }, { socket, size, url });
    },
  };
}

const StreamSchema = v.object({
  ws_producer_url: v.string(),
  url: v.exactOptional(v.fallback(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/)), '')),
});

async function createStream(
  needs: RecorderNeeds,
  recorder: RecorderAddress,
  { endpoint, installId }: { readonly endpoint: RecorderEndpoint; readonly installId: string },
  { title }: DeliverySubject,
  options: { readonly signal: AbortSignal },
): Promise<{ readonly place: ProducerPlace; readonly url: string | undefined }> {
  const body = JSON.stringify({ title, live: true });
  const headers = {
    ...identify(needs, installId),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const request = { method: 'POST', path: '/api/v1/streams', headers, body } as const;
  const answer = await askHttp1(needs, recorder, endpoint, request, options);
  if (answer.status !== 200 && answer.status !== 201) throw toServerRefusal(recorder, answer, { installId });
  const stream = v.safeParse(StreamSchema, parseJson(answer.text));
  const producer = stream.success ? URL.parse(stream.output.ws_producer_url) : null;
  if (!stream.success || !producer || !/^wss?:$/.test(producer.protocol)) {
    throw recorderError('recorder-unfit', recorder, 'did not say where its stream is to be sent to');
  }
  // Who has it by TLS does not get it around that.
  if (endpoint.isSecure && producer.protocol !== 'wss:') {
    throw recorderError('recorder-unfit', recorder, 'wants its stream without TLS');
  }
  const place: ProducerPlace = {
    endpoint: await readEndpoint({ ...recorder, url: `${producer.protocol}//${producer.host}` }),
    path: `${producer.pathname}${producer.search}`,
  };
  return { place, url: stream.output.url || undefined };
}
