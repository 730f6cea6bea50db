import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { parseJson } from '../../base/json.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { askHttp1 } from '../http/http1-ask.ts';
import { beginHttp1, untilHttp1Answer } from '../http/http1-exchange.ts';
import { createHttp1Upload } from '../http/http1-upload.ts';
import { toOneLine } from '../recorder/recorder-answer.ts';
import type { DeliverySubject, RecorderClient, RecorderReceipt } from '../recorder/recorder-client.ts';
import { dialRecorder, RECORDER_LIMITS, type RecorderNeeds } from '../recorder/recorder-dial.ts';
import { readEndpoint } from '../recorder/recorder-endpoint.ts';
import { recorderError } from '../recorder/recorder-error.ts';
import { identify, readInstallId, toServerRefusal } from './asciinema-api.ts';
import { checkFitness } from './asciinema-fitness.ts';

/** Of asciinema-server's API, which the command uses since 3.0. */
const PATH = '/api/v1/recordings';
/** What a proxy says that wants us elsewhere, or not at all; the server itself knows no HEAD there. */
const ELSEWHERE: readonly number[] = [301, 302, 307, 308, 401, 403];

/** An asciinema server, which takes recordings whole (docs.asciinema.org, server API; asciinema-server 0915036). */
export function createAsciinemaClient(needs: RecorderNeeds, recorder: RecorderAddress): RecorderClient {
  const { clock } = needs;
  const limits = { ...RECORDER_LIMITS, ...needs.limits };

  return {
    recorder,
    isLive: false,
    takesLater: true,
    async check(options) {
      const endpoint = await readEndpoint(recorder);
      const installId = readInstallId(recorder, endpoint.token);
      // There is no question that begins nothing: nearly whatever it answers, a server is there.
      const headers = identify(needs, installId);
      const answer = await askHttp1(
        needs,
        recorder,
        endpoint,
        { method: 'HEAD', path: PATH, headers },
        options,
      );
      if (answer.status >= 500 || ELSEWHERE.includes(answer.status)) {
        throw toServerRefusal(recorder, answer, { installId });
      }
    },
    async open(subject, { signal }) {
      const { path } = subject;
      if (path === undefined)
        throw recorderError('recorder-unfit', recorder, 'takes recordings only when they have ended');
      const fit = await checkFitness(path, { signal });
      const endpoint = await readEndpoint(recorder);
      const installId = readInstallId(recorder, endpoint.token);
      const connection = await dialRecorder(needs, recorder, endpoint, { signal, protocols: ['http/1.1'] });
      const { boundary, before, after } = wrapInForm(subject);
      const exchange = beginHttp1(endpoint, connection, {
        method: 'POST',
        path: PATH,
        headers: {
          ...identify(needs, installId),
          'content-type': `multipart/form-data; boundary=${boundary}`,
          'content-length': before.length + fit.bytes + after.length,
        },
      });
      return createHttp1Upload(
        { clock, limits, recorder },
        {
          exchange,
          answered: untilHttp1Answer(exchange),
          envelope: { before, after },
          warning: fit.warning,
          toReceipt(answer, bytes) {
            if (answer.status !== 201)
              throw toServerRefusal(recorder, answer, { installId, bytes: fit.bytes });
            return { bytes, ...readReceipt(answer.text, installId) };
          },
        },
      );
    },
  };
}

interface Form {
  readonly boundary: string;
  readonly before: Buffer;
  readonly after: Buffer;
}

/** RFC 7578. The recording is the last part, so that the others are known before it is read. */
function wrapInForm({ recordingId, title, isRepeated }: DeliverySubject): Form {
  const boundary = `kubereel-${randomUUID()}`;
  const again = isRepeated ? ', delivered again: it may have arrived before' : '';
  const fields = { title, description: `Kubereel recording ${recordingId}${again}` };
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${toOneLine(value, undefined)}\r\n`,
  );
  const file = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="file"; filename="${recordingId}.cast"`,
    'Content-Type: application/x-asciicast',
    '',
    '',
  ];
  return {
    boundary,
    before: Buffer.from(`${parts.join('')}${file.join('\r\n')}`),
    after: Buffer.from(`\r\n--${boundary}--\r\n`),
  };
}

const ReceiptSchema = v.object({
  url: v.exactOptional(v.fallback(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/)), '')),
  message: v.exactOptional(v.fallback(v.string(), '')),
});

/** The recording has been taken: what is not understood of the answer is left out. */
function readReceipt(text: string, installId: string): Pick<RecorderReceipt, 'url' | 'message'> {
  const receipt = v.safeParse(ReceiptSchema, parseJson(text));
  if (!receipt.success) return {};
  const { url = '', message = '' } = receipt.output;
  return {
    ...(url !== '' && { url }),
    ...(message !== '' && { message: toOneLine(message, installId) }),
  };
}
