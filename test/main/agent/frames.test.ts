import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatFrame,
  MAX_FRAME_BYTES,
  MAX_STDIN_BYTES,
  parseExecInit,
  parsePageFrame,
} from '../../../main/agent/frames.ts';
import { AppError } from '../../../main/base/errors.ts';
import { anyCharacter } from '../../fakes/any-text.ts';

const INIT = {
  type: 'exec_init',
  cluster: 'arn:aws:eks:eu-west-1:1:cluster/prod',
  namespace: 'shop',
  pod: 'web-5d9c7b6f4-x2kqp.v2',
  container: 'app',
  command: ['/bin/bash', '-l'],
  tty: true,
  cols: 132,
  rows: 43,
};

function parse(changes: object): ReturnType<typeof parseExecInit> {
  return parseExecInit(JSON.stringify({ ...INIT, ...changes }));
}

describe('exec_init', () => {
  test('is read as kc-agent reads it', () => {
    expect(parse({})).toEqual({
      context: INIT.cluster,
      namespace: 'shop',
      pod: INIT.pod,
      container: 'app',
      command: ['/bin/bash', '-l'],
      hasTty: true,
      size: { cols: 132, rows: 43 },
    });
  });

  test('needs no more than where', () => {
    const { type, cluster, namespace, pod } = INIT;
    const least = { context: cluster, namespace, pod, command: ['/bin/sh'], hasTty: false };
    const size = { cols: 80, rows: 24 };
    expect(parseExecInit(JSON.stringify({ type, cluster, namespace, pod }))).toEqual({ ...least, size });
    expect(parse({ container: '', command: null, tty: false, cols: 0, rows: 0 })).toEqual({ ...least, size });
    expect(parse({ command: [] }).command).toEqual(['/bin/sh']);
  });

  test.each([
    ['another frame', { type: 'stdin' }],
    ['no context', { cluster: '' }],
    ['a namespace with a slash', { namespace: 'shop/../kube-system' }],
    ['a namespace that is a number', { namespace: 7 }],
    ['a namespace of 64 characters', { namespace: 'a'.repeat(64) }],
    ['no namespace', { namespace: '' }],
    ['a pod in capitals', { pod: 'Web' }],
    ['a pod that ends in a dash', { pod: 'web-' }],
    ['a pod with two dots', { pod: 'web..a' }],
    ['a pod with a query', { pod: 'web?tty=true' }],
    ['a pod with a line end', { pod: 'web\n' }],
    ['a pod of 254 characters', { pod: 'a'.repeat(254) }],
    ['a container with a dot', { container: 'a.b' }],
    ['a command that is a string', { command: 'sh' }],
    ['a command with a NUL', { command: ['sh\0'] }],
    ['a command of too many parts', { command: Array.from({ length: 1_025 }, () => 'a') }],
    ['a command that is too long', { command: ['a'.repeat(16 * 1024), 'b'] }],
    ['a tty that is a string', { tty: 'true' }],
    ['half a column', { cols: 1.5 }],
    ['too many rows', { rows: 65_536 }],
    ['fewer rows than none', { rows: -1 }],
  ])('with %s is refused, and nothing of it is quoted', (_what, changes) => {
    const [value] = Object.values(changes).flat();
    try {
      parse(changes);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-input' });
      if (String(value).length > 4) expect(String(error)).not.toContain(String(value));
    }
  });

  test('the longest names are taken', () => {
    const changes = { namespace: 'a'.repeat(63), pod: 'a'.repeat(253), command: ['a'.repeat(16 * 1024)] };
    expect(parse(changes)).toMatchObject(changes);
  });
});

test('input and sizes', () => {
  const read = (frame: object) => parsePageFrame(JSON.stringify(frame));
  expect(read({ type: 'stdin', data: 'ls\r' })).toEqual({ type: 'stdin', data: 'ls\r' });
  expect(read({ type: 'stdin', data: '' })).toEqual({ type: 'stdin', data: '' });
  expect(read({ type: 'resize', cols: 1, rows: 65_535 })).toEqual({
    type: 'resize',
    size: { cols: 1, rows: 65_535 },
  });
  // The pane is hidden.
  expect(read({ type: 'resize', cols: 0, rows: 0 })).toEqual({ type: 'resize', size: undefined });
  expect(read({ type: 'resize', cols: null, rows: null })).toEqual({ type: 'resize', size: undefined });
  for (const frame of [INIT, { type: 'stdin' }, { type: 'stdin', data: 7 }, { type: 'exit' }, {}, [], null]) {
    expect(() => read(frame as object), JSON.stringify(frame)).toThrow(AppError);
  }
});

test('a paste of 1 MiB is taken whatever its characters are, and a byte more is not', () => {
  for (const character of ['a', 'é', '界', '\u001b', '"']) {
    const data = character.repeat(MAX_STDIN_BYTES / Buffer.byteLength(character));
    const frame = JSON.stringify({ type: 'stdin', data });
    expect(Buffer.byteLength(frame)).toBeLessThan(MAX_FRAME_BYTES);
    expect(parsePageFrame(frame)).toMatchObject({ type: 'stdin' });
    expect(() => parsePageFrame(JSON.stringify({ type: 'stdin', data: `${data}xx` }))).toThrow('"data"');
  }
});

test('whatever text comes is a frame or a refusal', () => {
  const almost = fc.record(
    {
      type: fc.constantFrom('exec_init', 'stdin', 'resize', 'exit'),
      cluster: fc.anything(),
      namespace: fc.anything(),
      pod: fc.anything(),
      container: fc.anything(),
      command: fc.anything(),
      tty: fc.anything(),
      cols: fc.anything(),
      rows: fc.anything(),
      data: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.json(),
    almost.map((value) => {
      try {
        return JSON.stringify(value);
      } catch {
        return '{';
      }
    }),
  );
  fc.assert(
    fc.property(text, (given) => {
      for (const read of [parseExecInit, parsePageFrame]) {
        try {
          read(given);
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'bad-input') throw error;
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test('what is said is JSON that says it back', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (data) => {
      expect(JSON.parse(formatFrame({ type: 'stdout', data }))).toEqual({ type: 'stdout', data });
    }),
  );
  expect(formatFrame({ type: 'exit', exitCode: 0 })).toBe('{"type":"exit","exitCode":0}');
});
