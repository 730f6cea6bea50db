import { expect, test } from 'vitest';
import { toSessionRecord } from '../../../main/session/cast-replay.ts';

test('output becomes bytes, sizes and ends pass, what is not shown is left out', () => {
  expect(toSessionRecord({ kind: 'output', timeMicros: 5, text: 'é' })).toEqual({
    kind: 'output',
    timeMicros: 5,
    bytes: new Uint8Array([0xc3, 0xa9]),
  });
  const exit = { kind: 'exit', timeMicros: 9, exitCode: 3 } as const;
  expect(toSessionRecord(exit)).toBe(exit);
  expect(toSessionRecord({ kind: 'input', timeMicros: 1, text: 'secret' })).toBeUndefined();
  expect(toSessionRecord({ kind: 'other', timeMicros: 1, code: 'z', data: 1 })).toBeUndefined();
});
