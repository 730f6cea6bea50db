import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callParsers, InputError, streamParsers } from '../../preload/parse.ts';

const target = { context: 'c', namespace: 'n', pod: 'p' };
const size = { cols: 80, rows: 24 };

test('well-formed input passes unchanged', () => {
  expect(callParsers['sessions.open']({ target, size })).toEqual({ target, size });
  expect(callParsers['pods.watch']({ context: 'c', namespace: null })).toEqual({
    context: 'c',
    namespace: null,
  });
  expect(callParsers['settings.set']({ changes: { fontSize: 14 } })).toEqual({ changes: { fontSize: 14 } });
  expect(streamParsers['sessions.view']({ sessionId: 's' })).toEqual({ sessionId: 's' });
});

test.each([
  ['a size of nothing', 'sessions.open', { target, size: { cols: 0, rows: 24 } }],
  ['a size beyond 16 bits', 'sessions.resize', { sessionId: 's', size: { cols: 65_536, rows: 24 } }],
  ['a half size', 'sessions.resize', { sessionId: 's', size: { cols: 1.5, rows: 24 } }],
  ['a key too many', 'sessions.open', { target: { ...target, __proto__x: 1 }, size }],
  ['a command of no words', 'sessions.open', { target: { ...target, command: [] }, size }],
  ['an endless name', 'namespaces.list', { context: 'x'.repeat(600) }],
  ['an unknown setting', 'settings.set', { changes: { telemetry: true } }],
  ['a setting out of range', 'settings.set', { changes: { fontSize: 400 } }],
  ['an unknown answer', 'credentials.answer', { requestId: 'r', answer: 'maybe' }],
  ['a login of no size', 'credentials.resize', { requestId: 'r', size: { cols: 80, rows: 0 } }],
  ['an undefined setting', 'settings.set', { changes: { theme: undefined } }],
] as const)('%s is refused', (_what, name, input) => {
  expect(() => callParsers[name](input)).toThrow(InputError);
});

test('a refusal names the place and never quotes the value', () => {
  expect(() => callParsers['sessions.open']({ target: { ...target, pod: 7 }, size })).toThrow(
    /^target\.pod: /,
  );
  try {
    callParsers['sessions.open']({ target: { ...target, context: ['hunter2'] }, size });
  } catch (error) {
    expect(String(error)).not.toContain('hunter2');
  }
});

test('no input makes a parser throw anything else', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(callParsers)), fc.anything(), (parse, input) => {
      try {
        parse(input);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
  );
});
