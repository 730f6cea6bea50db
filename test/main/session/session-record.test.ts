import { expect, test } from 'vitest';
import { weighRecord } from '../../../main/session/session-record.ts';

test('a record weighs its bytes, and no record weighs nothing', () => {
  const empty = weighRecord({ kind: 'output', timeMicros: 0, bytes: new Uint8Array() });
  expect(empty).toBeGreaterThan(0);
  expect(weighRecord({ kind: 'output', timeMicros: 0, bytes: new Uint8Array(100) })).toBe(empty + 100);
  expect(weighRecord({ kind: 'resize', timeMicros: 0, size: { cols: 1, rows: 1 } })).toBe(empty);
});
