import { execFile } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EXPORT_FORMATS, type ExportWish, exportRecording } from '../../../main/exchange/export.ts';
import { readPlayerFiles } from '../../../main/exchange/player-files.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { collect, collectText } from '../../fakes/cast-parts.ts';

const { signal } = new AbortController();
const needs = { patterns: [], playerFiles: readPlayerFiles };
const WHOLE: ExportWish = {
  format: 'cast',
  range: { fromMicros: 0, toMicros: Number.POSITIVE_INFINITY },
  isMasked: true,
  title: 'x',
};
const HEADER = '{"version":2,"width":80,"height":24}\n';

async function writeCast(text: string): Promise<string> {
  const path = join(await makeCastFolder(), 'a.cast');
  await writeFile(path, text);
  return path;
}

test.each(EXPORT_FORMATS)('no secret is in %s, and the summary counts those of the range', async (format) => {
  const path = await writeCast(
    `${HEADER}[1,"o","token=abc\\r\\n"]\n[5,"o","password: hunter2\\r\\n"]\n[9,"o","end"]\n`,
  );
  const range = { fromMicros: 3_000_000, toMicros: 9_000_000 };
  const exported = exportRecording(needs, path, { ...WHOLE, format, range }, { signal });
  const text = await collectText(exported.chunks);
  expect(text).not.toMatch(/token=abc|hunter2/);
  const places = exported.summary().maskedPlaces.map(({ timeMicros }) => timeMicros);
  expect(places).toEqual(format === 'svg' ? [1_000_000, 5_000_000] : [5_000_000]);
  expect(exported.summary().bytes).toBe(Buffer.byteLength(text));
});

test('what is no recording is told as reading it tells', async () => {
  const path = await writeCast('no cast\n');
  await expect(collect(exportRecording(needs, path, WHOLE, { signal }).chunks)).rejects.toMatchObject({
    code: 'recording-unreadable',
  });
});

test('an abort ends it', async () => {
  const path = await writeCast(`${HEADER}[1,"o","x"]\n`);
  const aborted = AbortSignal.abort(new Error('enough'));
  await expect(collect(exportRecording(needs, path, WHOLE, { signal: aborted }).chunks)).rejects.toThrow(
    'enough',
  );
});

test('a cast of 100 MB goes through a process that may keep half of it', async () => {
  const path = join(await makeCastFolder(), 'large.cast');
  const line = `"o","${'0123456789 \\u001b[31mabcdefghijklmnop\\u001b[0m\\r\\n'.repeat(300)}"]\n`;
  const file = await open(path, 'w');
  await file.appendFile(HEADER);
  let bytes = HEADER.length;
  for (let index = 0; bytes < 100e6; index += 1) {
    bytes += (await file.write(`[${index}.000000,${line}`)).bytesWritten;
  }
  await file.close();
  for (const format of ['cast', 'cast3']) {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--max-old-space-size=48',
      fileURLToPath(new URL('../../fakes/export-process.ts', import.meta.url)),
      path,
      format,
    ]);
    expect(Number(stdout)).toBeGreaterThan(90e6);
  }
});
