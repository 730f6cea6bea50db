import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONTRACT_VERSION } from '../../preload/contract.ts';
import { encodeFrame, type Frame } from '../../preload/frame-codec.ts';
import { serveParts } from '../fakes/contract-server.ts';
import { createHandWire } from '../fakes/hand-wire.ts';

/** Small ids, so that frames meet: a cancel its call, credit its stream, an open one that was there before. */
const id = fc.integer({ min: 0, max: 12 });
const name = fc.constantFrom('app.info', 'sessions.list', 'sessions.view', 'library.play', 'toString', '');
const value = fc.oneof(
  fc.constant({}),
  fc.constant({ sessionId: 's' }),
  fc.constant({ recordingId: 'r' }),
  fc.jsonValue() as fc.Arbitrary<unknown>,
);
const problem = fc.record({ code: fc.string(), message: fc.string() });
const frame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('call' as const), id, name, input: value }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('open' as const), id, name, params: value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), id }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('data' as const), id, bytes: fc.uint8Array({ maxLength: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('credit' as const), id, bytes: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), id, problem }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reply' as const), id, output: value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hello' as const), contractVersion: id }) },
);
const message: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 20, arbitrary: frame.map(encodeFrame) },
  { weight: 1, arbitrary: fc.oneof(fc.string(), fc.uint8Array(), fc.constantFrom(null, 5, {})) },
);
/** Frames as a page would count them, which get further than ids at random. */
const orderly: fc.Arbitrary<unknown[]> = fc
  .array(frame, { maxLength: 30 })
  .map((frames) =>
    frames.map((item, index) =>
      encodeFrame(item.kind === 'call' || item.kind === 'open' ? { ...item, id: index + 1 } : item),
    ),
  );
const conversation = fc.oneof(fc.array(message, { maxLength: 30 }), orderly);
/** Whether a handler answers, fails, throws at once, or waits for the page to go. */
const someManners = fc.array(fc.constantFrom('answer', 'fail', 'throw', 'wait'), {
  minLength: 1,
  maxLength: 8,
});

test('whatever a page sends, the server throws nothing, breaks off once, and then is silent', async () => {
  let breaks = 0;
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(conversation, someManners, fc.boolean(), async (messages, manners, isPolite) => {
      const page = createHandWire();
      let running = 0;
      let begun = 0;

      function handle(_input: unknown, ...rest: readonly unknown[]): Promise<never> {
        const { signal } = rest.at(-1) as { signal: AbortSignal };
        const manner = manners[begun % manners.length];
        begun += 1;
        if (manner === 'throw') throw new Error('the handler threw');
        if (manner === 'fail') return Promise.reject(new Error('the handler failed'));
        if (manner === 'answer') return Promise.resolve(undefined as never);
        running += 1;
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            running -= 1;
            reject(signal.reason);
          });
        });
      }

      const { protocolErrors } = serveParts(page.wire, {
        handlers: { 'app.info': handle, 'sessions.list': handle },
        streams: { 'sessions.view': handle, 'library.play': handle },
      });
      if (isPolite) page.hear({ kind: 'hello', contractVersion: CONTRACT_VERSION });
      for (const one of messages) {
        page.hearRaw(one);
        if (begun % 2 === 0) await Promise.resolve();
      }
      breaks += protocolErrors.length;
      expect(protocolErrors.length).toBeLessThanOrEqual(1);
      expect(page.closings).toBeLessThanOrEqual(1);
      if (protocolErrors.length === 1) expect(page.closings).toBe(1);
      answers += page.sent.filter(({ kind }) => kind === 'reply' || kind === 'fail' || kind === 'end').length;
      // However it went so far, this is the end, and what still runs is told.
      page.hearRaw('nonsense');
      await new Promise(setImmediate);
      const { closings, sentAfterClosing } = page;
      expect({ closings, sentAfterClosing, running }).toEqual({
        closings: 1,
        sentAfterClosing: 0,
        running: 0,
      });
      expect(page.sent[0]).toEqual({ kind: 'hello', contractVersion: CONTRACT_VERSION });
    }),
    { numRuns: 500 },
  );
  // Frames at random get somewhere.
  expect(breaks).toBeGreaterThan(50);
  expect(answers).toBeGreaterThan(50);
});
