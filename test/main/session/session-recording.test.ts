import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { AppError } from '../../../main/base/errors.ts';
import { createEmitter } from '../../../main/base/event.ts';
import type { CastWriter } from '../../../main/recording/cast-writer.ts';
import { createCastWriter } from '../../../main/recording/cast-writer.ts';
import type { SessionRecord } from '../../../main/session/session-record.ts';
import { openSessionRecording } from '../../../main/session/session-recording.ts';

const SIZE = { cols: 80, rows: 24 };
const DETAILS = { context: 'c', namespace: 'n', pod: 'p', container: 'a', command: ['sh'] };
const clock = createSystemClock();
const signal = new AbortController().signal;

function output(text: string): SessionRecord {
  return { kind: 'output', timeMicros: 0, bytes: new TextEncoder().encode(text) };
}

async function collect(recording: Awaited<ReturnType<typeof openSessionRecording>>, offset: number) {
  const records: SessionRecord[] = [];
  const next = await recording.replay({ write: async (record) => void records.push(record) }, offset, {
    signal,
  });
  const text = records
    .map((record) => (record.kind === 'output' ? Buffer.from(record.bytes).toString() : ''))
    .join('');
  return { records, text, next };
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

test('a record that fails midway keeps its first part, and the rest is in memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-session-recording-'));
  const failed = createEmitter<AppError>();
  const full = new AppError('disk-full', 'the disk is full');
  let changes = 0;
  let isFull = false;
  const recording = await openSessionRecording(
    {
      clock,
      onChanged: () => {
        changes += 1;
      },
      async newCastWriter(details, size): Promise<CastWriter> {
        const writer = await createCastWriter({ clock, folder }, { details, size });
        return {
          ...writer,
          get bytes() {
            return writer.bytes;
          },
          onFailed: failed.event,
          output: (bytes, nowMicros) => (isFull ? Promise.reject(full) : writer.output(bytes, nowMicros)),
        };
      },
    },
    DETAILS,
    SIZE,
  );
  await recording.take(output('kept '));
  await collect(recording, 0);
  isFull = true;
  failed.fire(full);
  await recording.take(output('shown only'));
  expect(recording.state).toMatchObject({ kind: 'failed', error: full });
  expect(changes).toBe(1);
  expect((await collect(recording, 0)).text).toBe('kept ');
  expect(recording.rest()).toEqual([output('shown only')]);
  await recording.close({ kind: 'closed' });
  expect(recording.state.kind).toBe('failed');
});
