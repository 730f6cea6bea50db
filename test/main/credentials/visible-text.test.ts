import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeControls, maskArguments, toPlainText } from '../../../main/credentials/visible-text.ts';
import { anyCharacter } from '../../fakes/any-text.ts';

test('what would steer a terminal or turn the reading direction is made visible', () => {
  expect(escapeControls('get\u001b[2J it\tat\r\nx\u202egpj')).toBe('get\\x1b[2J it\\x09at\\x0d\nx\\u202egpj');
});

test('no control character is left, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      expect(escapeControls(text)).not.toMatch(/[^\P{Cc}\n]/u);
    }),
  );
});

test('what a program said is told without its colours', () => {
  expect(toPlainText('\u001b[31mError:\u001b[0m no session\r\nlog in\u0007\n')).toBe(
    'Error: no session\nlog in\\x07',
  );
});

test.each([
  [['--oidc-client-secret=s3cret'], ['--oidc-client-secret=•••']],
  [
    ['--client-secret', 's3cret', '--verbose'],
    ['--client-secret', '•••', '--verbose'],
  ],
  [
    ['-password', 'hunter2'],
    ['-password', '•••'],
  ],
  [['AWS_SECRET_ACCESS_KEY=abc'], ['AWS_SECRET_ACCESS_KEY=•••']],
  [['--issuer=https://ada:pw@idp/'], ['--issuer=https://ada:•••@idp/']],
  [['--jwt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'], ['--jwt=•••']],
])('secrets in %j are masked', (args, shown) => {
  expect(maskArguments(args)).toEqual(shown);
});

test.each([
  [['eks', 'get-token', '--cluster-name', 'prod', '--region=eu-west-1']],
  [['oidc-login', 'get-token', '--oidc-issuer-url=https://idp', '--token-cache-dir=/tmp/x']],
  [['--oidc-use-access-token', '--client-secret-file', '/run/secret']],
  [['-c', 'x=1; echo $x']],
])('what is no secret is shown: %j', (args) => {
  expect(maskArguments(args)).toEqual(args);
});
