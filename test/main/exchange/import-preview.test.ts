import { expect, test } from 'vitest';
import { previewImport } from '../../../main/exchange/import-preview.ts';
import type { ImportFile } from '../../../main/exchange/import-source.ts';

const { signal } = new AbortController();

function fileOf(...chunks: readonly string[]): ImportFile & { readonly read: () => number } {
  let read = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      read += 1;
      yield Buffer.from(chunk);
    }
  }
  return { name: 'theirs.cast', bytes: bytes(), read: () => read };
}

test('what the header says is told, and nothing that it does not say', async () => {
  const told = await previewImport(
    fileOf('{"version":2,"width":80,"height":24,"timestamp":1700000000,"title":"t","command":"top"}\n'),
    { signal },
  );
  expect(told).toEqual({
    format: 'asciicast v2',
    packing: 'none',
    size: { cols: 80, rows: 24 },
    startedAtSeconds: 1_700_000_000,
    title: 't',
    command: 'top',
  });
  expect(await previewImport(fileOf('{"version":3,"term":{"cols":9,"rows":2}}\n'), { signal })).toEqual({
    format: 'asciicast v3',
    packing: 'none',
    size: { cols: 9, rows: 2 },
  });
});

test('only the beginning is read', async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `[${index},"o","${'x'.repeat(10_000)}"]\n`);
  const file = fileOf('{"version":2,"width":80,"height":24}\n', ...many);
  await previewImport(file, { signal });
  expect(file.read()).toBeLessThan(20);
});

test('what is no recording is told with what could be one', async () => {
  await expect(previewImport(fileOf('Dear diary'), { signal })).rejects.toMatchObject({
    code: 'recording-unreadable',
    message: expect.stringMatching(/^theirs\.cast is not imported: it /),
    hint: expect.stringContaining('ttyrec'),
  });
  await expect(previewImport(fileOf(), { signal })).rejects.toMatchObject({ code: 'recording-unreadable' });
});
