// covers: main/search/questions.ts
// covers: main/bridge/recording-text.ts
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ShownLine } from '../../../main/search/shown-lines.ts';
import { createTextBlocks } from '../../../main/search/text-blocks.ts';
import { openTextStore, type TextStore } from '../../../main/search/text-store.ts';
import { readTranscriptPage, type TranscriptPage } from '../../../main/search/transcript-page.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { startTestCore } from '../../fakes/core.ts';
import { makeKeyring, recordEncrypted } from '../../fakes/encryption.ts';
import { makeSearchPlace, openTestSearch, placeOutputs } from '../../fakes/search.ts';
import { until } from '../../fakes/until.ts';

async function openStore(): Promise<TextStore> {
  const store = openTextStore(join(await makeCastFolder(), 'text.sqlite'), () => {});
  onTestFinished(() => store.close());
  return store;
}

function put(store: TextStore, recordingId: string, lines: readonly ShownLine[]): void {
  const blocks = createTextBlocks();
  for (const line of lines) blocks.add(line);
  const state = { offset: 1, castBytes: 1, castModifiedMs: 1, isWhole: true };
  store.put(recordingId, state, blocks.take([]));
}

/** Every page from the first on. */
function readAll(store: TextStore, recordingId: string): readonly TranscriptPage[] {
  const pages: TranscriptPage[] = [];
  for (let line = 0; ; ) {
    const page = readTranscriptPage(store, { recordingId, at: { line } });
    if (page.lines.length === 0) return pages;
    pages.push(page);
    line = page.fromLine + page.lines.length;
    if (line >= page.lineCount) return pages;
  }
}

const LONG = 'x'.repeat(700);
const MANY: readonly ShownLine[] = Array.from({ length: 500 }, (_, index) => ({
  text: `${index} ${LONG}`,
  timeMicros: index * 1_000_000,
}));

describe('a page of a transcript', () => {
  test('goes on where the last one ended, until all lines were told', async () => {
    const store = await openStore();
    put(store, 'other', [{ text: 'of another', timeMicros: 0 }]);
    put(store, 'one', MANY);
    const pages = readAll(store, 'one');
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.flatMap(({ lines }) => lines)).toEqual(MANY);
    for (const [index, page] of pages.entries()) {
      expect(page.lineCount).toBe(500);
      expect(page.nextMicros).toBe(pages[index + 1]?.lines[0]?.timeMicros);
    }
  });

  test('holds the line that is asked for, whatever it is', async () => {
    const store = await openStore();
    put(store, 'one', MANY);
    fc.assert(
      fc.property(fc.nat(600), (line) => {
        const { fromLine, lines } = readTranscriptPage(store, { recordingId: 'one', at: { line } });
        const wanted = Math.min(line, MANY.length - 1);
        expect(lines[wanted - fromLine]).toEqual(MANY[wanted]);
      }),
    );
  });

  test('holds what was shown last at any time', async () => {
    const store = await openStore();
    put(store, 'one', MANY);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600_000_000 }), (timeMicros) => {
        const page = readTranscriptPage(store, { recordingId: 'one', at: { timeMicros } });
        const wanted = Math.min(Math.floor(timeMicros / 1_000_000), MANY.length - 1);
        expect(page.lines[wanted - page.fromLine]).toEqual(MANY[wanted]);
      }),
    );
  });

  test('is in the order of time, though a line that stood for long was told late', async () => {
    const store = await openStore();
    put(store, 'one', [
      { text: 'b', timeMicros: 2 },
      { text: 'a', timeMicros: 1 },
      { text: 'also b', timeMicros: 2 },
    ]);
    const { lines } = readTranscriptPage(store, { recordingId: 'one', at: { line: 0 } });
    expect(lines.map(({ text }) => text)).toEqual(['a', 'b', 'also b']);
  });

  test('is empty where nothing is known', async () => {
    const store = await openStore();
    put(store, 'blank', []);
    for (const recordingId of ['none', 'blank']) {
      for (const at of [{ line: 0 }, { timeMicros: 5 }]) {
        const page = readTranscriptPage(store, { recordingId, at });
        expect(page).toEqual({ lineCount: 0, fromLine: 0, lines: [] });
      }
    }
  });
});

describe('the search', () => {
  const { signal } = new AbortController();

  test('tells the lines of a recording with their times', async () => {
    const place = await makeSearchPlace();
    await placeOutputs(place.folder, 'one', ['first\r\n', 'second\r\n', 'third']);
    const { search, settle } = await openTestSearch(place);
    await settle();
    expect(await search.page('one', { line: 0 }, { signal })).toEqual({
      reading: 'whole',
      lineCount: 3,
      fromLine: 0,
      lines: [
        { text: 'first', timeMicros: 0 },
        { text: 'second', timeMicros: 1_000_000 },
        { text: 'third', timeMicros: 2_000_000 },
      ],
    });
    await expect(search.page('none', { line: 0 }, { signal })).rejects.toMatchObject({
      code: 'recording-not-found',
    });
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(search.page('one', { line: 0 }, { signal: gone })).rejects.toThrow('gone');
  });
});

describe('a page', () => {
  test('finds all places of one recording, and none of the others', async () => {
    const stage = await startTestCore();
    try {
      const { recordings } = stage.core.paths;
      await placeOutputs(recordings, 'one', ['error: Ä\r\n', 'fine\r\n', 'ERROR again, error\r\n']);
      await placeOutputs(recordings, 'two', ['error\r\n']);
      const client = stage.connect();
      const ask = () => client.call('library.find', { recordingId: 'one', text: 'Error' });
      const answer = await until(async () => {
        const now = await ask();
        return now.reading === 'whole' ? now : undefined;
      });
      expect(answer).toEqual({
        reading: 'whole',
        hits: [
          { timeMicros: 0, text: 'error: Ä', place: { from: 0, to: 5 } },
          { timeMicros: 2_000_000, text: 'ERROR again, error', place: { from: 0, to: 5 } },
        ],
        hasMore: false,
      });
      const page = await client.call('library.transcript', { recordingId: 'one', at: { timeMicros: 1.5e6 } });
      expect(page.lines.map(({ text }) => text)).toEqual(['error: Ä', 'fine', 'ERROR again, error']);
    } finally {
      await stage.end();
    }
  });

  test('says of an encrypted recording, and of one that cannot be read, that there is no text', async () => {
    const stage = await startTestCore();
    try {
      const { recipient } = await makeKeyring();
      const { recordings } = stage.core.paths;
      const { recordingId } = await recordEncrypted(recordings, [recipient], ['secret']);
      await writeFile(join(recordings, 'bad.cast'), 'no cast\n');
      const client = stage.connect();
      for (const [id, reading] of [
        [recordingId, 'encrypted'],
        ['bad', 'unreadable'],
      ] as const) {
        const page = await client.call('library.transcript', { recordingId: id, at: { line: 0 } });
        expect(page).toEqual({ reading, lineCount: 0, fromLine: 0, lines: [] });
        const found = await client.call('library.find', { recordingId: id, text: 'secret' });
        expect(found).toEqual({ reading, hits: [], hasMore: false });
      }
    } finally {
      await stage.end();
    }
  });
});
