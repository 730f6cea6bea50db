import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ManySessions, openManySessions } from '../fakes/many-sessions.ts';
import { until } from '../fakes/until.ts';

const ROUNDS = 3;
/**
 * What the flood may have before one word is answered: turns and not time, which a busy machine has less of for both. A loop
 * that read a socket for as long as there is something to read would be past it at once.
 */
const FLOODED_BYTES = 16 * 1024 * 1024;

let many: ManySessions;

beforeEach(async () => {
  many = await openManySessions();
});
afterEach(() => many?.end());

test('rc-many: one of 30 sessions floods, and the others are answered between its pieces', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = many.floodedBytes();
    for (const [index, echo] of many.echoes.entries()) {
      const passed = many.floodedBytes();
      await echo(`<${round}.${index}>`);
      expect(many.floodedBytes() - passed).toBeLessThan(FLOODED_BYTES);
    }
    await until(() => many.floodedBytes() > before);
  }
});
