import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemProgram, toProcessCommand } from '../../../main/credentials/batch-command.ts';

const windows = { platform: 'win32', environment: { SystemRoot: 'D:\\Win' } } as const;

test('a program is started as it is', () => {
  expect(toProcessCommand({ platform: 'linux', environment: {} }, '/usr/bin/aws.cmd', ['a b'])).toEqual({
    file: '/usr/bin/aws.cmd',
    args: ['a b'],
    isVerbatim: false,
  });
  expect(toProcessCommand(windows, 'C:\\aws.exe', ['%PATH%'])).toMatchObject({ file: 'C:\\aws.exe' });
});

test('a batch file goes through cmd.exe, each word in quotes', () => {
  const command = toProcessCommand(windows, 'C:\\Program Files\\k.cmd', ['get-token', '--x=a & calc']);
  expect(command).toEqual({
    file: 'D:\\Win\\System32\\cmd.exe',
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
  const { args } = toProcessCommand(windows, 'C:\\k.BAT', [argument]);
  expect(args.at(-1)).toBe(`""C:\\k.BAT" ${quoted}"`);
});

test('an argument of several lines is refused, since cmd.exe would end the command there', () => {
  expect(() => toProcessCommand(windows, 'C:\\k.bat', ['a\r\ncalc'])).toThrow('several lines');
});

test('no argument leaves its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (argument) => {
      fc.pre(!/[\r\n\0]/.test(argument));
      const { args } = toProcessCommand(windows, 'C:\\k.cmd', [argument]);
      const word = (args.at(-1) ?? '').slice('""C:\\k.cmd" "'.length, -2);
      // As cmd.exe counts: every quote in it stands beside another one.
      expect(word.replaceAll('""', '')).not.toContain('"');
    }),
  );
});

test('Windows’ own programs are found by no PATH', () => {
  expect(systemProgram({ PATH: 'C:\\evil' }, 'cmd.exe')).toBe('C:\\Windows\\System32\\cmd.exe');
});
