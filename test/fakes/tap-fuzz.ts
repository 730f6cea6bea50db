import type { Tap } from '../../main/proxy/tap/tap.ts';

/** Numbers that look random and are the same for the same seed (mulberry32). */
export interface Dice {
  /** From 0 up to, not including, `below`. */
  roll(below: number): number;
  /** True once in so many times. */
  once(times: number): boolean;
  bytes(length: number): Buffer;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
  const roll = (below: number): number => next() % below;
  return {
    roll,
    once: (times) => roll(times) === 0,
    bytes(length) {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; at += 1) bytes[at] = next() & 0xff;
      return bytes;
    },
  };
}

/** Breaks a frame: another bit, less of it, more of it, or something else altogether. */
export function spoil(frame: Buffer, dice: Dice): Buffer {
  const spoiled = Buffer.from(frame);
  switch (dice.roll(4)) {
    case 0: {
      // Mostly in the head, where it matters most.
      const at = dice.roll(dice.once(3) ? spoiled.byteLength : Math.min(12, spoiled.byteLength));
      spoiled[at] = (spoiled[at] ?? 0) ^ (1 << dice.roll(8));
      return spoiled;
    }
    case 1:
      return spoiled.subarray(0, dice.roll(spoiled.byteLength));
    case 2:
      return Buffer.concat([spoiled, dice.bytes(1 + dice.roll(8))]);
    default:
      return dice.bytes(1 + dice.roll(40));
  }
}

export interface FuzzResult {
  readonly problem: unknown;
  /** Of stdout, or of stdin, as far as it was read. */
  readonly carried: Buffer;
  readonly isIntact: boolean;
}

/** Gives a tap a stream in pieces of any size, and asks it now and then for what it may be asked at any time. */
export function fuzzTap(tap: Tap, side: 'fromServer' | 'fromClient', stream: Buffer, dice: Dice): FuzzResult {
  const passed = Buffer.from(stream);
  const carried: Uint8Array[] = [];
  for (let at = 0; at < passed.byteLength; ) {
    const size = dice.once(3) ? 1 + dice.roll(20) : 1 + dice.roll(4_000);
    const piece = passed.subarray(at, at + size);
    for (const event of tap[side](piece)) {
      if (event.kind === 'input' || (event.kind === 'output' && !event.isStderr)) carried.push(event.bytes);
    }
    const { gap } = tap;
    const isOutside = gap !== undefined && (gap < 0 || gap > piece.byteLength);
    if (isOutside && side === 'fromServer') throw new Error(`a gap at ${gap} of ${piece.byteLength}`);
    if (dice.once(20)) {
      tap.say('words');
      tap.farewell({ text: 'words', status: '{}', isLastPassed: dice.once(2) });
    }
    at += size;
  }
  tap.ended();
  return { problem: tap.problem, carried: Buffer.concat(carried), isIntact: passed.equals(stream) };
}
