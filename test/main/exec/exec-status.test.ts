import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExecStatus } from '../../../main/exec/exec-status.ts';
import { exitStatus, SUCCESS } from '../../fakes/remote-command.ts';

const parse = (status: unknown) => parseExecStatus(JSON.stringify(status));

test('success is exit code 0', () => {
  expect(parse(SUCCESS)).toEqual({ kind: 'exited', exitCode: 0 });
});

test.each([1, 3, 126, 137, 255])('exit code %i', (exitCode) => {
  expect(parse(exitStatus(exitCode))).toEqual({ kind: 'exited', exitCode });
});

test('the cause decides, not the text', () => {
  const status = { ...(exitStatus(3) as object), message: 'exit status 77' };
  expect(parse(status)).toEqual({ kind: 'exited', exitCode: 3 });
});

test('a failure keeps the server’s words and reason', () => {
  const message = 'Internal error occurred: error executing command in container';
  const status = { metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 };
  expect(parse(status)).toEqual({ kind: 'failed', message, reason: 'InternalError' });
});

test.each([
  ['no causes', { details: {} }],
  ['null details', { details: null }],
  ['null causes', { details: { causes: null } }],
  ['no number', { details: { causes: [{ reason: 'ExitCode', message: 'three' }] } }],
  ['above 255', { details: { causes: [{ reason: 'ExitCode', message: '256' }] } }],
  ['below 0', { details: { causes: [{ reason: 'ExitCode', message: '-1' }] } }],
  ['another cause', { details: { causes: [{ reason: 'Other', message: '3' }] } }],
])('an exit without a code (%s) is a failure that says so', (_case, part) => {
  const status = { status: 'Failure', reason: 'NonZeroExitCode', message: 'words', ...part };
  expect(parse(status)).toMatchObject({ kind: 'failed', message: 'the server sent no exit code: words' });
});

test('plain text, as the first protocol sends it, is a failure in its own words', () => {
  expect(parseExecStatus('container not running\n')).toEqual({
    kind: 'failed',
    message: 'container not running',
    reason: '',
  });
  expect(parseExecStatus('').kind).toBe('failed');
});

test('a text without an end is cut', () => {
  const status = parseExecStatus('x'.repeat(1_000_000));
  expect(status.kind === 'failed' && status.message.length).toBe(2_000);
});

test('anything is a status or a failure, and never an error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const status = parseExecStatus(text);
      if (status.kind === 'failed') expect(status.message).not.toBe('');
    }),
  );
  const shapes = fc.record({ status: fc.anything(), reason: fc.anything(), details: fc.anything() });
  fc.assert(fc.property(shapes, (shape) => void parseExecStatus(JSON.stringify(shape) ?? '')));
});
