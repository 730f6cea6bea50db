import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toProcessCommand } from '../../../main/credentials/batch-command.ts';

test('a program is started as it is', () => {
  expect(toProcessCommand('/usr/bin/aws.cmd', ['a b'], 'linux')).toEqual({
    file: '/usr/bin/aws.cmd',
    args: ['a b'],
    isVerbatim: false,
  });
  expect(toProcessCommand('C:\\aws.exe', ['%PATH%'], 'win32')).toMatchObject({ file: 'C:\\aws.exe' });
});

test('a batch file goes through cmd.exe, each word in quotes', () => {
  const command = toProcessCommand('C:\\Program Files\\k.cmd', ['get-token', '--x=a & calc'], 'win32');
  expect(command).toEqual({
    file: 'cmd.exe',
    args: ['/e:on', '/v:off', '/d', '/s', '/c', '""C:\\Program Files\\k.cmd" "get-token" "--x=a & calc""'],
    isVerbatim: true,
  });
});

test.each([
  ['a quote', 'a"b', '"a""b"'],
  ['a variable', '%PATH%', '"%%cd:~,%PATH%%cd:~,%"'],
  ['backslashes at the end', 'C:\\x\\', '"C:\\x\\\\"'],
  ['nothing', '', '""'],
])('%s is quoted', (_what, argument, quoted) => {
  const { args } = toProcessCommand('C:\\k.BAT', [argument], 'win32');
  expect(args.at(-1)).toBe(`""C:\\k.BAT" ${quoted}"`);
});

test('an argument of several lines is refused, since cmd.exe would end the command there', () => {
  expect(() => toProcessCommand('C:\\k.bat', ['a\r\ncalc'], 'win32')).toThrow('several lines');
});

test('no argument leaves its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (argument) => {
      fc.pre(!/[\r\n\0]/.test(argument));
      const { args } = toProcessCommand('C:\\k.cmd', [argument], 'win32');
      const word = (args.at(-1) ?? '').slice('""C:\\k.cmd" "'.length, -2);
      // As cmd.exe counts: every quote in it stands beside another one.
      expect(word.replaceAll('""', '')).not.toContain('"');
    }),
  );
});
