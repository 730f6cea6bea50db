import { expect, test } from 'vitest';
import { createReplyFilter } from '../../../renderer/terminal/reply-filter.ts';

// With a real parser: session-feed.test.ts.

function make() {
  const log: string[] = [];
  const filter = createReplyFilter({
    onTyped: (bytes) => log.push(`typed ${bytes.join()}`),
    onReply: (bytes) => log.push(`reply ${bytes.join()}`),
  });
  return { filter, log };
}

test('bytes that a write`s end follows in the same task are a reply', async () => {
  const { filter, log } = make();
  filter.take(Uint8Array.of(1));
  filter.take(Uint8Array.of(2));
  filter.parsed();
  await Promise.resolve();
  expect(log).toEqual(['reply 1', 'reply 2']);
});

test('bytes of a task without a write are typed, in order', async () => {
  const { filter, log } = make();
  filter.take(Uint8Array.of(1));
  filter.take(Uint8Array.of(2));
  await Promise.resolve();
  filter.parsed();
  expect(log).toEqual(['typed 1', 'typed 2']);
});
