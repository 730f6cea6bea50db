import { expect, test } from 'vitest';
import { createEmitter } from '../../../main/base/event.ts';
import { waitUntil } from '../../../main/replay/survey-wait.ts';

function makeWait(signal: AbortSignal = new AbortController().signal) {
  const emitter = createEmitter<void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const place = { now: 0 };
  const waited = waitUntil(() => place.now >= 10, { progress: emitter.event, ended }, { signal });
  return {
    waited,
    end,
    reach(now: number) {
      place.now = now;
      emitter.fire();
    },
  };
}

test('it is over when the place is reached', async () => {
  const { waited, reach } = makeWait();
  let isOver = false;
  void waited.then(() => {
    isOver = true;
  });
  reach(9);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  reach(10);
  await waited;
});

test('it is over when there is no more progress', async () => {
  const { waited, end } = makeWait();
  end();
  await waited;
});

test('it is over when nobody wants it any more, now or from the beginning', async () => {
  const stop = new AbortController();
  const { waited } = makeWait(stop.signal);
  stop.abort(new Error('gone'));
  await expect(waited).rejects.toThrow('gone');
  await expect(makeWait(stop.signal).waited).rejects.toThrow('gone');
});
