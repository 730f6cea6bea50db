import { expect, test } from 'vitest';
import { strikeOut, strikeOutBody } from '../../../main/kube/credential-echo.ts';

const BASIC = `Basic ${Buffer.from('ada:correct horse').toString('base64')}`;

test('a token that an answer repeats is struck out wherever it stands', () => {
  expect(strikeOut('no: Bearer abcdefgh-1 (abcdefgh-1)', { authorization: 'Bearer abcdefgh-1' })).toBe(
    'no: Bearer [secret] ([secret])',
  );
});

test('a password is struck out as it was sent and as it is', () => {
  expect(strikeOut(`${BASIC} is correct horse`, { authorization: BASIC })).toBe('Basic [secret] is [secret]');
});

test('words stay as they are where nothing secret was sent', () => {
  expect(strikeOut('forbidden', {})).toBe('forbidden');
  // A token of three characters is a test's; striking it out would tear words apart.
  expect(strikeOut('forbidden', { authorization: 'Bearer for' })).toBe('forbidden');
});

test('a token that is cut between two chunks is found, and a page without end is cut', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('token abcd');
    yield Buffer.from('efgh-1 ');
    while (true) yield Buffer.alloc(16 * 1024, 'x');
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of strikeOutBody(endless(), { authorization: 'Bearer abcdefgh-1' }))
    chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  expect(text.slice(0, 18)).toBe('token [secret] xxx');
  expect(text.length).toBeLessThanOrEqual(64 * 1024);
});
