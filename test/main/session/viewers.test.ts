import { expect, test } from 'vitest';
import type { AppError } from '../../../main/base/errors.ts';
import type { SessionRecord } from '../../../main/session/session-record.ts';
import { createViewers, type ViewerSink } from '../../../main/session/viewers.ts';
import { until } from '../../fakes/until.ts';

function output(text: string): SessionRecord {
  return { kind: 'output', timeMicros: 0, bytes: new TextEncoder().encode(text) };
}

/** A viewer that takes records only while its gate is open. */
function createGatedSink() {
  const seen: string[] = [];
  const gates: (() => void)[] = [];
  let isOpen = true;
  let ended: { error?: AppError } | undefined;
  const sink: ViewerSink = {
    async write(record) {
      if (!isOpen) await new Promise<void>((resolve) => gates.push(resolve));
      if (record.kind === 'output') seen.push(new TextDecoder().decode(record.bytes));
    },
    end(error) {
      ended = error ? { error } : {};
    },
  };
  return {
    sink,
    seen,
    get ended() {
      return ended;
    },
    shut: () => {
      isOpen = false;
    },
    open: () => {
      isOpen = true;
      for (const gate of gates.splice(0)) gate();
    },
  };
}

const never = new AbortController().signal;
const QUARTER_MEBIBYTE = 'x'.repeat(256 * 1024);

test('every viewer gets every record in order', async () => {
  const viewers = createViewers();
  const [first, second] = [createGatedSink(), createGatedSink()];
  const left = [viewers.add(first.sink, { signal: never }), viewers.add(second.sink, { signal: never })];
  for (const text of ['a', 'b', 'c']) viewers.push(output(text));
  await viewers.end();
  await Promise.all(left);
  expect(first.seen).toEqual(['a', 'b', 'c']);
  expect(second.seen).toEqual(['a', 'b', 'c']);
  expect(first.ended).toEqual({});
});

test('there is no room while one viewer has a full queue, and there is once it takes it', async () => {
  const viewers = createViewers();
  const [slow, fast] = [createGatedSink(), createGatedSink()];
  const left = [slow, fast].map(({ sink }) => viewers.add(sink, { signal: never }));
  slow.shut();
  viewers.push(output(QUARTER_MEBIBYTE));
  let hasRoom = false;
  const room = viewers.room().then(() => {
    hasRoom = true;
  });
  await until(() => fast.seen.length === 1);
  expect(hasRoom).toBe(false);
  slow.open();
  await room;
  await viewers.end();
  await Promise.all(left);
});

test('a viewer that takes nothing is detached and no longer holds the others', async () => {
  const viewers = createViewers({ stalledMs: 50 });
  const [frozen, fast] = [createGatedSink(), createGatedSink()];
  const frozenLeft = viewers.add(frozen.sink, { signal: never });
  const fastLeft = viewers.add(fast.sink, { signal: never });
  frozen.shut();
  viewers.push(output(QUARTER_MEBIBYTE));
  await viewers.room();
  await frozenLeft;
  expect(frozen.ended?.error?.code).toBe('viewer-detached');
  expect(viewers.count).toBe(1);
  await viewers.end();
  await fastLeft;
  expect(fast.seen).toHaveLength(1);
});

test('a viewer whose window is gone leaves, also while the session waits for it', async () => {
  const viewers = createViewers();
  const gone = new AbortController();
  const frozen = createGatedSink();
  frozen.shut();
  const left = viewers.add(frozen.sink, { signal: gone.signal });
  viewers.push(output(QUARTER_MEBIBYTE));
  const room = viewers.room();
  gone.abort();
  await Promise.all([room, left]);
  expect(viewers.count).toBe(0);
});

test('the count is told when a viewer comes and when it leaves', async () => {
  const counts: number[] = [];
  const viewers = createViewers({ onCountChanged: () => counts.push(viewers.count) });
  const left = viewers.add(createGatedSink().sink, { signal: never });
  await viewers.end();
  await left;
  expect(counts).toEqual([1, 0]);
});
