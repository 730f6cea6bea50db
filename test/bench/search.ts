import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../../main/base/clock.ts';
import { formatEvent, formatHeader } from '../../main/recording/cast/cast.ts';
import { findText } from '../../main/search/find-text.ts';
import { createTextBlocks } from '../../main/search/text-blocks.ts';
import { createTextReader } from '../../main/search/text-reader.ts';
import { openTextStore, type TextStore } from '../../main/search/text-store.ts';
import { logLine } from './log-line.ts';
import { median } from './statistics.ts';

/**
 * How fast recordings are read for the search, and how fast a library of them is searched. 1,000 recordings with
 * 100 MB of screen text, unless SEARCH_BENCH_RECORDINGS says otherwise (10000: 1 GB). Nothing is asserted.
 */
const RECORDINGS = Number(process.env['SEARCH_BENCH_RECORDINGS'] ?? 1_000);
const TEXT_BYTES = 100_000;
const CAST_BYTES = 32 * 1024 * 1024;
const ROUNDS = 5;
const MB = 1e6;
const signal = new AbortController().signal;

async function readingSpeed(
  folder: string,
  name: string,
  output: (number: number) => string,
): Promise<string> {
  const path = join(folder, `${name}.cast`);
  const lines: string[] = [];
  let outputBytes = 0;
  for (let number = 0; outputBytes < CAST_BYTES; ) {
    let text = '';
    while (text.length < 8_192) {
      text += output(number);
      number += 1;
    }
    outputBytes += Buffer.byteLength(text);
    lines.push(formatEvent({ kind: 'output', timeMicros: lines.length * 16_000, text }));
  }
  await writeFile(path, formatHeader({ size: { cols: 120, rows: 40 } }) + lines.join(''));
  const store = openTextStore(join(folder, `${name}.sqlite`), () => {});
  const pace = { workMs: 50, restMs: 0 };
  const reader = createTextReader({ store, clock: createSystemClock(), pace });
  const start = performance.now();
  const cpu = process.cpuUsage();
  await reader.read({ recordingId: name, path, isLive: false }, { signal });
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const blockIds = [...store.candidates([]).values()].flat();
  const stored = blockIds.reduce((sum, blockId) => sum + store.read(blockId).text.length, 0);
  store.close();
  const perMb = (user + system) / 1_000 / (outputBytes / MB);
  return `${name}: ${(outputBytes / MB / seconds).toFixed(1)} MB/s, ${perMb.toFixed(0)} CPU-ms/MB, ${(stored / MB).toFixed(1)} MB of text`;
}

function fill(store: TextStore): readonly string[] {
  const ids: string[] = [];
  let number = 0;
  for (let index = 0; index < RECORDINGS; index += 1) {
    const blocks = createTextBlocks();
    const recordingId = `recording-${index}`;
    for (let bytes = 0; bytes < TEXT_BYTES; number += 1) {
      const text = logLine(number);
      blocks.add({ text, timeMicros: number });
      bytes += text.length + 1;
    }
    const state = { offset: 1, castBytes: 1, castModifiedMs: 1, isWhole: true };
    store.put(recordingId, state, blocks.take([]));
    ids.push(recordingId);
  }
  store.put('needle', { offset: 1, castBytes: 1, castModifiedMs: 1, isWhole: true }, needle());
  return ['needle', ...ids].reverse();
}

function needle() {
  const blocks = createTextBlocks();
  blocks.add({ text: 'the one Needle-Of-All in the haystack, 唯一的针', timeMicros: 1 });
  return blocks.take([]);
}

async function searchTimes(store: TextStore, recordingIds: readonly string[]): Promise<string[]> {
  const results: string[] = [];
  const common = ['error', 'web-14'];
  const inOneLine = ['needle-of-all', 'eedle-', '唯一'];
  const nowhere = ['no such thing', 'xqz', 'zq', '#', '4816273'];
  for (const text of [...common, ...inOneLine, ...nowhere]) {
    const times: number[] = [];
    let found = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now();
      const answer = await findText(
        store,
        { text, recordingIds, maxRecordings: 50, maxLines: 20 },
        { signal },
      );
      times.push(performance.now() - start);
      found = answer.recordings.length;
    }
    results.push(`  ${text}: ${median(times).toFixed(0)} ms for the first page (${found} recordings)`);
  }
  return results;
}

const folder = await mkdtemp(join(tmpdir(), 'kubereel-bench-search-'));
try {
  await mkdir(folder, { recursive: true });
  const kinds = {
    'log lines': (number: number) => `${logLine(number)}\r\n`,
    'coloured log lines': (number: number) => `\u001b[32m${logLine(number)}\u001b[0m\r\n`,
    'progress bar': (number: number) => `\r\u001b[K${'#'.repeat(number % 100)} ${number % 100} %`,
    'full screens': (number: number) => `\u001b[${(number % 40) + 1};1H\u001b[K${logLine(number)}`,
  };
  process.stdout.write('Reading recordings for the search, of raw output\n');
  for (const [name, output] of Object.entries(kinds)) {
    process.stdout.write(`  ${await readingSpeed(folder, name, output)}\n`);
  }
  const path = join(folder, 'library.sqlite');
  const store = openTextStore(path, () => {});
  const ids = fill(store);
  const { size } = await stat(path);
  const textMb = (RECORDINGS * TEXT_BYTES) / MB;
  process.stdout.write(
    `Searching ${RECORDINGS} recordings, ${textMb} MB of text in ${(size / MB).toFixed(0)} MB\n`,
  );
  process.stdout.write(`${(await searchTimes(store, ids)).join('\n')}\n`);
  process.stdout.write(`  memory: ${(process.memoryUsage().rss / MB).toFixed(0)} MB resident\n`);
  store.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
