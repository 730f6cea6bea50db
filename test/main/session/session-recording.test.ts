import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { AppError } from '../../../main/base/errors.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import type { SessionRecord } from '../../../main/session/session-record.ts';
import { openSessionRecording } from '../../../main/session/session-recording.ts';
import { createLimitedDisk } from '../../fakes/limited-disk.ts';

const SIZE = { cols: 80, rows: 24 };
const DETAILS = { context: 'c', namespace: 'n', pod: 'p', container: 'a', command: ['sh'] };
const clock = createSystemClock();
const signal = new AbortController().signal;

function output(text: string): SessionRecord {
  return { kind: 'output', timeMicros: 0, bytes: new TextEncoder().encode(text) };
}

async function collect(recording: Awaited<ReturnType<typeof openSessionRecording>>, offset: number) {
  const records: SessionRecord[] = [];
  const { offset: next, rest } = await recording.replay(
    { write: async (record) => void records.push(record) },
    offset,
    { signal },
  );
  const text = records
    .map((record) => (record.kind === 'output' ? Buffer.from(record.bytes).toString() : ''))
    .join('');
  return { records, text, next, rest };
}

test('replaying in two parts gives every byte once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-session-recording-'));
  const recording = await openSessionRecording(
    {
      clock,
      onChanged: () => {},
      newCastWriter: (details, size) => createCastWriter({ clock, folder }, { details, size }),
    },
    DETAILS,
    SIZE,
  );
  await recording.take(output('first '));
  const first = await collect(recording, 0);
  await recording.take(output('second'));
  const second = await collect(recording, first.next);
  expect(first.records[0]).toEqual({ kind: 'resize', timeMicros: 0, size: SIZE });
  expect([first.text, second.text]).toEqual(['first ', 'second']);
  await recording.close({ kind: 'closed' });
  expect((await collect(recording, 0)).text).toBe('first second');
  expect(recording.state.kind).toBe('stored');
});

test('what the disk does not take is held up, not lost: a window opened then sees it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-session-recording-'));
  const disk = createLimitedDisk();
  let changes = 0;
  const recording = await openSessionRecording(
    {
      clock,
      onChanged: () => {
        changes += 1;
      },
      newCastWriter: (details, size) =>
        createCastWriter({ clock, folder, files: disk.files }, { details, size }),
    },
    DETAILS,
    SIZE,
  );
  await recording.take(output('kept '));
  await collect(recording, 0);
  disk.freeBytes = 0;
  await recording.take(output('held up'));
  const during = await collect(recording, 0);
  expect(during.text).toBe('kept ');
  expect(during.rest).toMatchObject([output('held up')].map(({ kind }) => ({ kind })));
  expect(recording.state).toMatchObject({ kind: 'recording', lostBytes: 0, trouble: { code: 'disk-full' } });
  expect(changes).toBe(1);
  disk.freeBytes = 1_000_000;
  const after = await collect(recording, 0);
  expect(after).toMatchObject({ text: 'kept held up', rest: [] });
  expect(recording.state).not.toHaveProperty('trouble');
  expect(changes).toBe(2);
  await recording.close({ kind: 'closed' });
  expect(recording.state).toMatchObject({ kind: 'stored', lostBytes: 0 });
});

test('where no cast can be begun the latest output is kept for windows that are opened later', async () => {
  const full = new AppError('disk-full', 'the disk is full');
  const recording = await openSessionRecording(
    { clock, onChanged: () => {}, newCastWriter: () => Promise.reject(full) },
    DETAILS,
    SIZE,
  );
  await recording.take(output('shown only'));
  expect(recording.state).toEqual({ kind: 'failed', error: full });
  expect(await collect(recording, 0)).toMatchObject({ text: '', rest: [output('shown only')] });
  await recording.close({ kind: 'closed' });
  expect(recording.state.kind).toBe('failed');
});
