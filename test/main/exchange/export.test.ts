import { execFile } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  EXPORT_FORMATS,
  type ExportSummary,
  type ExportWish,
  exportRecording,
} from '../../../main/exchange/export.ts';
import { readPlayerFiles } from '../../../main/exchange/player-files.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { collect, collectText } from '../../fakes/cast-parts.ts';
import { loadDrawing, terminalFont } from '../../fakes/drawing.ts';

const { signal } = new AbortController();
const needs = { patterns: [], playerFiles: readPlayerFiles, loadDrawing };
const WHOLE: ExportWish = {
  format: 'cast',
  range: { fromMicros: 0, toMicros: Number.POSITIVE_INFINITY },
  isMasked: true,
  title: 'x',
};
const EXPORT_PROCESS = fileURLToPath(new URL('../../fakes/export-process.ts', import.meta.url));
const HEADER = '{"version":2,"width":80,"height":24}\n';

async function writeCast(text: string): Promise<string> {
  const path = join(await makeCastFolder(), 'a.cast');
  await writeFile(path, text);
  return path;
}

const TEXT_FORMATS = EXPORT_FORMATS.filter((format) => format !== 'gif');

test.each(TEXT_FORMATS)('no secret is in %s, and the summary counts those of the range', async (format) => {
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

describe.skipIf(!terminalFont)('as an animation', () => {
  const RANGE = { fromMicros: 3_000_000, toMicros: 9_000_000 };

  async function exportGif(
    lines: string,
    wish: Partial<ExportWish> = {},
  ): Promise<{ readonly file: Buffer; readonly summary: ExportSummary }> {
    const path = await writeCast(`${HEADER}${lines}`);
    const exported = exportRecording(needs, path, { ...WHOLE, format: 'gif', ...wish }, { signal });
    const file = Buffer.concat(await collect(exported.chunks));
    return { file, summary: exported.summary() };
  }

  test('what was masked is what was drawn, and no pixel of the secret', async () => {
    const secret = '[1,"o","x\\r\\n"]\n[5,"o","password: hunter2\\r\\n"]\n[9,"o","end"]\n';
    const masked = await exportGif(secret);
    const original = await exportGif(secret, { isMasked: false });
    const drawn = await exportGif(secret.replace('hunter2', '•••••••'), { isMasked: false });
    expect(masked.file.equals(drawn.file)).toBe(true);
    expect(masked.file.equals(original.file)).toBe(false);
    expect(masked.summary).toMatchObject({ maskedSpans: 1, bytes: masked.file.length });
  });

  test('a range begins with the screen as it was, and no secret of before', async () => {
    const lines = '[1,"o","token=abcdef\\r\\n"]\n[5,"o","more\\r\\n"]\n[9,"o","end"]\n';
    const { file, summary } = await exportGif(lines, { range: RANGE });
    const drawn = await exportGif('[0,"o","token=••••••\\r\\n"]\n[2,"o","more\\r\\n"]\n[6,"o","end"]\n', {
      isMasked: false,
    });
    expect(file.equals(drawn.file)).toBe(true);
    expect(summary).toMatchObject({ maskedSpans: 0, gif: { frames: 3, cutMicros: 2_000_000 } });
  });

  test('what nobody can mean is refused before it is drawn', async () => {
    const gif = { speed: 0, idleLimitSeconds: 1, fontSize: 16 };
    await expect(exportGif('[1,"o","x"]\n', { gif })).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('10 MB of output go through a process that may keep little of it', async () => {
    const path = join(await makeCastFolder(), 'large.cast');
    const line = `"o","${'0123456789 \\u001b[31mabcdefghijklmnop\\u001b[0m\\r\\n'.repeat(300)}"]\n`;
    const file = await open(path, 'w');
    await file.appendFile(HEADER);
    for (let index = 0; index * line.length < 10e6; index += 1) await file.write(`[${index * 0.01},${line}`);
    await file.close();
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--max-old-space-size=48',
      EXPORT_PROCESS,
      path,
      'gif',
    ]);
    expect(Number(stdout)).toBeGreaterThan(10_000);
  });
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
      EXPORT_PROCESS,
      path,
      format,
    ]);
    expect(Number(stdout)).toBeGreaterThan(90e6);
  }
});
