import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sidecar } from '../../../main/recording/recording.ts';
import { formatSidecar, parseSidecar, sidecarPathOf } from '../../../main/recording/sidecar.ts';
import { anyFacts } from '../../fakes/recording-facts.ts';

const count = fc.nat();
const extent = fc.integer({ min: 1, max: 0xffff });
const sidecar: fc.Arbitrary<Sidecar> = fc.record({
  version: fc.constant(1 as const),
  id: fc.string(),
  details: fc
    .tuple(
      fc.record({
        context: fc.string(),
        namespace: fc.string(),
        pod: fc.string(),
        container: fc.string(),
        command: fc.array(fc.string()),
      }),
      anyFacts(fc.string()),
    )
    .map(([place, facts]) => ({ ...place, ...facts })),
  size: fc.record({ cols: extent, rows: extent }),
  startedAtMs: count,
  state: fc.oneof(
    fc.record({
      kind: fc.constant('live' as const),
      owner: fc.record({ hostName: fc.string(), processId: count, processStartedAtMs: count }),
    }),
    fc.record({
      kind: fc.constant('closed' as const),
      durationMicros: count,
      bytes: count,
      lostBytes: count,
      invalidBytes: count,
      maskedSpans: count,
      end: fc.oneof(
        fc.record({ kind: fc.constant('exited' as const), exitCode: fc.integer() }),
        fc.record({ kind: fc.constant('closed' as const) }),
        fc.record({ kind: fc.constant('failed' as const), note: fc.string() }),
      ),
    }),
  ),
});

test('every sidecar is read back as it was written', () => {
  fc.assert(
    fc.property(sidecar, (value) => {
      expect(parseSidecar(formatSidecar(value))).toEqual(value);
    }),
  );
});

test('a sidecar that is no JSON, or whose field is wrong, says so', () => {
  expect(() => parseSidecar('{"version":1,')).toThrow(/no JSON/);
  const [good] = fc.sample(sidecar, 1);
  const text = JSON.stringify({ ...good, size: { cols: 0, rows: 24 } });
  expect(() => parseSidecar(text)).toThrow(/wrong: size\.cols/);
  expect(() => parseSidecar('[]')).toThrow(expect.objectContaining({ code: 'recording-unreadable' }));
});

test('a sidecar stands beside its cast', () => {
  expect(sidecarPathOf('/a/b.cast/20260102-030405-abcdef.cast')).toBe(
    '/a/b.cast/20260102-030405-abcdef.json',
  );
});
