import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { checkFitness } from '../../../../main/upload/asciinema/asciinema-fitness.ts';

const { signal } = new AbortController();
const HEADER = { version: 2, width: 80, height: 24, timestamp: 1_700_000_000, env: { TERM: 'xterm' } };
const EVENT = '[0.5,"o","hello"]\n';

async function check(bytes: string | Uint8Array) {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-fitness-')), 'a.cast');
  await writeFile(path, bytes);
  return checkFitness(path, { signal });
}

const cast = (header: object, events = EVENT): string => `${JSON.stringify(header)}\n${events}`;

test('an ordinary recording is fit', async () => {
  const text = cast(HEADER, `${EVENT}[1,"r","100x30"]\n[2,"x","0"]\n`);
  expect(await check(text)).toEqual({ bytes: text.length });
});

test.for([
  ['720 columns and 200 rows', cast({ ...HEADER, width: 720, height: 200 })],
  ['no environment', cast({ ...HEADER, env: null })],
  ['a last line without its line end', cast(HEADER, '[0.5,"o","hello"]')],
  ['a blank line within', cast(HEADER, `\n${EVENT}`)],
  ['a code of somebody else’s', cast(HEADER, '[0.5,"z","?"]\n')],
] as const)('fit: %s', async ([, text]) => {
  await check(text);
});

test.for([
  ['gzip', gzipSync(cast(HEADER)), 'it is compressed by gzip'],
  ['zstd', zstdCompressSync(Buffer.from(cast(HEADER))), 'it is compressed by zstd'],
  ['age', 'age-encryption.org/v1\n', 'it is encrypted'],
  ['a torn last line', cast(HEADER, `${EVENT}[1,"o","hel`), 'torn or damaged'],
  ['a lone bracket', cast(HEADER, `${EVENT}[`), 'torn or damaged'],
  ['zeros behind the end', cast(HEADER, `${EVENT}${'\0'.repeat(512)}`), 'torn or damaged'],
  ['a damaged line within', cast(HEADER, `[1,"o",\n${EVENT}`), 'torn or damaged'],
  ['a byte that is no UTF-8', Buffer.from(cast(HEADER, '[1,"o","\u00ff"]\n'), 'latin1'), 'torn or damaged'],
  ['a time before the start', cast(HEADER, '[-1,"o","a"]\n'), 'torn or damaged'],
  ['data that is no text', cast(HEADER, '[1,"z",{}]\n'), 'torn or damaged'],
  ['a comment', cast(HEADER, `# hello\n${EVENT}`), 'torn or damaged'],
  ['no events', cast(HEADER, ''), 'it has no events'],
  ['0x0', cast({ ...HEADER, width: 0, height: 0 }), 'its terminal has 0×0'],
  ['721 columns', cast({ ...HEADER, width: 721 }), 'its terminal has 721×24'],
  ['201 rows', cast({ ...HEADER, height: 201 }), 'its terminal has 80×201'],
  ['no size', cast({ version: 2 }), 'its terminal has undefined×undefined'],
  ['an environment in lower case', cast({ ...HEADER, env: { term: 'xterm' } }), 'not in capitals'],
  ['an environment without text', cast({ ...HEADER, env: { TERM: null } }), 'not in capitals'],
  ['a time with a fraction', cast({ ...HEADER, timestamp: 1.5 }), 'no whole number of seconds'],
  ['another version', cast({ ...HEADER, version: 3 }), 'no header of asciicast v2'],
  ['a byte order mark', `\ufeff${cast(HEADER)}`, 'no header of asciicast v2'],
  ['nothing', '', 'it has no events'],
] as const)('unfit: %s', async ([, bytes, why]) => {
  await expect(check(bytes)).rejects.toMatchObject({
    code: 'recorder-refused',
    message: expect.stringContaining(why),
  });
});

test('more than 8 MB is a warning: servers differ', async () => {
  const line = `[1,"o","${'x'.repeat(99_985)}"]\n`;
  const text = cast(HEADER, line.repeat(81));
  expect(await check(text)).toEqual({
    bytes: text.length,
    warning: expect.stringContaining('8000000 at the most'),
  });
});

test('a file that is not there is told by its path', async () => {
  await expect(checkFitness('/nowhere/a.cast', { signal })).rejects.toMatchObject({
    code: 'recording-unreadable',
  });
});
