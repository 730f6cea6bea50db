import { expect, test } from 'vitest';
import { scanPem } from '../../../../main/recording/redaction/pem-body.ts';

const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';

function bodyOf(text: string): string[] {
  return scanPem(text, 0, undefined).spans.map(({ start, end }) => text.slice(start, end));
}

test('the lines between beginning and end', () => {
  expect(bodyOf(`a\n${BEGIN}\nAAAA\n  BB==\n-----END OPENSSH PRIVATE KEY-----\nCCCC\n`)).toEqual([
    'AAAA',
    'BB==',
  ]);
});

test('a key in one line, its line ends written out', () => {
  expect(bodyOf(`{"k":"${BEGIN}\\nAAAA\\n-----END OPENSSH PRIVATE KEY-----\\n"}`)).toEqual(['\\nAAAA\\n']);
});

test('a key goes on in the next text, and its beginning is told once', () => {
  const text = `${BEGIN}\nAAAA\n`;
  const { state } = scanPem(text, 0, undefined);
  expect(state).toMatchObject({ kind: 'lines' });
  expect(scanPem('BBBB\n', 0, state).spans).toEqual([{ start: 0, end: 4 }]);
  expect(scanPem(`${BEGIN}\n$ `, BEGIN.length + 1, undefined).state).toBeUndefined();
});

test.each(['$ ls', 'total 12', 'a b', '-----END', 'user@host:~'])('a line %j ends it', (line) => {
  expect(scanPem(`${BEGIN}\nAAAA\n${line}\n`, 0, undefined).state).toBeUndefined();
});

test.each(['', '  ', 'Proc-Type: 4,ENCRYPTED', 'Version: GnuPG v2.0 (Linux)'])(
  'a line %j does not',
  (line) => {
    expect(bodyOf(`${BEGIN}\n${line}\nAAAA\n`)).toEqual(['AAAA']);
  },
);
