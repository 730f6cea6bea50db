// covers: main/exchange/export-worker.ts
// covers: main/recording/encryption/thread-keys.ts
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXPORT_FORMATS, type ExportWish, exportRecording } from '../../../main/exchange/export.ts';
import { exportInThread } from '../../../main/exchange/export-thread.ts';
import { readPlayerFiles } from '../../../main/exchange/player-files.ts';
import { formatEvent, formatHeader } from '../../../main/recording/cast/cast.ts';
import { compilePatterns } from '../../../main/recording/redaction/redaction-patterns.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { collect, collectText } from '../../fakes/cast-parts.ts';
import { loadDrawing, terminalFont } from '../../fakes/drawing.ts';
import { makeKeyring, recordEncrypted } from '../../fakes/encryption.ts';

const { signal } = new AbortController();
const WHOLE: ExportWish = {
  format: 'cast',
  range: { fromMicros: 0, toMicros: Number.POSITIVE_INFINITY },
  isMasked: true,
  title: 'x',
};
const patterns = [{ name: 'ticket', pattern: 'OPS-[0-9]+' }];

async function writeCast(lines: number): Promise<string> {
  const path = join(await makeCastFolder(), 'a.cast');
  const header = formatHeader({ size: { cols: 40, rows: 6 } });
  const events = Array.from({ length: lines }, (_, index) =>
    formatEvent({ kind: 'output', timeMicros: index * 100_000, text: `${index} 漢 OPS-${index}\r\n` }),
  );
  await writeFile(path, header + events.join(''));
  return path;
}

test.each(EXPORT_FORMATS)(
  '%s out of the thread is what comes of it here, and so is the summary',
  async (format) => {
    if (format === 'gif' && !terminalFont) return;
    const path = await writeCast(70);
    const wish = { ...WHOLE, format };
    const { compiled } = compilePatterns(patterns);
    const needs = { patterns: compiled, playerFiles: readPlayerFiles, loadDrawing };
    const here = exportRecording(needs, path, wish, { signal });
    const there = exportInThread({ patterns }, path, wish, { signal });
    const expected = Buffer.concat(await collect(here.chunks));
    expect(Buffer.concat(await collect(there.chunks)).equals(expected)).toBe(true);
    expect(there.summary()).toEqual(here.summary());
    expect(there.summary().maskedSpans).toBe(70);
  },
);

test('it reads on only while its chunks are taken', async () => {
  const path = await writeCast(12_000);
  const { chunks } = exportInThread({ patterns: [] }, path, WHOLE, { signal });
  const first = await chunks[Symbol.asyncIterator]().next();
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  const event = formatEvent({ kind: 'output', timeMicros: 90_000_000_000, text: 'meanwhile' });
  await file.write(`\n${event}`, size - event.length - 1);
  await file.close();
  const rest = await collectText(chunks);
  expect(first.done).toBe(false);
  expect(rest).toContain('meanwhile');
});

test('given up, it ends with its thread; asked too early, it has no summary', async () => {
  const { chunks, summary } = exportInThread({ patterns: [] }, await writeCast(12_000), WHOLE, { signal });
  for await (const _chunk of chunks) break;
  expect(summary).toThrow('before its end');
});

test('an abort ends it at once with its reason, in the middle of its work', async () => {
  const abort = new AbortController();
  const path = await writeCast(12_000);
  const { chunks } = exportInThread({ patterns: [] }, path, WHOLE, { signal: abort.signal });
  await expect(
    (async () => {
      for await (const _chunk of chunks) abort.abort(new Error('enough'));
    })(),
  ).rejects.toThrow('enough');
});

test('what it refuses is told in its words', async () => {
  const path = await writeCast(1);
  const wish: ExportWish = {
    ...WHOLE,
    format: 'gif',
    gif: { speed: 0, idleLimitSeconds: 2, fontSize: 16 },
  };
  await expect(
    collect(exportInThread({ patterns: [] }, path, wish, { signal }).chunks),
  ).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('speed of a GIF'),
  });
  const missing = exportInThread({ patterns: [] }, `${path}.none`, WHOLE, { signal });
  await expect(collect(missing.chunks)).rejects.toMatchObject({ code: 'recording-not-found' });
});

test('an encrypted recording is opened with keys that stay outside, and told to be locked without them', async () => {
  const { keys, recipient, folder } = await makeKeyring();
  const { path } = await recordEncrypted(folder, [recipient], ['unlocked']);
  expect(await collectText(exportInThread({ keys, patterns: [] }, path, WHOLE, { signal }).chunks)).toContain(
    'unlocked',
  );
  const stranger = await makeKeyring();
  for (const other of [stranger.keys, undefined]) {
    const locked = exportInThread({ keys: other, patterns: [] }, path, WHOLE, { signal });
    await expect(collect(locked.chunks)).rejects.toMatchObject({ code: 'recording-locked' });
  }
});
