import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { createSizeSender } from '../../../main/exec/size-sender.ts';

/** A socket whose frames are on their way until the test says that they have left. */
function createSlowSocket() {
  const frames: string[] = [];
  let leave: ((error?: Error) => void) | undefined;
  const socket = {
    send(frame: Uint8Array, onSent: (error?: Error) => void) {
      frames.push(Buffer.from(frame.subarray(1)).toString());
      leave = onSent;
    },
  };
  return {
    sizes: createSizeSender(socket as unknown as WebSocket),
    widths: () => frames.map((frame) => (JSON.parse(frame) as { Width: number }).Width),
    leave: (error?: Error) => leave?.(error),
  };
}

test('of a burst of 100 sizes the first is sent at once and then the last', () => {
  const { sizes, widths, leave } = createSlowSocket();
  for (let cols = 1; cols <= 100; cols += 1) sizes.send({ cols, rows: 24 });
  expect(widths()).toEqual([1]);
  leave();
  expect(widths()).toEqual([1, 100]);
  leave();
  expect(widths()).toEqual([1, 100]);
});

test('a size that is the same again when its turn comes is not sent', () => {
  const { sizes, widths, leave } = createSlowSocket();
  sizes.send({ cols: 80, rows: 24 });
  sizes.send({ cols: 100, rows: 24 });
  sizes.send({ cols: 80, rows: 24 });
  leave();
  expect(widths()).toEqual([80]);
});

test('nothing more is sent to a socket that has closed', () => {
  const { sizes, widths, leave } = createSlowSocket();
  sizes.send({ cols: 80, rows: 24 });
  sizes.send({ cols: 100, rows: 24 });
  leave(new Error('WebSocket is not open'));
  expect(widths()).toEqual([80]);
});
