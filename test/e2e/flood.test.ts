import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContractClient } from '../../preload/client.ts';
import { createRecordDecoder } from '../../preload/terminal-records.ts';
import { connectToApp } from '../fakes/app-client.ts';
import { type AppProcess, startApp } from '../fakes/app-process.ts';
import { loadInAsciinemaPlayer } from '../fakes/foreign-player.ts';
import { until } from '../fakes/until.ts';

const SIZE = { cols: 100, rows: 30 };
const MEBIBYTE = 1024 * 1024;
/** A program that is not held back prints hundreds of megabytes in it. */
const FROZEN_MS = 3_000;
/** What the terminal, the sockets and the queues between take before the program waits. */
const UNDERWAY_BYTES = 16 * MEBIBYTE;

/** Memory is read from /proc. */
describe.skipIf(process.platform !== 'linux')('a pod that prints without end', () => {
  let app: AppProcess;
  let client: ContractClient;
  let pod: string;

  beforeAll(async () => {
    app = await startApp({ args: ['--demo'] });
    ({ client } = await connectToApp(app.link));
    const [context] = (await client.call('contexts.list', {})).contexts;
    const pods = new Promise<readonly { name: string }[]>((resolve) =>
      client.on('pods.changed', ({ reset, upserted }) => reset && resolve(upserted)),
    );
    await client.call('pods.watch', { context: context?.name ?? '', namespace: 'shop' });
    pod = (await pods).find(({ name }) => name.startsWith('web-'))?.name ?? '';
  });
  afterAll(() => app?.stop());

  async function recordedBytes(sessionId: string): Promise<number> {
    const sessions = await client.call('sessions.list', {});
    const recording = sessions.find((each) => each.sessionId === sessionId)?.recording;
    return recording?.kind === 'recording' ? recording.bytes : Number.NaN;
  }

  test('costs no memory while the page is frozen, loses nothing, and stops at Ctrl-C', async () => {
    const target = { context: 'kubereel-demo', namespace: 'shop', pod };
    const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
    const stream = client.open('sessions.view', { sessionId });
    const reader = stream.input[Symbol.asyncIterator]();
    const shown: Uint8Array[] = [];
    const read = async (): Promise<boolean> => {
      const { value, done } = await reader.next();
      if (value) shown.push(value);
      return done === true;
    };
    const type = (text: string): Promise<void> => stream.write(new TextEncoder().encode(text));

    await read();
    // The thread that reads screens for the search is there, and not begun while growth is measured.
    await client.call('library.search', { text: 'web', words: [] });
    await type('yes 0123456789\r');
    // Warm: what the first megabytes allocate is no growth.
    for (let bytes = 0; bytes < 20 * MEBIBYTE; bytes += shown.at(-1)?.byteLength ?? 0) await read();
    const before = await app.residentBytes();
    const recordedBefore = await recordedBytes(sessionId);
    await sleep(FROZEN_MS);
    const growth = (await app.residentBytes()) - before;
    expect((await recordedBytes(sessionId)) - recordedBefore).toBeLessThan(UNDERWAY_BYTES);

    const thawedAt = performance.now();
    await type('\u0003');
    await type('echo "after the flood"; exit 4\r');
    while (!(await read()));
    const stoppedMs = performance.now() - thawedAt;
    process.stdout.write(
      `frozen for ${FROZEN_MS / 1_000} s: ${(growth / MEBIBYTE).toFixed(1)} MiB of growth; ended ${Math.round(stoppedMs)} ms after Ctrl-C\n`,
    );
    expect(growth).toBeLessThan(64 * MEBIBYTE);

    const session = await until(async () => {
      const found = (await client.call('sessions.list', {})).find((each) => each.sessionId === sessionId);
      return found?.state.kind === 'ended' && found;
    });
    expect(session.state).toMatchObject({ end: { kind: 'exited', exitCode: 4 } });
    const recordingId = session.recording.kind === 'stored' ? session.recording.recordingId : '';
    const { path } = await client.call('library.get', { recordingId });
    const cast = await loadInAsciinemaPlayer(path);
    const seen = outputOf(Buffer.concat(shown));
    expect(seen).toContain('after the flood');
    expect(cast.output === seen, 'the cast holds what was shown, to the byte').toBe(true);
    expect((await readFile(path, 'utf8')).endsWith('"x","4"]\n')).toBe(true);
  }, 120_000);
});

function outputOf(bytes: Uint8Array): string {
  const records = createRecordDecoder().push(bytes);
  return Buffer.concat(
    records.flatMap((record) => (record.kind === 'output' ? [record.bytes] : [])),
  ).toString('utf8');
}
