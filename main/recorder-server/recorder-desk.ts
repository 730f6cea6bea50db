import type { Clock } from '../base/clock.ts';
import { parseJson } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { findRoute } from '../base/routes.ts';
import { makeRecordingId } from '../recording/recording-id.ts';
import { type AckState, formatAck, formatRefusal } from './ack-frame.ts';
import type { Deliveries, OpenDelivery } from './deliveries.ts';
import { takeDelivery } from './delivery.ts';
import { type Access, checkDoor } from './door.ts';
import type { Exchange } from './exchange.ts';
import { parseRecordWish, type RecordWish } from './record-request.ts';
import type { RecorderLimits } from './recorder-limits.ts';
import type { RecorderMetrics } from './recorder-metrics.ts';
import type { RecordingStore, StoredOutcome } from './recording-store.ts';
import { Refusal, toRefusal } from './refusal.ts';
import { type DeliveryNote, isStoredId } from './stored-recording.ts';

export interface DeskNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: RecorderLimits;
  readonly store: RecordingStore;
  readonly deliveries: Deliveries;
  readonly metrics: RecorderMetrics;
  readonly access: Access;
}

/** On every answer: that we know the extension, and that no browser may make anything of it. */
const HEADERS = {
  'kubereel-recorder': '1',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};
const MAX_LISTED = 1_000;
const DEFAULT_LISTED = 100;
const BUSY_RETRY_SECONDS = 5;

/** All that is answered. */
export const RECORDER_ROUTES = [
  'HEAD /v2/record',
  'POST /v2/record',
  'POST /record',
  'HEAD /v2/event',
  'POST /v2/event',
  'GET /recordings',
  'GET /recordings/*',
  'GET /metrics',
  'GET /healthz',
] as const;

/** Answers each request; never rejects. docs/RECORDER.md is its description. */
export function createRecorderDesk(needs: DeskNeeds): (exchange: Exchange) => Promise<void> {
  const { clock, log, limits, store, deliveries, metrics } = needs;

  async function answer(exchange: Exchange): Promise<void> {
    try {
      checkDoor(needs.access, exchange);
      await chooseAnswer(exchange)(exchange);
    } catch (error) {
      const refusal = toRefusal(error);
      tellLog(refusal);
      metrics.refused(refusal.code);
      await refuse(exchange, refusal);
    }
  }

  function chooseAnswer({ url, method }: Exchange): (exchange: Exchange) => Promise<void> {
    const found = findRoute(RECORDER_ROUTES, { method, path: url?.pathname ?? '' });
    if (found.kind === 'route') return answers[found.route];
    if (found.kind === 'nothing') throw new Refusal('not-found', 'there is nothing here');
    throw new Refusal('bad-request', `this is not for ${method || 'no method'}`, { status: 405 });
  }

  const answers: Record<(typeof RECORDER_ROUTES)[number], (exchange: Exchange) => Promise<void>> = {
    'HEAD /v2/record': sayYes,
    'POST /v2/record': recordV2,
    'POST /record': recordV1,
    'HEAD /v2/event': sayYes,
    'POST /v2/event': takeEvent,
    'GET /recordings': list,
    'GET /recordings/*': download,
    'GET /metrics': printMetrics,
    'GET /healthz': sayHealthy,
  };

  async function recordV2(exchange: Exchange): Promise<void> {
    if (exchange.httpVersion < 2) {
      throw new Refusal('bad-request', 'recordings come here by HTTP/2; by HTTP/1.1 to /record', {
        status: 505,
      });
    }
    const wish = parseRecordWish(exchange.headers);
    const isExtension = wish.recordingId !== undefined || wish.wantsDurable;
    let state: AckState = { ackBytes: 0, durableBytes: wish.wantsDurable ? 0 : undefined };
    let toldAtMicros = clock.nowMicros();

    function tell(next: AckState): void {
      const isNews = next.ackBytes !== state.ackBytes || next.durableBytes !== state.durableBytes;
      if (!isNews && clock.nowMicros() - toldAtMicros < limits.heartbeatMs * 1_000) return;
      state = next;
      toldAtMicros = clock.nowMicros();
      exchange.tell(formatAck(state));
    }

    await deliver(exchange, 'v2', wish, {
      accept() {
        exchange.respond(200, { ...HEADERS, 'content-type': 'application/x-ndjson' });
        exchange.tell(formatAck(state));
      },
      onTick: ({ ackBytes, durableBytes }) =>
        tell({ ackBytes, durableBytes: wish.wantsDurable ? durableBytes : undefined }),
      async finish(outcome) {
        const { bytes } = outcome.stored;
        const last = { ackBytes: bytes, durableBytes: wish.wantsDurable ? bytes : undefined };
        await exchange.end(formatAck(last, isExtension ? outcome : undefined));
      },
      refuse: (refusal) => exchange.end(formatRefusal(refusal, state)),
    });
  }

  async function recordV1(exchange: Exchange): Promise<void> {
    const wish = { recordingId: undefined, wantsDurable: false, isAgain: false };
    await deliver(exchange, 'v1', wish, {
      accept: () => exchange.sendContinue(),
      onTick() {},
      async finish() {
        exchange.respond(200, HEADERS);
        await exchange.end();
      },
      refuse: (refusal) => refuse(exchange, refusal),
    });
  }

  interface Answering {
    /** A place is made. */
    accept(): void;
    onTick(state: { readonly ackBytes: number; readonly durableBytes: number }): void;
    finish(outcome: StoredOutcome): Promise<void>;
    refuse(refusal: Refusal): Promise<void>;
  }

  function deliver(
    exchange: Exchange,
    protocol: 'v1' | 'v2',
    wish: RecordWish,
    answering: Answering,
  ): Promise<void> {
    const startedAtMs = clock.nowMs();
    const { recordingId = makeRecordingId(startedAtMs), isAgain } = wish;
    const note: DeliveryNote = { recordingId, protocol, isAgain, from: exchange.from, startedAtMs };
    const open: OpenDelivery = { ...note, bytes: 0 };
    return deliveries.run(open, async (stop) => {
      const cast = await store.open(note);
      answering.accept();
      try {
        const outcome = await takeDelivery(
          {
            clock,
            limits,
            cast,
            body: exchange.body,
            onTick: answering.onTick,
            onReceived(bytes) {
              open.bytes += bytes;
              metrics.received(bytes);
            },
            onLost: (error) =>
              log.error({ recordingId, reason: describe(error) }, 'a part could not be kept'),
          },
          { stop },
        );
        metrics.delivered(protocol, outcome.outcome);
        await answering.finish(outcome);
      } catch (error) {
        const refusal = toRefusal(error);
        tellLog(refusal);
        metrics.delivered(protocol, refusal.code);
        await answering.refuse(refusal);
      }
    });
  }

  async function takeEvent(exchange: Exchange): Promise<void> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of exchange.body) {
      bytes += piece.length;
      if (bytes > limits.eventBytes) {
        throw new Refusal('too-large', `an event has at most ${limits.eventBytes / 1024} KiB`);
      }
      pieces.push(piece);
    }
    const event = parseJson(Buffer.concat(pieces).toString('utf8'));
    if (typeof event !== 'object' || event === null || Array.isArray(event)) {
      throw new Refusal('bad-request', 'an event is one JSON object');
    }
    const receivedAtMs = clock.nowMs();
    await store.addEvent(JSON.stringify({ receivedAtMs, from: exchange.from, event }), receivedAtMs);
    metrics.eventStored();
    await sayYes(exchange);
  }

  async function list(exchange: Exchange): Promise<void> {
    const query = exchange.url?.searchParams;
    const limit = Number(query?.get('limit') ?? DEFAULT_LISTED);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED) {
      throw new Refusal('bad-request', `limit is a number from 1 to ${MAX_LISTED}`);
    }
    const after = query?.get('after') ?? '';
    const listed = await store.list({ after, limit });
    const page = { ...listed, ...(after === '' && { open: deliveries.open }) };
    exchange.respond(200, { ...HEADERS, 'content-type': 'application/json' });
    await exchange.end(`${JSON.stringify(page)}\n`);
  }

  async function download(exchange: Exchange): Promise<void> {
    const id = exchange.url?.pathname.slice('/recordings/'.length) ?? '';
    const cast = isStoredId(id) ? await store.read(id) : undefined;
    if (!cast) throw new Refusal('not-found', 'there is no recording of that id');
    exchange.respond(200, {
      ...HEADERS,
      'content-type': 'application/x-asciicast',
      'content-length': cast.bytes,
      'content-disposition': `attachment; filename="${id}.cast"`,
    });
    await exchange.endWith(cast.body);
  }

  async function printMetrics(exchange: Exchange): Promise<void> {
    const text = await metrics.print();
    exchange.respond(200, { ...HEADERS, 'content-type': metrics.contentType });
    await exchange.end(text);
  }

  function tellLog({ code, message, cause }: Refusal): void {
    if (code === 'store-failed' || code === 'disk-full') log.error({ reason: describe(cause) }, message);
  }

  return answer;
}

async function sayYes(exchange: Exchange): Promise<void> {
  exchange.respond(200, HEADERS);
  await exchange.end();
}

async function sayHealthy(exchange: Exchange): Promise<void> {
  exchange.respond(200, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  await exchange.end('ok\n');
}

async function refuse(exchange: Exchange, { code, status, message }: Refusal): Promise<void> {
  exchange.respond(status, {
    ...HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'kubereel-code': code,
    ...(code === 'busy' && { 'retry-after': BUSY_RETRY_SECONDS }),
    ...(code === 'unauthorized' && { 'www-authenticate': 'Bearer' }),
  });
  await exchange.end(`${message}\n`);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
